"""Long work on the past: how far it is, a way to stop it, and one sentence if it cannot be."""

from collections.abc import Callable
from threading import Event
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar

from desktop.collection.errors import EXPECTED, sentence
from desktop.ui.controls import Button, Text
from desktop.ui.errand import Errand
from desktop.ui.look import say
from desktop.ui.zone import Zone, column, row

T = TypeVar("T")
Progress = Callable[[int, int], None]

_STEPS = 200


class StoppedError(Exception):
    """It was stopped. Nothing was changed."""


class Passage(Zone):
    """Hidden until there is work. One piece of work at a time; ``busy`` tells when that is."""

    busy = Signal(bool)
    _advanced = Signal(int)

    def __init__(self) -> None:
        self._words = Text()
        self._bar = QProgressBar()
        self._bar.setMaximum(_STEPS)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("How far it is")
        self._stop = Button("Stop", pressed=self.stop)
        self._trouble = Text()
        say(self._trouble, "danger")
        line = row(self._bar, self._stop, gap=2)
        line.setStretch(0, 1)
        self._line = Zone(layout=line)
        super().__init__(layout=column(self._words, self._line, self._trouble, gap=1))
        self._stopped = Event()
        self.destroyed.connect(self._stopped.set)  # nobody waits for it any more
        self._shown = -1
        self._advanced.connect(self._bar.setValue)
        self._rest()
        self.refuse("")
        self.hide()

    def go(self, words: str, work: Callable[[Progress], T], then: Callable[[T], None]) -> None:
        """Do some work away from the screen and hand on what comes of it."""
        self._stopped.clear()
        self._shown = -1
        self._bar.setValue(0)
        self._words.say(words)
        self.refuse("")
        self._words.show()
        self._line.show()
        self.setVisible(True)
        self.busy.emit(True)  # noqa: FBT003 - Qt takes it by place only

        def done(result: T) -> None:
            self._rest()
            self.hide()
            then(result)

        Errand(
            self,
            lambda: work(self._hear),
            then=done,
            failed=self._failed,
            expected=(*EXPECTED, StoppedError),
        )

    def stop(self) -> None:
        """End the work at the next step."""
        self._stopped.set()

    def refuse(self, words: str) -> None:
        """Say what went wrong."""
        self._trouble.say(words)
        self._trouble.setVisible(bool(words))
        if words:
            self.setVisible(True)

    def _hear(self, done: int, whole: int) -> None:
        """Take note of progress, on the thread that works."""
        if self._stopped.is_set():
            raise StoppedError
        step = _STEPS * done // max(whole, 1)
        if step != self._shown:
            self._shown = step
            self._advanced.emit(step)

    def _failed(self, error: Exception | None) -> None:
        self._rest()
        self.refuse(sentence(error) if error else "")

    def _rest(self) -> None:
        self._words.hide()
        self._line.hide()
        self.busy.emit(False)  # noqa: FBT003 - Qt takes it by place only
