"""Where there is no photo yet: the animal's shape in a soft colour of the skin."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPixmap

from desktop.drawing.portraits import paint_shape
from desktop.ui.look import Look
from desktop.ui.look.look import mix
from shared.skins.tokens import Role, Scheme

_AIR = 0.12
_STANDING_FLOOR = 0.05  # the field of a drawing ends this far below the animal's feet
_WASH, _SHAPE = 0.42, 0.85
# Where the window is dark: share of the tint's saturation, and lightness.
_DARK_WASH = (0.45, 0.18)
_DARK_SHAPE = (0.6, 0.5)


def tint_number(name: str) -> int:
    """Choose a colour by name, the same one every time and on every device."""
    return sum(name.encode("utf-8", "replace"))


def placeholder(
    look: Look, *, name: str, animal: str, size: QSize, radius: int | None, ratio: float
) -> QPixmap:
    """Paint the placeholder of an animal, ``size`` logical pixels large.

    With a ``radius`` it stands in a soft field, without one it stands alone at the bottom.
    """
    made = QPixmap(round(size.width() * ratio), round(size.height() * ratio))
    made.fill(Qt.GlobalColor.transparent)
    made.setDevicePixelRatio(ratio)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    wash, shape = _colors(look, look.tint(tint_number(name)))
    box = QRectF(0, 0, size.width(), size.height())
    if radius is None:
        paint_shape(painter, box.translated(0, box.height() * _STANDING_FLOOR), animal, shape, wash)
    else:
        path = QPainterPath()
        path.addRoundedRect(box, radius, radius)
        painter.fillPath(path, wash)
        air = size.height() * _AIR
        paint_shape(painter, box.adjusted(air, air, -air, -air), animal, shape, wash)
    painter.end()
    return made


def _colors(look: Look, tint: QColor) -> tuple[QColor, QColor]:
    if look.scheme is Scheme.DARK:  # a tint mixed with its opposite would turn to mud
        return _toned(tint, *_DARK_WASH), _toned(tint, *_DARK_SHAPE)
    wash = mix(tint, look.color(Role.SURFACE_1), _WASH)
    return wash, mix(tint, look.color(Role.TEXT_STRONG), _SHAPE)


def _toned(tint: QColor, saturation: float, lightness: float) -> QColor:
    return QColor.fromHslF(max(tint.hslHueF(), 0.0), tint.hslSaturationF() * saturation, lightness)
