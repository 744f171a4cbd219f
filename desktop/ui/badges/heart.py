"""The heart-shaped swing tag: our own drawing, the mark of the product and the badge of a card."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPainterPath, QPen, QPixmap

from desktop.drawing.heart import heart

_ICON_SIZES = (16, 24, 32, 48, 64, 128, 256)
_RED, _GOLD, _WHITE = QColor("#c8202f"), QColor("#f4c84a"), QColor("#ffffff")
_TILT = -9.0
_LETTER = 0.46  # of the heart's height


def paint_tag(
    painter: QPainter,
    rect: QRectF,
    *,
    fill: QColor,
    ink: QColor,
    edge: QColor,
    text: str,
    font: QFont,
) -> None:
    """Paint a swing tag that hangs a little askew, with a generation or a letter on it."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.center())
    painter.rotate(_TILT)
    at = QRectF(-rect.width() / 2, -rect.height() / 2, rect.width(), rect.height())
    painter.setPen(QPen(edge, max(rect.width() / 16, 1.4)))
    painter.setBrush(fill)
    painter.drawPath(heart(at))
    if text:
        fitted = QFont(font)
        fitted.setPixelSize(max(round(rect.height() * _LETTER / max(len(text) * 0.62, 1)), 6))
        painter.setFont(fitted)
        painter.setPen(ink)
        painter.drawText(
            at.adjusted(0, 0, 0, -at.height() * 0.10), Qt.AlignmentFlag.AlignCenter, text
        )
    painter.restore()


def paint_mark(
    painter: QPainter, rect: QRectF, *, fill: QColor = _RED, rim: QColor = _GOLD
) -> None:
    """Paint the mark: a red tag with a gold rim, a hole and the loop that it hangs by."""
    side = min(rect.width(), rect.height())
    box = QRectF(0, 0, side, side)
    box.moveCenter(rect.center())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.center())
    painter.rotate(_TILT)
    body = QRectF(-side * 0.42, -side * 0.34, side * 0.84, side * 0.80)
    _paint_loop(painter, side, rim)
    painter.setPen(QPen(rim, side * 0.05, j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(fill)
    painter.drawPath(heart(body))
    painter.setBrush(rim)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawEllipse(QPointF(-side * 0.19, -side * 0.14), side * 0.055, side * 0.055)
    _paint_shine(painter, body)
    painter.restore()


def mark(size: int, ratio: float = 1.0) -> QPixmap:
    """Paint the mark as a picture ``size`` logical pixels wide."""
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint_mark(painter, QRectF(picture.rect()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def app_icon() -> QIcon:
    """Make the icon of the program in every size that desktops ask for."""
    icon = QIcon()
    for size in _ICON_SIZES:
        icon.addPixmap(mark(size))
    return icon


def _paint_loop(painter: QPainter, side: float, rim: QColor) -> None:
    loop = QPainterPath(QPointF(-side * 0.19, -side * 0.14))
    loop.cubicTo(-side * 0.42, -side * 0.30, -side * 0.34, -side * 0.56, -side * 0.12, -side * 0.46)
    loop.cubicTo(side * 0.02, -side * 0.38, -side * 0.06, -side * 0.22, -side * 0.19, -side * 0.14)
    painter.setPen(QPen(rim.darker(112), max(side * 0.03, 0.8)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(loop)


def _paint_shine(painter: QPainter, body: QRectF) -> None:
    shine = QPainterPath(QPointF(body.x() + body.width() * 0.62, body.y() + body.height() * 0.15))
    shine.cubicTo(
        body.x() + body.width() * 0.80,
        body.y() + body.height() * 0.10,
        body.x() + body.width() * 0.93,
        body.y() + body.height() * 0.22,
        body.x() + body.width() * 0.88,
        body.y() + body.height() * 0.42,
    )
    gleam = QColor(_WHITE)
    gleam.setAlphaF(0.55)
    painter.setPen(QPen(gleam, body.width() * 0.055, c=Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(shine)
