"""The ribbon at the foot of a picture, which says where its original is."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from desktop.ui.look import Icon, Look, TextSize
from shared.skins.tokens import Role

_VEIL = 0.86
"""The picture shines through a little, and letters stay readable on any of them."""


def ribbon_height(look: Look) -> int:
    """Return how much of a picture's foot a ribbon takes."""
    return QFontMetrics(look.font(TextSize.CAPTION)).height() + look.space(2)


def paint_ribbon(
    painter: QPainter,
    room: QRectF,
    look: Look,
    words: str,
    *,
    radius: float,
    short: str = "",
    icon: Icon | None = None,
) -> None:
    """Paint a ribbon at the foot of ``room``; ``short`` stands in for words that do not fit."""
    painter.setFont(look.font(TextSize.CAPTION))
    metrics, side = painter.fontMetrics(), look.scaled(13) if icon else 0
    foot = QRectF(room)
    foot.setTop(room.bottom() - ribbon_height(look))
    _paint_veil(painter, room, foot, look, radius)
    air = look.space(1) if icon else 0
    left = room.width() - 2 * look.space(2) - side - air
    text = words if metrics.horizontalAdvance(words) <= left or not short else short
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, round(left))
    start = foot.x() + (foot.width() - side - air - metrics.horizontalAdvance(text)) / 2
    if icon:
        ratio = painter.device().devicePixelRatioF()
        spot = QPointF(start, foot.y() + (foot.height() - side) / 2)
        painter.drawPixmap(spot, look.icon_pixmap(icon, side, ratio, Role.TEXT_NORMAL))
    painter.setPen(look.color(Role.TEXT_NORMAL))
    foot.setLeft(start + side + air)
    painter.drawText(foot, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)


def _paint_veil(painter: QPainter, room: QRectF, foot: QRectF, look: Look, radius: float) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(foot)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color(Role.SURFACE_1))
    painter.setOpacity(_VEIL)
    painter.drawRoundedRect(room, radius, radius)
    painter.restore()
