"""Where there is no photo yet: the animal's shape in a soft colour of the skin."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPixmap

from desktop.drawing.portraits import paint_shape
from desktop.ui.look import Look
from desktop.ui.look.look import mix
from shared.skins.tokens import Role, Scheme

_AIR = 0.12
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
    air = size.height() * _AIR
    shape = mix(tint, look.color(Role.TEXT_STRONG), _SHAPE[look.scheme])
    wash = mix(tint, ground, _WASH[look.scheme])
    paint_shape(painter, box.adjusted(air, air, -air, -air), animal, shape, wash)
    painter.end()
    return made
