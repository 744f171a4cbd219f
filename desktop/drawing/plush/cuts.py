"""The shapes that parts are cut in, in a field of 100 by 100 with the floor at 95."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QTransform

Point = tuple[float, float]


def oval(x: float, y: float, wide: float, tall: float, turn: float = 0.0) -> QPainterPath:
    """Cut an ellipse around a point, given its two half axes and a turn in degrees."""
    path = QPainterPath()
    path.addEllipse(QPointF(0, 0), wide, tall)
    return QTransform().translate(x, y).rotate(turn).map(path)


def round_through(points: Sequence[Point]) -> QPainterPath:
    """Cut a closed soft shape through points (a Catmull-Rom curve)."""
    path, count = QPainterPath(QPointF(*points[0])), len(points)
    for at in range(count):
        before, start, end, after = (points[(at + step) % count] for step in (-1, 0, 1, 2))
        path.cubicTo(
            start[0] + (end[0] - before[0]) / 6,
            start[1] + (end[1] - before[1]) / 6,
            end[0] - (after[0] - start[0]) / 6,
            end[1] - (after[1] - start[1]) / 6,
            *end,
        )
    path.closeSubpath()
    return path


def curve(*points: Point) -> QPainterPath:
    """Lay a thread: a start, then control, control, end; or control, end."""
    path = QPainterPath(QPointF(*points[0]))
    if len(points) == 3:  # noqa: PLR2004 - start, control, end
        path.quadTo(QPointF(*points[1]), QPointF(*points[2]))
    else:
        path.cubicTo(*(QPointF(*point) for point in points[1:4]))
    return path


def mirrored(path: QPainterPath) -> QPainterPath:
    """Turn a left part into the right one."""
    return QTransform(-1, 0, 0, 1, 100, 0).map(path)


def scalloped(x: float, y: float, radius: float, bumps: int, height: float) -> QPainterPath:
    """Cut a disc with a wavy rim: manes, curls."""
    points = []
    for at in range(bumps * 2):
        reach = radius + (height if at % 2 else 0)
        angle = math.pi * at / bumps
        points.append((x + math.cos(angle) * reach, y + math.sin(angle) * reach))
    return round_through(points)


def _unturned(path: QPainterPath) -> QPainterPath:
    return path


BOTH_SIDES = (_unturned, mirrored)
"""Apply each to a left part to get both."""
