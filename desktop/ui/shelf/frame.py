"""The ground of a card: its edge, its shadow, and how it looks when it is chosen."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from desktop.ui.look import Look
from desktop.ui.look.look import mix
from desktop.ui.shelf.scene import Cell, Scene, blank
from shared.skins.tokens import Role, Scheme, Shadow


def card_frame(scene: Scene, size: QSize, cell: Cell, spread: int) -> QPixmap:
    """Paint the ground of a card in one state, with ``spread`` pixels around for its shadow."""
    look = scene.look
    made = blank(size + QSize(2 * spread, 2 * spread), scene.ratio)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = max(look.outline, 1)
    box = QRectF(spread, spread, size.width(), size.height()).adjusted(
        edge / 2, edge / 2, -edge / 2, -edge / 2
    )
    if not cell.wanted:
        _paint_shadow(painter, box, look, lifted=cell.hovered)
    painter.setBrush(_ground(look, cell))
    painter.setPen(_edge(look, cell, edge))
    painter.drawRoundedRect(box, look.radius, look.radius)
    if cell.current:
        ring = box.adjusted(-3, -3, 3, 3)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(look.color(Role.FOCUS), 2))
        painter.drawRoundedRect(ring, look.radius + 3, look.radius + 3)
    painter.end()
    return made


def _ground(look: Look, cell: Cell) -> QColor:
    if cell.selected:
        return look.color(Role.SELECTION)
    if cell.wanted:
        return mix(look.color(Role.SURFACE_1), look.color(Role.SURFACE_0), 0.35)
    return look.color(Role.SURFACE_1)


def _edge(look: Look, cell: Cell, width: int) -> QPen:
    if cell.dropping:
        return QPen(look.color(Role.ACCENT), width + 1, Qt.PenStyle.DashLine)
    if cell.wanted:
        return QPen(look.color(Role.OUTLINE_STRONG), width, Qt.PenStyle.DashLine)
    strong = cell.selected or cell.hovered or look.shadow is Shadow.HARD
    role = Role.OUTLINE_STRONG if strong else Role.OUTLINE
    return QPen(look.color(Role.ACCENT if cell.selected else role), width)


def _paint_shadow(painter: QPainter, box: QRectF, look: Look, *, lifted: bool) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    if look.shadow is Shadow.HARD:
        reach = 7 if lifted else 4
        painter.setBrush(look.color(Role.OUTLINE_STRONG))
        painter.drawRoundedRect(
            box.translated(reach, reach).adjusted(-1, -1, 1, 1), look.radius, look.radius
        )
    elif look.shadow is Shadow.SOFT:
        depth = 10 if lifted else 5
        for ring in range(depth, 0, -1):
            shade = QColor(0, 0, 0, 9 if look.scheme is Scheme.DARK else 4)
            painter.setBrush(shade)
            grown = box.adjusted(-ring * 0.6, -ring * 0.2, ring * 0.6, ring)
            painter.drawRoundedRect(grown, look.radius + ring * 0.6, look.radius + ring * 0.6)
