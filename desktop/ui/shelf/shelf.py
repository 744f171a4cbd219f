"""The big list as the screens use it: select, open, delete, drop, by mouse, keys and ear."""

from collections.abc import Iterable
from html import escape

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget
from typing_extensions import override

from desktop.collection.values import Column, CopyRow
from desktop.ui.shelf.accessible import announce
from desktop.ui.shelf.canvas import Canvas
from desktop.ui.shelf.drops import picture_files
from desktop.ui.shelf.empty import Emptiness, EmptyShelf
from desktop.ui.shelf.keys import DELETE, OPEN, STEPS
from desktop.ui.shelf.scene import Writes
from desktop.ui.shelf.stock import Pages, Stock
from shared.ids import RecordId
from shared.skins.tokens import Word

_CONTROL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


class ShelfView(Canvas):
    """The list of copies.

    Letters typed here are passed on, so that the window can put them into its search box.
    """

    current_changed = Signal(object)
    """RecordId | None: the copy that the inspector should show."""
    selection_changed = Signal(object)
    """frozenset[RecordId]"""
    opened = Signal(object)
    """RecordId: Enter or a double click."""
    delete_asked = Signal(object)
    """tuple[RecordId, ...]"""
    sort_asked = Signal(object, bool)
    """Column, descending: the header was clicked."""
    photos_dropped = Signal(object, object)
    """RecordId | None (beside any copy), list[Path]"""
    menu_asked = Signal(object, QPoint)
    """RecordId | None, where on the screen"""
    begun = Signal()
    """The button of the empty shelf was pressed."""

    def __init__(self, notation: Writes, parent: QWidget | None = None) -> None:
        super().__init__(notation, parent)
        self._empty = EmptyShelf(self.viewport())
        self._emptiness = Emptiness("Nothing here yet", "")
        self._empty.chosen.connect(self.begun.emit)
        self.header.sort_asked.connect(self.sort_asked.emit)
        self.setAcceptDrops(True)
        self.setAccessibleName("Beanies")

    def show_stock(self, stock: Stock) -> None:
        """Show another list. Copies that are in it too stay selected and current."""
        before, current = frozenset(self.selection.copies), self.current
        self.pages = Pages(stock)
        self._pictures.come_from(stock.thumbnail)
        self.selection.follow(self.pages, current)
        self._hovered = self._dropping = None
        self._fit()
        self._show_emptiness()
        self._tell(before, current)

    def refresh(self) -> None:
        """Read the rows in sight again, for something in them changed."""
        self.pages.forget()
        self.viewport().update()

    def forget_photo(self, photo: RecordId) -> None:
        """Fetch a photo again, for its bytes arrived or changed."""
        self._pictures.forget(photo)
        self.viewport().update()

    def when_empty(self, what: Emptiness) -> None:
        """Choose the words that stand where no copy does."""
        self._emptiness = what
        self._show_emptiness()

    def show_sort(self, column: Column, *, descending: bool) -> None:
        """Point the header's arrow at what the list is sorted by."""
        self.header.show_sort(column, descending=descending)

    @property
    def current(self) -> RecordId | None:
        """The copy that the keyboard stands on."""
        index = self.selection.current
        return self.pages.id(index) if index is not None and index < len(self.pages) else None

    @property
    def selected(self) -> tuple[RecordId, ...]:
        """The selected copies, in the list's order."""
        places = ((self.pages.place(copy) or 0, copy) for copy in self.selection.copies)
        return tuple(copy for _, copy in sorted(places))

    def choose(self, copies: Iterable[RecordId]) -> None:
        """Select copies and bring the first one into sight."""
        before, current = frozenset(self.selection.copies), self.current
        self.selection.take(self.pages, copies)
        self._tell(before, current)

    def choose_beside(self, distance: int) -> None:
        """Walk the list from the current copy, as previous and next of the inspector do."""
        if len(self.pages):
            index = (self.selection.current or 0) + distance
            self.choose([self.pages.id(max(0, min(index, len(self.pages) - 1)))])

    def _tell(self, before: frozenset[RecordId], current: RecordId | None) -> None:
        index = self.selection.current
        if self.current != current:
            if index is not None:
                self.reveal(index)
                announce(self, QAccessible.Event.Focus, index)
            self.current_changed.emit(self.current)
        if before != self.selection.copies:
            if index is not None:
                announce(self, QAccessible.Event.Selection, index)
            self.selection_changed.emit(frozenset(self.selection.copies))
        self.viewport().update()

    def _show_emptiness(self) -> None:
        empty = len(self.pages) == 0
        if empty:
            self._empty.say(self._emptiness)
        self._empty.setVisible(empty)

    # The mouse

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        before, current = frozenset(self.selection.copies), self.current
        index = self.cell_at(event.position().toPoint())
        if index is None:
            self.selection.nothing()
        elif event.modifiers() & _SHIFT:
            self.selection.stretch(self.pages, index)
        elif event.modifiers() & _CONTROL:
            self.selection.toggle(self.pages, index)
        elif event.button() is Qt.MouseButton.LeftButton or self.pages.id(index) not in before:
            self.selection.only(self.pages, index)
        self._tell(before, current)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.cell_at(event.position().toPoint())
        if index is not None:
            self.opened.emit(self.pages.id(index))

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.cell_at(event.position().toPoint()))

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            index = self.cell_at(self.viewport().mapFromGlobal(event.globalPos()))
            where = event.globalPos()
        else:
            index = self.selection.current
            place = QRect() if index is None else self.cell_rect(index)
            where = self.viewport().mapToGlobal(place.center())
        self.menu_asked.emit(None if index is None else self.pages.id(index), where)

    @override
    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Leave:
            self._hover(None)
        if isinstance(event, QHelpEvent):
            index = self.cell_at(event.pos())
            QToolTip.showText(event.globalPos(), self._hint(index), self)
            return True
        return super().viewportEvent(event)

    def _hint(self, index: int | None) -> str:
        row = None if index is None else self.pages.row(index)
        if row is None:
            return ""
        lines = (row.name, row.variant, row.location)
        # Qt takes anything that looks like markup for markup, so all of it is escaped.
        return "<br>".join(escape(line) for line in lines if line)

    def _hover(self, index: int | None) -> None:
        if index != self._hovered:
            self._hovered = index
            self.viewport().update()

    # The keyboard

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        before, current = frozenset(self.selection.copies), self.current
        if not len(self.pages) or not self._press(event):
            event.ignore()
            return
        self._tell(before, current)

    def _press(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in STEPS:
            self._walk(event)
        elif key in OPEN and self.current is not None:
            self.opened.emit(self.current)
        elif key in DELETE and self.selection.copies:
            self.delete_asked.emit(self.selected)
        elif key == Qt.Key.Key_A and event.modifiers() == _CONTROL:
            self.selection.everything(self.pages)
        elif key == Qt.Key.Key_Space and self.selection.current is not None:
            self.selection.toggle(self.pages, self.selection.current)
        else:
            return False
        return True

    def _walk(self, event: QKeyEvent) -> None:
        start = self.selection.current
        index = 0 if start is None else self._arrangement.step(start, STEPS[event.key()])
        if event.modifiers() & _SHIFT:
            self.selection.stretch(self.pages, index)
        elif event.modifiers() & _CONTROL:
            self.selection.move(index)
        else:
            self.selection.only(self.pages, index)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    # Files dragged here

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if picture_files(event.mimeData()):
            event.acceptProposedAction()

    @override
    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._drop_on(self.cell_at(event.position().toPoint()))
        event.acceptProposedAction()

    @override
    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop_on(None)

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        index = self.cell_at(event.position().toPoint())
        self._drop_on(None)
        files = picture_files(event.mimeData())
        if files:
            event.acceptProposedAction()
            self.photos_dropped.emit(None if index is None else self.pages.id(index), files)

    def _drop_on(self, index: int | None) -> None:
        if index != self._dropping:
            self._dropping = index
            self.viewport().update()

    # For those who listen (see accessible.Listed)

    def item_count(self) -> int:
        """Count the copies."""
        return len(self.pages)

    def item_text(self, index: int) -> str:
        """Say a copy in words: what its card shows, with the names of the fields."""
        row = self.pages.row(index)
        return "" if row is None else spoken(row, self._scene.look.word(Word.SWING_TAG))

    def item_rect(self, index: int) -> QRect:
        """Give the place of a copy in the viewport."""
        return self.cell_rect(index)

    def item_at(self, point: QPoint) -> int | None:
        """Find the copy at a point of the viewport."""
        return self.cell_at(point)

    def item_selected(self, index: int) -> bool:
        """Tell whether a copy is selected."""
        return self.pages.id(index) in self.selection.copies

    def item_current(self) -> int | None:
        """Give the copy that has the keyboard."""
        return self.selection.current

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._empty.setGeometry(self.viewport().rect())


def spoken(row: CopyRow, tag: str) -> str:
    """Put a row into words."""
    parts = (
        row.name,
        row.variant,
        row.animal,
        f"{tag} {row.swing_tag}" if row.swing_tag else "",
        row.condition,
        row.location,
        "conflict" if row.flagged else "",
    )
    return ", ".join(part for part in parts if part)
