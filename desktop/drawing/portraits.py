"""Photos that nobody had to take: a drawn animal on a table, for samples and the demo."""

from collections.abc import Mapping
from random import Random

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPen,
    QRadialGradient,
)

from desktop.drawing.heart import heart
from desktop.drawing.imaging import encoded
from desktop.drawing.plush import coat_of, figure_of, sew
from desktop.drawing.plush.cloth import Plush, Shape
from desktop.drawing.plush.figures import Build

SIZE = QSize(960, 960)
_FIELD = 100.0
_ROOM = 0.80  # share of the picture's height that the animal takes
_FLOOR = 0.90
_TABLE = 0.70  # where wall and table meet
_WALLS = ("#d8e3ea", "#eadfd2", "#e3e7d8", "#e9dce4", "#dfe0ee", "#f0e4cc", "#d5e6e0")
_TABLES = ("#b98a5e", "#cfae86", "#8f6a4c", "#e6dccb", "#a9b7ba", "#c9b4a6")
_LEFT_EAR = (71, 25)
_SEWN_ON: Mapping[Build, tuple[int, int]] = {
    Build.BIRD: (70, 40),
    Build.SWIMMER: (60, 52),
    Build.OCTOPUS: (74, 42),
    Build.BUG: (66, 40),
    Build.TURTLE: (78, 52),
    Build.CRAB: (80, 66),
    Build.COIL: (67, 40),
    Build.DRAPE: (77, 44),
}
_RED, _GOLD = QColor("#d0222f"), QColor("#f0c649")


def portrait(name: str, animal: str, variant: str, seed: int) -> bytes:
    """Draw a copy as a JPEG of 960 by 960 pixels; each seed is another photo of it."""
    return encoded(portrait_image(name, animal, variant, seed), "JPEG")


def portrait_image(name: str, animal: str, variant: str, seed: int, size: QSize = SIZE) -> QImage:
    """Draw a copy on a table before a wall, with its swing tag."""
    chance = Random(f"{name}/{variant}/{seed}")  # noqa: S311 - a drawing needs no secrecy
    image = QImage(size, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_room(painter, QRectF(image.rect()), chance)
    scale = size.height() * _ROOM / _FIELD
    painter.translate(
        size.width() * (0.5 + chance.uniform(-0.02, 0.02)) - 50 * scale,
        size.height() * _FLOOR - 95 * scale,
    )
    painter.scale(scale, scale)
    painter.translate(50, 95)
    painter.rotate(chance.uniform(-2.5, 2.5))
    painter.translate(-50, -95)
    _paint_shadow(painter)
    figure = figure_of(animal)
    sew(Plush(painter, chance), figure, coat_of(name, animal, variant))
    painter.translate(*_SEWN_ON.get(figure.build, _LEFT_EAR))
    _paint_tag(painter, chance)
    painter.end()
    return image


def paint_shape(
    painter: QPainter, rect: QRectF, animal: str, color: QColor, ground: QColor
) -> None:
    """Paint an animal in one colour, standing in the middle of a rectangle."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = min(rect.width(), rect.height())
    painter.translate(rect.center().x() - side / 2, rect.center().y() - side / 2)
    painter.scale(side / _FIELD, side / _FIELD)
    sew(Shape(painter, color, ground), figure_of(animal), coat_of("", animal, ""))
    painter.restore()


def _paint_room(painter: QPainter, room: QRectF, chance: Random) -> None:
    wall, table = QColor(chance.choice(_WALLS)), QColor(chance.choice(_TABLES))
    light = QRadialGradient(
        QPointF(room.width() * chance.uniform(0.25, 0.45), room.height() * 0.2), room.width() * 0.95
    )
    light.setColorAt(0, wall.lighter(108))
    light.setColorAt(1, wall.darker(118))
    painter.fillRect(room, light)
    edge = room.height() * _TABLE
    top = QLinearGradient(0, edge, 0, room.height())
    top.setColorAt(0, table.darker(112))
    top.setColorAt(0.25, table)
    top.setColorAt(1, table.lighter(112))
    painter.fillRect(QRectF(0, edge, room.width(), room.height() - edge), top)
    seam = QLinearGradient(0, edge - room.height() * 0.03, 0, edge)
    seam.setColorAt(0, QColor(0, 0, 0, 0))
    seam.setColorAt(1, QColor(0, 0, 0, 34))
    painter.fillRect(
        QRectF(0, edge - room.height() * 0.03, room.width(), room.height() * 0.03), seam
    )


def _paint_shadow(painter: QPainter) -> None:
    painter.save()
    painter.translate(54, 94)
    painter.scale(46, 8)
    shade = QRadialGradient(QPointF(0, 0), 1)
    shade.setColorAt(0, QColor(20, 12, 8, 150))
    shade.setColorAt(0.6, QColor(20, 12, 8, 70))
    shade.setColorAt(1, QColor(20, 12, 8, 0))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(shade)
    painter.drawEllipse(QPointF(0, 0), 1, 1)
    painter.restore()


def _paint_tag(painter: QPainter, chance: Random) -> None:
    thread = QPainterPath(QPointF(0, 0))
    thread.quadTo(QPointF(6, 1), QPointF(7, 7))
    painter.setPen(QPen(QColor("#c9484f"), 0.6))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(thread)
    painter.translate(7, 7)
    painter.rotate(chance.uniform(-16, 8))
    painter.setPen(QPen(_GOLD, 0.9))
    painter.setBrush(_RED)
    painter.drawPath(heart(QRectF(-6.5, -1.2, 13, 12.4)))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_GOLD)
    painter.drawEllipse(QPointF(0, 3), 0.7, 0.7)
    painter.setBrush(QColor(255, 255, 255, 70))
    painter.drawEllipse(QRectF(1.6, 1.2, 3, 2.2))
