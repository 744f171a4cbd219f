"""The sidebar: where to look. Shelves with their counts, and the ways to the other screens."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QTreeWidgetItemIterator,
)
from typing_extensions import override

from desktop.collection.values import Shelf
from desktop.ui.look import Icon, Look, TextSize, look_of
from desktop.ui.notation import Notation
from desktop.ui.zone import Zone, column
from shared.skins.tokens import Role, Word

WIDTH = 216
_KEY = Qt.ItemDataRole.UserRole
_COUNT = Qt.ItemDataRole.UserRole + 1
_ICONS = {
    "": Icon.HEART,
    "trash": Icon.TRASH,
    "status": Icon.TAG,
    "status:wanted": Icon.WISH,
    "status:trade": Icon.TRADE,
    "location": Icon.LOCATION,
    "tag": Icon.TAGS,
    "year": Icon.DATE,
}
_WORDS = {
    "": Word.ALL,
    "status:wanted": Word.WANTED,
    "status:trade": Word.TRADE,
    "trash": Word.TRASH,
}


class Sidebar(Zone):
    """The tree of shelves. ``chosen`` carries the key of the one to list."""

    chosen = Signal(str)

    def __init__(self, notation: Notation) -> None:
        self._tree = QTreeWidget()
        super().__init__("panel", column(self._tree, gap=1, edge=2))
        self._tree.setHeaderHidden(True)
        self._tree.setAccessibleName("Shelves")
        self._tree.setRootIsDecorated(False)
        self._tree.setIndentation(0)
        self._tree.setProperty("role", "bare")
        self._tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._tree.setItemDelegate(_Line(self._tree, notation))
        self._tree.currentItemChanged.connect(self._choose)
        self._filling = False

    def show_shelves(self, shelves: Sequence[Shelf]) -> None:
        """Show the shelves anew; the chosen one stays chosen, else the first is and tells so."""
        self._filling = True
        chosen = self.key
        self._tree.clear()
        for shelf in shelves:
            self._add(self._tree.invisibleRootItem(), shelf)
        self._tree.expandAll()
        self.choose(chosen)
        self._filling = False
        if self.key != chosen:
            self.chosen.emit(self.key)

    @property
    def key(self) -> str:
        """The key of the chosen shelf."""
        item = self._tree.currentItem()
        return str(item.data(0, _KEY)) if item is not None else ""

    def choose(self, key: str) -> None:
        """Choose a shelf by its key, or the first one if there is none such."""
        walk = QTreeWidgetItemIterator(self._tree)
        found = self._tree.topLevelItem(0)
        while item := walk.value():
            if item.data(0, _KEY) == key:
                found = item
                break
            walk += 1
        if found is not None:
            self._tree.setCurrentItem(found)

    @override
    def put_on(self, look: Look) -> None:
        """Take sizes and words of a look."""
        super().put_on(look)
        self.setMinimumWidth(look.scaled(WIDTH))
        self._tree.doItemsLayout()
        self._tree.viewport().update()

    def _add(self, parent: QTreeWidgetItem, shelf: Shelf) -> None:
        item = QTreeWidgetItem(parent, [shelf.label])
        item.setData(0, _KEY, shelf.key)
        item.setData(0, _COUNT, shelf.count)
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{shelf.label}, {shelf.count}")
        if shelf.children and ":" not in shelf.key and shelf.key:
            item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        for child in shelf.children:
            self._add(item, child)

    def _choose(self, item: QTreeWidgetItem | None) -> None:
        if item is not None and not self._filling:
            self.chosen.emit(str(item.data(0, _KEY)))


_Index = QModelIndex | QPersistentModelIndex


class _Line(QStyledItemDelegate):
    """Paints one shelf: icon, name, count. A group of shelves is a quiet heading."""

    def __init__(self, tree: QTreeWidget, notation: Notation) -> None:
        super().__init__(tree)
        self._tree = tree
        self._notation = notation

    @override
    def sizeHint(self, _option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Give each line the look's row height, a heading some air above."""
        look = look_of(self._tree)
        return QSize(0, look.row_height + (look.space(2) if _is_heading(index) else 0))

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one line in the colours of the look."""
        look = look_of(self._tree)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room: QRect = option.rect
        if _is_heading(index):
            self._paint_heading(painter, room, index, look)
        else:
            self._paint_ground(painter, room, option, look)
            self._paint_shelf(painter, room, option, index, look)
        painter.restore()

    def _paint_heading(self, painter: QPainter, room: QRect, index: _Index, look: Look) -> None:
        painter.setFont(look.font(TextSize.CAPTION, strong=True))
        painter.setPen(look.color(Role.TEXT_QUIET))
        words = index.data(Qt.ItemDataRole.DisplayRole)
        inner = room.adjusted(look.space(2), look.space(2), -look.space(2), 0)
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_ground(
        self, painter: QPainter, room: QRect, option: QStyleOptionViewItem, look: Look
    ) -> None:
        state: QStyle.StateFlag = option.state
        inner = room.adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(look.color(Role.SELECTION))
            painter.drawRoundedRect(inner, look.small_radius, look.small_radius)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(look.color(Role.SURFACE_2))
            painter.drawRoundedRect(inner, look.small_radius, look.small_radius)
        if state & QStyle.StateFlag.State_HasFocus and self._tree.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(look.color(Role.FOCUS))
            painter.drawRoundedRect(inner, look.small_radius, look.small_radius)

    def _paint_shelf(
        self,
        painter: QPainter,
        room: QRect,
        option: QStyleOptionViewItem,
        index: _Index,
        look: Look,
    ) -> None:
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        ink = look.color(Role.TEXT_STRONG if selected else Role.TEXT_NORMAL)
        side = look.scaled(16)
        left = room.left() + look.space(2) + _depth(index) * look.space(3)
        icon = look.icon_pixmap(
            _icon(index),
            side,
            self._tree.devicePixelRatioF(),
            Role.ACCENT if selected else Role.TEXT_QUIET,
        )
        painter.drawPixmap(left, room.center().y() - side // 2, icon)
        count = self._notation.count(index.data(_COUNT))
        painter.setFont(look.figures(TextSize.CAPTION))
        painter.setPen(look.color(Role.TEXT_QUIET))
        inner = room.adjusted(left - room.left() + side + look.space(2), 0, -look.space(2), 0)
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, count)
        taken = QFontMetrics(painter.font()).horizontalAdvance(count) + look.space(2)
        painter.setFont(look.font(TextSize.BODY, strong=selected))
        painter.setPen(ink)
        words = QFontMetrics(painter.font()).elidedText(
            _words(index, look), Qt.TextElideMode.ElideMiddle, inner.width() - taken
        )
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, words)


def _is_heading(index: _Index) -> bool:
    return not index.flags() & Qt.ItemFlag.ItemIsSelectable


def _depth(index: _Index) -> int:
    """Count the shelves, headings left out, that this one lies within."""
    parent, depth = index.parent(), 0
    while parent.isValid() and not _is_heading(parent):
        parent, depth = parent.parent(), depth + 1
    return depth


def _icon(index: _Index) -> Icon:
    key = str(index.data(_KEY))
    return _ICONS.get(key) or _ICONS.get(key.partition(":")[0], Icon.FOLDER)


def _words(index: _Index, look: Look) -> str:
    word = _WORDS.get(str(index.data(_KEY)))
    return look.word(word) if word else str(index.data(Qt.ItemDataRole.DisplayRole))
