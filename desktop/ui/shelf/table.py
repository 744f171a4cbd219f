"""The table: one line a copy, numbers below numbers."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPen
from typing_extensions import override

from desktop.collection.values import Column
from desktop.ui.look import Icon, Look
from desktop.ui.look.look import mix
from desktop.ui.shelf.arrangement import Arrangement
from desktop.ui.shelf.card import paint_swing_tag, picture_of
from desktop.ui.shelf.columns import COLUMNS, TableColumn
from desktop.ui.shelf.header import Header
from desktop.ui.shelf.scene import Cell, Scene
from shared.skins.tokens import Role


class Table(Arrangement):
    """Lines of equal height under a header that says where the columns are."""

    def __init__(self, scene: Scene, header: Header) -> None:
        super().__init__(scene)
        self._header = header
        self._places: list[tuple[TableColumn, int, int]] = []

    @property
    @override
    def pitch(self) -> int:
        """Height of a line."""
        return self.scene.look.row_height

    @property
    @override
    def margin(self) -> int:
        """None: lines begin right under the header."""
        return 0

    @override
    def fit(self, width: int, height: int, count: int) -> None:
        """Take the columns from the header."""
        self.count = count
        self.width = max(width, self._header.length())
        self.page = max(height // self.pitch - 1, 1)
        self._places = [
            (COLUMNS[at], self._header.sectionPosition(at), self._header.sectionSize(at))
            for at in range(len(COLUMNS))
            if not self._header.isSectionHidden(at)
        ]

    @override
    def rect(self, index: int) -> QRect:
        """Give the place of a line."""
        return QRect(0, index * self.pitch, self.width, self.pitch)

    @override
    def paint(self, painter: QPainter, rect: QRect, index: int, cell: Cell) -> None:
        """Paint one line."""
        look = self.scene.look
        painter.fillRect(rect, self._ground(look, cell, odd=bool(index % 2)))
        if cell.current:
            painter.setPen(QPen(look.color(Role.FOCUS), 1))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        if cell.dropping:
            painter.setPen(QPen(look.color(Role.ACCENT), 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        for column, left, width in self._places:
            place = QRect(rect.x() + left, rect.y(), width, rect.height())
            self._paint_column(painter, place, column, cell)

    def _paint_column(
        self, painter: QPainter, place: QRect, column: TableColumn, cell: Cell
    ) -> None:
        if column.sort is Column.NAME:
            self._paint_name(painter, place, cell)
        elif column.sort is Column.SWING_TAG and cell.row.swing_tag and not cell.wanted:
            self._paint_tag(painter, place, cell.row.swing_tag)
        else:
            air = self.scene.look.space(2)
            hand = self.scene.hands.figures if column.number else self.scene.hands.body
            role = Role.TEXT_QUIET if cell.wanted else Role.TEXT_NORMAL
            text = column.text(self.scene, cell.row)
            color = self.scene.look.color(role)
            write = hand.write_whole if column.number else hand.write
            write(painter, place.adjusted(air, 0, -air, 0), text, color, column.align)

    def _paint_name(self, painter: QPainter, place: QRect, cell: Cell) -> None:
        look, hands, row = self.scene.look, self.scene.hands, cell.row
        air, side = look.space(2), place.height() - 2 * max(look.space(1), 2)
        spot = place.topLeft() + QPoint(air, (place.height() - side) // 2)
        picture = picture_of(self.scene, cell, QSize(side, side), min(look.small_radius, side // 3))
        painter.setOpacity(0.4 if cell.wanted else 1.0)
        painter.drawPixmap(spot, picture)
        painter.setOpacity(1.0)
        text = place.adjusted(air + side + air, 0, -air, 0)
        if row.flagged:
            self._mark(painter, text, Icon.CONFLICT, Role.WARNING)
        if cell.said:
            self._mark(painter, text, cell.said.icon, Role.TEXT_QUIET)
        strong = look.color(Role.TEXT_QUIET if cell.wanted else Role.TEXT_STRONG)
        hands.name.write(painter, text, row.name, strong)
        text.setLeft(text.x() + min(hands.name.width(row.name), text.width()) + air)
        hands.caption.write(painter, text, row.variant, look.color(Role.TEXT_QUIET))

    def _mark(self, painter: QPainter, text: QRect, icon: Icon, role: Role) -> None:
        """Paint an icon at the end of what room there is for text, and take its room away."""
        look, glyph = self.scene.look, self.scene.look.scaled(14)
        spot = QPoint(text.right() - glyph, text.y() + (text.height() - glyph) // 2)
        painter.drawPixmap(spot, look.icon_pixmap(icon, glyph, self.scene.ratio, role))
        text.setRight(spot.x() - look.space(2))

    def _paint_tag(self, painter: QPainter, place: QRect, text: str) -> None:
        look = self.scene.look
        side = min(place.height() - 4, look.scaled(24))
        spot = QRectF(
            place.x() + look.space(2), place.y() + (place.height() - side) / 2, side, side * 0.96
        )
        paint_swing_tag(painter, spot, self.scene, text)

    @staticmethod
    def _ground(look: Look, cell: Cell, *, odd: bool) -> QColor:
        if cell.selected:
            return look.color(Role.SELECTION)
        if cell.hovered:
            return look.color(Role.SURFACE_2)
        ground = look.color(Role.SURFACE_1)
        return mix(look.color(Role.SURFACE_0), ground, 0.5) if odd else ground
