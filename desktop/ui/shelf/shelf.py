"""The big list as the screens use it: by mouse, by keys, and as a place to drop pictures."""

from html import escape

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget
from typing_extensions import override

from desktop.ui.shelf.arrangement import Step
from desktop.ui.shelf.drops import picture_files
from desktop.ui.shelf.keys import DELETE, OPEN, STEPS
from desktop.ui.shelf.listing import Listing
from desktop.ui.shelf.scene import Writes

_CONTROL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


class ShelfView(Listing):
    """The list of copies.

    Letters typed here are passed on, so that the window can put them into its search box.
    """

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

    def __init__(self, notation: Writes, parent: QWidget | None = None) -> None:
        super().__init__(notation, parent)
        self.header.sort_asked.connect(self.sort_asked.emit)
        self.setAcceptDrops(True)

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
        if row is None or index is None:
            return ""
        said = self.pages.said(row, index)
        lines = (row.name, row.variant, row.location, said.sentence if said else "")
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
        step, start = STEPS[event.key()], self.selection.current
        if start is None:
            index = len(self.pages) - 1 if step is Step.END else 0
        else:
            index = self._arrangement.step(start, step)
        if event.modifiers() & _SHIFT:
            self.selection.stretch(self.pages, index)
        elif event.modifiers() & _CONTROL:
            self.selection.move(index)
        else:
            self.selection.only(self.pages, index)

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
