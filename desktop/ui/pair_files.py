"""The files of a pairing, as a person chooses them: where to save, which to open, what is saved."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QWidget
from typing_extensions import override

from desktop.ui.controls import Button, Text
from desktop.ui.errand import Errand
from desktop.ui.look import Icon
from desktop.ui.zone import Zone, column, row

SUFFIX = ".swingpair"
LOOK_MILLIS = 1_500
_LEGIBLE = 0.75
"""So much of a name is enough to tell the file by."""
_LEFT = Qt.AlignmentFlag.AlignLeft
_KIND = f"Files to add a device (*{SUFFIX})"


def choose_place(parent: QWidget, title: str, proposed: Path) -> Path | None:
    """Ask where to save a file; None if nobody wants to."""
    name, _ = QFileDialog.getSaveFileName(parent, title, str(proposed), _KIND)
    if not name:
        return None
    path = Path(name)
    return path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX)


def choose_file(parent: QWidget, title: str, folder: Path) -> Path | None:
    """Ask which file to open; None if nobody wants to."""
    name, _ = QFileDialog.getOpenFileName(parent, title, str(folder), _KIND)
    return Path(name) if name else None


class Lookout(QObject):
    """Looks now and then whether the other device's file has come to lie beside this one's.

    ``look`` finds it, away from the screen; ``found`` is called once, and the looking ends.
    """

    def __init__(
        self, asker: QObject, look: Callable[[], Path | None], found: Callable[[Path], None]
    ) -> None:
        super().__init__(asker)
        self._look, self._found = look, found
        self._out = False
        self._timer = QTimer(self, interval=LOOK_MILLIS)
        self._timer.timeout.connect(self._go)

    def begin(self) -> None:
        """Look from now on."""
        self._timer.start()

    def end(self) -> None:
        """Look no more: the person chooses a file, or none is awaited."""
        self._timer.stop()

    def _go(self) -> None:
        if not self._out:
            self._out = True
            Errand(self, self._look, then=self._came, failed=lambda _error: self._came(None))

    def _came(self, path: Path | None) -> None:
        self._out = False
        if path is not None and self._timer.isActive():
            self.end()
            self._found(path)


class SavedFile(Zone):
    """Where this device's file lies, and a button to save it somewhere else."""

    def __init__(self, pressed: Callable[[], object]) -> None:
        self._words = Text(role="strong", one_line=True)
        self._where = Text(role="caption", one_line=True)
        self._save = Button("Save it elsewhere\u2026", "quiet", icon=Icon.DOWNLOAD, pressed=pressed)
        told = column(self._words, self._where, gap=0)
        self._across = row(told, self._save, gap=3, edge=2)
        self._across.setStretch(0, 1)
        super().__init__("well", self._across)

    def show_file(self, path: Path, words: str) -> None:
        """Name the file."""
        self._words.say(f"{words}: {path.name}")
        self._where.say(str(path.parent))
        self._turn()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn()

    def _turn(self) -> None:
        """Set the button below the words where too little would be left of them beside it."""
        words = self._words.fontMetrics().horizontalAdvance(self._words.text())
        needed = _LEGIBLE * words + self._save.sizeHint().width() + 3 * self._across.spacing()
        beside = needed <= self.width()
        way = QBoxLayout.Direction
        self._across.setDirection(way.LeftToRight if beside else way.TopToBottom)
        self._across.setAlignment(self._save, Qt.AlignmentFlag(0) if beside else _LEFT)
