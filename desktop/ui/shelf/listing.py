"""What the list holds: its stock, what is selected, what it says to those who listen."""

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QRect, Signal
from PySide6.QtGui import QAccessible, QResizeEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from desktop.collection.values import Column, CopyRow
from desktop.ui.shelf.accessible import AccessibleShelf, announce, listen
from desktop.ui.shelf.canvas import Canvas
from desktop.ui.shelf.empty import Emptiness, EmptyShelf
from desktop.ui.shelf.scene import Writes
from desktop.ui.shelf.stock import Pages, Stock
from shared.ids import RecordId
from shared.skins.tokens import Word


class Listing(Canvas):
    """A stock of copies with a selection; it knows nothing of mouse or keys."""

    current_changed = Signal(object)
    """RecordId | None: the copy that the inspector should show."""
    selection_changed = Signal(object)
    """frozenset[RecordId]"""
    begun = Signal()
    """The button of the empty shelf was pressed."""

    def __init__(self, notation: Writes, parent: QWidget | None = None) -> None:
        super().__init__(notation, parent)
        self._empty = EmptyShelf(self.viewport())
        self._emptiness = Emptiness("Nothing here yet", "")
        self._empty.chosen.connect(self.begun.emit)
        self.setAccessibleName("Beanies")
        self._heard: AccessibleShelf | None = None
        listen()

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

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._empty.setGeometry(self.viewport().rect())

    # For those who listen (see accessible.Listed)

    def heard_as(self) -> AccessibleShelf:
        """Give the interface of this list for assistive technology."""
        if self._heard is None:
            self._heard = AccessibleShelf(self, self)
        return self._heard

    def item_count(self) -> int:
        """Count the copies."""
        return len(self.pages)

    def item_text(self, index: int) -> str:
        """Say a copy in words: what its card shows, with the names of the fields."""
        row = self.pages.row(index)
        if row is None:
            return ""
        said = self.pages.said(row, index)
        return spoken(row, self._scene.look.word(Word.SWING_TAG), said.words if said else "")

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


def spoken(row: CopyRow, tag: str, picture: str) -> str:
    """Put a row into words; ``picture``: what is to be said of it."""
    parts = (
        row.name,
        row.variant,
        row.animal,
        f"{tag} {row.swing_tag}" if row.swing_tag else "",
        row.condition,
        row.location,
        "conflict" if row.flagged else "",
        picture,
    )
    return ", ".join(part for part in parts if part)
