"""The cabinet: lit shelves, and the animals standing on them."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPen, QPixmap, QRadialGradient
from typing_extensions import override

from desktop.ui.look.look import mix
from desktop.ui.shelf.arrangement import Tiles
from desktop.ui.shelf.card import paint_flag, paint_swing_tag, paint_wait, shape_of
from desktop.ui.shelf.ink import CENTER
from desktop.ui.shelf.scene import Cell, blank
from shared.skins.tokens import Role, Scheme, Shadow

_LEAST = 132
_PLANK = 12
_TAG = 30
_FADED = 0.35


class Cabinet(Tiles):
    """Pictures that stand on planks, each with a small plate below it."""

    @property
    @override
    def least_width(self) -> int:
        """Width of the narrowest place on a shelf."""
        return self.scene.look.scaled(_LEAST)

    @property
    @override
    def gap(self) -> int:
        """Pixels between two animals."""
        return self.scene.look.space(4)

    @property
    @override
    def pitch(self) -> int:
        """Distance from shelf to shelf."""
        return self.cell_height + self.scene.look.space(5)

    @override
    def tall(self, width: int) -> int:
        """Add picture, plank and plate."""
        return width + self._plank + self._plate + self.scene.look.space(1)

    @property
    def _plank(self) -> int:
        return self.scene.look.scaled(_PLANK)

    @property
    def _plate(self) -> int:
        return self.scene.hands.caption.height + self.scene.look.space(1)

    @override
    def paint_ground(self, painter: QPainter, area: QRect, top: int) -> None:
        """Paint the back wall, the light above each shelf and the planks."""
        super().paint_ground(painter, area, top)
        first = max((top - self.margin) // self.pitch, 0)
        line = first
        while True:
            shelf = self.margin + line * self.pitch + self.cell_width - top
            if shelf - self.cell_width > area.bottom():
                return
            self._paint_light(painter, QRect(area.x(), shelf - self.cell_width, area.width(), 0))
            self._paint_plank(painter, QRect(area.x(), shelf, area.width(), self._plank))
            line += 1

    @override
    def paint(self, painter: QPainter, rect: QRect, index: int, cell: Cell) -> None:
        """Paint one animal and its plate."""
        _ = index
        look, hands = self.scene.look, self.scene.hands
        lift = look.space(1) if cell.hovered else 0
        side = rect.width() - 2 * look.space(2)
        at = QRect(rect.x() + look.space(2), rect.y() + rect.width() - side - lift, side, side)
        self._paint_standing(painter, at, cell)
        plate = QRect(
            rect.x(),
            rect.y() + rect.width() + self._plank + look.space(1),
            rect.width(),
            self._plate,
        )
        if cell.selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color(Role.SELECTION))
            painter.drawRoundedRect(plate, look.small_radius, look.small_radius)
        role = Role.TEXT_QUIET if cell.wanted else Role.TEXT_STRONG
        inner = plate.adjusted(look.space(1), 0, -look.space(1), 0)
        hands.caption.write(painter, inner, cell.row.name, look.color(role), CENTER)

    def _paint_standing(self, painter: QPainter, at: QRect, cell: Cell) -> None:
        look, row = self.scene.look, cell.row
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        photo = None
        if row.thumbnail is not None:
            photo = self.scene.pictures.cut(row.thumbnail, at.size(), look.radius, self.scene.ratio)
        self._paint_cast(painter, at)
        painter.setOpacity(_FADED if cell.wanted else 1.0)
        painter.drawPixmap(at.topLeft(), photo or shape_of(self.scene, row, at.size(), None))
        painter.setOpacity(1.0)
        if photo is not None or cell.selected or cell.current or cell.dropping:
            self._paint_edge(painter, at, cell)
        if row.swing_tag and not cell.wanted:
            side = look.scaled(_TAG)
            tag = QRectF(at.x() - side * 0.18, at.y() - side * 0.12, side, side * 0.96)
            paint_swing_tag(painter, tag, self.scene, row.swing_tag)
        if row.flagged:
            paint_flag(painter, at, look, self.scene.ratio)
        if cell.said:
            paint_wait(painter, at, look, self.scene.ratio, cell.said.icon)

    def _paint_edge(self, painter: QPainter, at: QRect, cell: Cell) -> None:
        look = self.scene.look
        pen = QPen(look.color(Role.OUTLINE_STRONG), max(look.outline, 1))
        if cell.dropping:
            pen = QPen(look.color(Role.ACCENT), 3, Qt.PenStyle.DashLine)
        elif cell.current or cell.selected:
            pen = QPen(look.color(Role.FOCUS if cell.current else Role.ACCENT), 3)
        elif cell.wanted:
            pen.setStyle(Qt.PenStyle.DashLine)
        elif look.shadow is not Shadow.HARD and not cell.hovered:
            pen = QPen(look.color(Role.OUTLINE), 1)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(at).adjusted(0.5, 0.5, -0.5, -0.5), look.radius, look.radius)

    def _paint_cast(self, painter: QPainter, at: QRect) -> None:
        size = QSize(round(at.width() * 1.24), self._plank)
        cast = self.scene.frames.get_or(("cast", size.width()), lambda: self._cast(size))
        painter.drawPixmap(
            QPoint(at.center().x() - size.width() // 2, at.bottom() - size.height() // 2), cast
        )

    def _cast(self, size: QSize) -> QPixmap:
        dark = 0.55 if self.scene.look.scheme is Scheme.DARK else 0.28
        shade = QRadialGradient(0, 0, 1)
        shade.setColorAt(0, QColor.fromRgbF(0, 0, 0, dark))
        shade.setColorAt(1, QColor.fromRgbF(0, 0, 0, 0))
        made = blank(size, self.scene.ratio)
        painter = QPainter(made)
        painter.translate(size.width() / 2, size.height() / 2)
        painter.scale(size.width() / 2, size.height() / 2)
        painter.fillRect(QRectF(-1, -1, 2, 2), QBrush(shade))
        painter.end()
        return made

    def _paint_light(self, painter: QPainter, line: QRect) -> None:
        look = self.scene.look
        height = self.cell_width
        glow = QLinearGradient(0, line.y(), 0, line.y() + height)
        bright = mix(look.color(Role.SURFACE_1), look.color(Role.SURFACE_3), 0.85)
        bright.setAlphaF(0.75)
        clear = QColor(bright)
        clear.setAlphaF(0.0)
        glow.setColorAt(0.0, clear)
        glow.setColorAt(0.55, clear)
        glow.setColorAt(1.0, bright)
        painter.fillRect(QRect(line.x(), line.y(), line.width(), height), glow)

    def _paint_plank(self, painter: QPainter, plank: QRect) -> None:
        look = self.scene.look
        front = look.color(Role.SURFACE_3)
        painter.fillRect(plank, front)
        painter.fillRect(
            QRect(plank.x(), plank.y(), plank.width(), max(look.outline, 1)),
            look.color(Role.OUTLINE_STRONG if look.shadow is Shadow.HARD else Role.SURFACE_1),
        )
        fall = QLinearGradient(0, plank.bottom(), 0, plank.bottom() + self._plate)
        shade = QColor.fromRgbF(0, 0, 0, 0.22 if look.scheme is Scheme.DARK else 0.08)
        fall.setColorAt(0, shade)
        fall.setColorAt(1, QColor.fromRgbF(0, 0, 0, 0))
        under = QRect(plank.x(), plank.bottom() + 1, plank.width(), self._plate)
        painter.fillRect(under, fall)
