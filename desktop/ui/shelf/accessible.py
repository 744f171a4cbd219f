"""The shelf for those who listen: a list whose items say what the cards show."""

from functools import cache
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget
from typing_extensions import override


class Listed(Protocol):
    """What a widget tells about its items."""

    def item_count(self) -> int:
        """Count the items."""

    def item_text(self, index: int) -> str:
        """Say an item in words."""

    def item_rect(self, index: int) -> QRect:
        """Give the place of an item in the viewport."""

    def item_at(self, point: QPoint) -> int | None:
        """Find the item at a point of the viewport."""

    def item_selected(self, index: int) -> bool:
        """Tell whether an item is selected."""

    def item_current(self) -> int | None:
        """Give the item that has the keyboard."""

    def viewport(self) -> QWidget:
        """Give the widget that the items are painted on."""


class Item(QAccessibleInterface):
    """One copy."""

    def __init__(self, shelf: "AccessibleShelf", listed: Listed, index: int) -> None:
        super().__init__()
        self._shelf, self._listed, self.index = shelf, listed, index

    @override
    def isValid(self) -> bool:
        return self.index < self._listed.item_count()

    @override
    def object(self) -> QObject | None:  # type: ignore[override]  # null in Qt
        return None

    @override
    def parent(self) -> QAccessibleInterface:
        return self._shelf

    @override
    def child(self, index: int, /) -> QAccessibleInterface | None:  # type: ignore[override]  # null in Qt
        return None

    @override
    def childAt(self, x: int, y: int, /) -> QAccessibleInterface | None:  # type: ignore[override]  # null in Qt
        return None

    @override
    def childCount(self) -> int:
        return 0

    @override
    def indexOfChild(self, child: QAccessibleInterface, /) -> int:
        return -1

    @override
    def text(self, kind: QAccessible.Text, /) -> str:
        named = kind is QAccessible.Text.Name and self.isValid()
        return self._listed.item_text(self.index) if named else ""

    @override
    def setText(self, kind: QAccessible.Text, text: str, /) -> None:
        pass

    @override
    def rect(self) -> QRect:
        place = self._listed.item_rect(self.index)
        return QRect(self._listed.viewport().mapToGlobal(place.topLeft()), place.size())

    @override
    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    @override
    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        state.selectable = state.focusable = state.multiSelectable = True
        state.selected = self._listed.item_selected(self.index)
        state.focused = self._listed.item_current() == self.index
        state.offscreen = (
            not self._listed.viewport().rect().intersects(self._listed.item_rect(self.index))
        )
        return state


class AccessibleShelf(QAccessibleWidget):
    """The list. Items are made when asked for, so 100,000 copies cost nothing."""

    def __init__(self, widget: QWidget, listed: Listed) -> None:
        super().__init__(widget, QAccessible.Role.List)
        self._listed = listed
        self._items: dict[int, Item] = {}

    @override
    def childCount(self) -> int:
        return self._listed.item_count()

    @override
    def child(self, index: int, /) -> QAccessibleInterface | None:  # type: ignore[override]  # null in Qt
        if not 0 <= index < self._listed.item_count():
            return None
        if index not in self._items:
            self._items[index] = Item(self, self._listed, index)
        return self._items[index]

    @override
    def childAt(self, x: int, y: int, /) -> QAccessibleInterface | None:  # type: ignore[override]  # null in Qt
        index = self._listed.item_at(self._listed.viewport().mapFromGlobal(QPoint(x, y)))
        return None if index is None else self.child(index)

    @override
    def indexOfChild(self, child: QAccessibleInterface, /) -> int:
        return child.index if isinstance(child, Item) else -1

    @override
    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]  # null in Qt
        current = self._listed.item_current()
        return None if current is None else self.child(current)


def announce(widget: QWidget, event: QAccessible.Event, index: int) -> None:
    """Tell assistive technology that something happened to one item."""
    told = QAccessibleEvent(widget, event)
    told.setChild(index)
    QAccessible.updateAccessibility(told)


@runtime_checkable
class Heard(Protocol):
    """A widget that brings its own interface for those who listen, and keeps it alive."""

    def heard_as(self) -> AccessibleShelf:
        """Give the interface, the same one every time."""


@cache
def listen() -> None:
    """Let Qt ask widgets that are ``Heard`` for their interface. Once for the process is enough."""
    QAccessible.installFactory(_interface_of)


def _interface_of(_name: str, asked: QObject) -> QAccessibleInterface | None:
    return asked.heard_as() if isinstance(asked, Heard) else None
