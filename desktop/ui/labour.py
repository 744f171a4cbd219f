"""Long work, away from the screen: it tells where it stands, and can be stopped."""

import time
from collections.abc import Callable
from threading import Event
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QProgressBar

from desktop.ui.controls import Button, Text
from desktop.ui.errand import Errand
from desktop.ui.zone import Zone, column, row

T = TypeVar("T")
Tell = Callable[[str, int, int], None]
Stop = Callable[[], bool]
APART_SECONDS = 0.05
"""The screen hears so often at most."""


class Labour(Errand[T]):
    """An errand whose ``work`` is given two calls: one to tell, one that says whether to stop."""

    moved = Signal(str, int, int)
    _told = 0.0

    def __init__(
        self,
        asker: QObject,
        work: Callable[[Tell, Stop], T],
        *,
        then: Callable[[T], None],
        failed: Callable[[Exception | None], None],
        expected: tuple[type[Exception], ...] = (),
    ) -> None:
        stopped = Event()
        super().__init__(
            asker,
            lambda: work(self._tell, stopped.is_set),
            then=then,
            failed=failed,
            expected=expected,
        )
        self._stopped = stopped

    def stop(self) -> None:
        """Ask it to end soon; it then fails with what its work raises."""
        self._stopped.set()

    def _tell(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._told >= APART_SECONDS:
            self._told = now
            self.moved.emit(what, done, total)


class LabourBar(Zone):
    """What long work does just now, how far it is, and a button that stops it."""

    def __init__(self) -> None:
        self._words = Text(role="caption", one_line=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress")
        self._cancel = Button("Cancel", "quiet", pressed=self._stop)
        across = row(column(self._words, self._bar, gap=1), self._cancel, gap=3)
        across.setStretch(0, 1)
        super().__init__(layout=column(across, gap=0))
        self._labour: Labour[object] | None = None
        self.hide()

    def follow(self, labour: "Labour[T]", words: str) -> None:
        """Show some work that has begun, until ``rest``."""
        self._labour = labour  # type: ignore[assignment]  # what it brings is not asked for here
        labour.moved.connect(self._move)
        self._cancel.setEnabled(True)
        self._move(words, 0, 0)
        self.show()

    def rest(self) -> None:
        """Show nothing, for the work has ended."""
        self._labour = None
        self.hide()

    def _move(self, what: str, done: int, total: int) -> None:
        self._words.say(what)
        self._bar.setAccessibleName(what)
        self._bar.setRange(0, total)
        self._bar.setValue(done)

    def _stop(self) -> None:
        if self._labour is not None:
            self._cancel.setEnabled(False)
            self._labour.stop()
