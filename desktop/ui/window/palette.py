"""The command list: every command of the window, found by typing a part of its name."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QWidget
from typing_extensions import override

from desktop.ui.look import dress, look_of
from desktop.ui.zone import Zone, column

WIDTH, HEIGHT = 520, 420
_MOVING = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


class Palette(QDialog):
    """A list above the window that closes with Esc and runs what Enter is pressed on."""

    def __init__(self, window: QWidget, actions: Sequence[QAction]) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self.setAccessibleName("Commands")
        self._actions = [action for action in actions if action.isEnabled()]
        self._typed = QLineEdit()
        self._typed.setPlaceholderText("What would you like to do?")
        self._typed.setAccessibleName("Command")
        self._list = QListWidget()
        self._list.setAccessibleName("Commands")
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        zone = Zone("card", column(self._typed, self._list, gap=2, edge=2))
        self.setLayout(column(zone, gap=0))
        look = look_of(window)
        dress(self, look)
        self.resize(look.scaled(WIDTH), look.scaled(HEIGHT))
        self._typed.textChanged.connect(self._narrow)
        self._typed.returnPressed.connect(self._run)
        self._list.itemClicked.connect(lambda _item: self._run())
        self._typed.installEventFilter(self)
        self._narrow("")

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys of the search field walk the list."""
        if isinstance(event, QKeyEvent) and _moves(event):
            self._list.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def _narrow(self, typed: str) -> None:
        wanted = typed.casefold().split()
        self._list.clear()
        for action in self._actions:
            words = action.text().replace("&", "")
            if all(word in words.casefold() for word in wanted):
                keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
                item = QListWidgetItem(f"{words}\t{keys}" if keys else words, self._list)
                item.setData(Qt.ItemDataRole.UserRole, action)
        self._list.setCurrentRow(0)

    def _run(self) -> None:
        item = self._list.currentItem()
        self.accept()
        if item is not None:
            item.data(Qt.ItemDataRole.UserRole).trigger()


def _moves(event: QKeyEvent) -> bool:
    return event.type() is QEvent.Type.KeyPress and event.key() in _MOVING
