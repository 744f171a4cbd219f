"""What parts are cut from: soft plush with light and hair, or one flat colour for a shape."""

import math
from abc import ABC, abstractmethod
from random import Random

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QRadialGradient
from typing_extensions import override

_HAIRS = 0.9  # for each unit of a part's outline
_LIGHT, _SHADE = 116, 124


class Cloth(ABC):
    """Paints one part after the other, back to front, in a field of 100 by 100."""

    @abstractmethod
    def part(self, path: QPainterPath, color: QColor) -> None:
        """Sew on a stuffed part."""

    @abstractmethod
    def patch(self, path: QPainterPath, color: QColor) -> None:
        """Sew on a flat piece: belly, marks, inner ears."""

    @abstractmethod
    def line(self, path: QPainterPath, color: QColor, width: float) -> None:
        """Stitch a line: mouths, seams."""

    @abstractmethod
    def bead(self, center: QPointF, radius: float, color: QColor) -> None:
        """Sew on a shining bead: eyes and noses."""


class Plush(Cloth):
    """Stuffed cloth in the light of a window at the upper left."""

    def __init__(self, painter: QPainter, chance: Random) -> None:
        self._painter = painter
        self._chance = chance

    @override
    def part(self, path: QPainterPath, color: QColor) -> None:
        """Fill with light to shade, then hair, then a soft rim."""
        painter, box = self._painter, path.boundingRect()
        light = QRadialGradient(
            QPointF(box.x() + box.width() * 0.36, box.y() + box.height() * 0.28),
            max(box.width(), box.height()) * 0.82,
        )
        light.setColorAt(0.0, color.lighter(_LIGHT))
        light.setColorAt(0.5, color)
        light.setColorAt(1.0, color.darker(_SHADE))
        rim = color.darker(150)
        rim.setAlphaF(0.55)
        painter.setPen(QPen(rim, 0.45))
        painter.setBrush(light)
        painter.drawPath(path)
        self._hair(path, color)

    @override
    def patch(self, path: QPainterPath, color: QColor) -> None:
        """Fill flat with a stitched edge."""
        edge = color.darker(128)
        edge.setAlphaF(0.6)
        self._painter.setPen(QPen(edge, 0.35, Qt.PenStyle.DotLine))
        self._painter.setBrush(color)
        self._painter.drawPath(path)

    @override
    def line(self, path: QPainterPath, color: QColor, width: float) -> None:
        """Stitch with a round thread."""
        pen = QPen(color, width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        self._painter.setPen(pen)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawPath(path)

    @override
    def bead(self, center: QPointF, radius: float, color: QColor) -> None:
        """Paint a bead and the window in it."""
        painter = self._painter
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(center, radius, radius)
        painter.setBrush(QColor(255, 255, 255, 225))
        spot = center - QPointF(radius * 0.32, radius * 0.34)
        painter.drawEllipse(spot, radius * 0.3, radius * 0.3)

    def _hair(self, path: QPainterPath, color: QColor) -> None:
        light, dark = color.lighter(128), color.darker(132)
        light.setAlphaF(0.35)
        dark.setAlphaF(0.28)
        middle = path.boundingRect().center()
        for _ in range(round(path.length() * _HAIRS)):
            root = path.pointAtPercent(self._chance.random())
            depth = 1 - self._chance.random() ** 2 * 0.75
            root = middle + (root - middle) * depth
            lean = math.atan2(root.y() - middle.y(), root.x() - middle.x())
            lean += self._chance.uniform(-0.5, 0.5)
            tip = root + QPointF(math.cos(lean), math.sin(lean) + 0.4) * self._chance.uniform(
                0.7, 1.6
            )
            self._painter.setPen(QPen(light if self._chance.random() < 0.5 else dark, 0.28))  # noqa: PLR2004 - half and half
            self._painter.drawLine(root, tip)


class Shape(Cloth):
    """One colour and its shadow: the animal before there is a photo."""

    def __init__(self, painter: QPainter, color: QColor, ground: QColor) -> None:
        self._painter = painter
        self._color = color
        self._ground = ground

    @override
    def part(self, path: QPainterPath, color: QColor) -> None:
        """Fill, with the ground's colour between parts that touch."""
        _ = color
        self._painter.setPen(QPen(self._ground, 1.1))
        self._painter.setBrush(self._color)
        self._painter.drawPath(path)

    @override
    def patch(self, path: QPainterPath, color: QColor) -> None:
        """Let the ground shine through a little."""
        _ = color
        self._painter.setPen(Qt.PenStyle.NoPen)
        veil = QColor(self._ground)
        veil.setAlphaF(0.28)
        self._painter.setBrush(veil)
        self._painter.drawPath(path)

    @override
    def line(self, path: QPainterPath, color: QColor, width: float) -> None:
        """Draw in the colour of the ground."""
        _ = color
        pen = QPen(self._ground, max(width, 1.1))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        self._painter.setPen(pen)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawPath(path)

    @override
    def bead(self, center: QPointF, radius: float, color: QColor) -> None:
        """Punch a hole."""
        _ = color
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(self._ground)
        self._painter.drawEllipse(center, radius, radius)
