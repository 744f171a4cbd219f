"""Where there is no photo yet: the animal's shape in a soft colour of the skin."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPixmap

from desktop.ui.look import Look, TextSize
from desktop.ui.look.look import mix
from shared.skins.tokens import Role, Scheme

_WASH = {Scheme.LIGHT: 0.42, Scheme.DARK: 0.26}
_SHAPE = {Scheme.LIGHT: 0.85, Scheme.DARK: 0.62}


def tint_number(name: str) -> int:
    """Choose a colour by name, the same one every time and on every device."""
    return sum(name.encode("utf-8", "replace"))


def placeholder(
    look: Look, *, name: str, animal: str, size: QSize, radius: int, ratio: float
) -> QPixmap:
    """Paint the placeholder of an animal, ``size`` logical pixels large."""
    made = QPixmap(round(size.width() * ratio), round(size.height() * ratio))
    made.fill(Qt.GlobalColor.transparent)
    made.setDevicePixelRatio(ratio)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    tint, ground = look.tint(tint_number(name)), look.color(Role.SURFACE_1)
    box = QRectF(0, 0, size.width(), size.height())
    path = QPainterPath()
    path.addRoundedRect(box, radius, radius)
    painter.fillPath(path, mix(tint, ground, _WASH[look.scheme]))
    _initial(painter, box, name, mix(tint, look.color(Role.TEXT_STRONG), _SHAPE[look.scheme]), look)
    painter.end()
    return made


def _initial(painter: QPainter, box: QRectF, name: str, color: QColor, look: Look) -> None:
    font = look.font(TextSize.DISPLAY, strong=True)
    font.setPixelSize(max(round(box.height() * 0.42), 8))
    painter.setFont(font)
    painter.setPen(color)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name.strip()[:1].upper())
