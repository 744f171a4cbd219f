"""What can be done in a window: each command once, for the menus, the keys and the command list."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do: where it stands, what it is called, by which keys it is reached."""

    name: str
    menu: str
    words: str
    run: Callable[[], object]
    keys: str = ""


class Commands:
    """The commands of one window, by name, as Qt's actions."""

    def __init__(self, window: QMainWindow, commands: Iterable[Command]) -> None:
        self._actions: dict[str, QAction] = {}
        menus = {}
        for command in commands:
            if command.menu not in menus:
                menus[command.menu] = window.menuBar().addMenu(command.menu)
                menus[command.menu].setAccessibleName(command.menu.replace("&", ""))
            self._actions[command.name] = action = QAction(command.words, window)
            action.triggered.connect(lambda _on=False, run=command.run: run())
            action.setShortcuts([QKeySequence(keys) for keys in command.keys.split()])
            menus[command.menu].addAction(action)
            window.addAction(action)  # so that the keys work while the menu bar is hidden

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def all(self) -> tuple[QAction, ...]:
        """Every command, in the order of the menus."""
        return tuple(self._actions.values())
