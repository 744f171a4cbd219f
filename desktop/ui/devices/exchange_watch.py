"""The exchanges of one window: made when asked, and by themselves while the folder is in reach."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.collection.errors import EXPECTED, sentence
from desktop.collection.exchanging import ExchangeCare, LastExchange, Progress, StoppedError
from desktop.ui.labour import Labour
from shared.domain.operations import Change

FIRST_LOOK_MILLIS, LOOK_MILLIS = 5_000, 300_000
QUIET_MILLIS = 20_000
"""After so long without a change, what was changed is laid into the folder."""
_SAVED = "The bundle was saved."
_NOTHING_NEW = "Nothing new was in the bundle."
_LEVEL = "Both sides have all."


class ExchangeWatch(QObject):
    """Makes one exchange at a time, whichever page is in sight."""

    began = Signal(object)  # Labour
    ended = Signal()
    told = Signal(str)
    troubled = Signal(str)
    _asked = Signal()

    def __init__(self, care: ExchangeCare, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.care = care
        self.labour: Labour[LastExchange | None] | None = None
        self._timers = (
            QTimer(self, interval=LOOK_MILLIS),
            QTimer(self, interval=FIRST_LOOK_MILLIS, singleShot=True),
            QTimer(self, interval=QUIET_MILLIS, singleShot=True),
        )
        for timer in self._timers:
            timer.timeout.connect(self.look)
        for timer in self._timers[:2]:
            timer.start()
        self._asked.connect(self.look)
        care.asked = self._asked.emit  # on any thread

    def exchange(self) -> None:
        """Exchange now."""
        self._begin(self.care.exchange, lambda last: self._say(last, _LEVEL))

    def save_bundle(self, path: Path, *, pictures: bool) -> None:
        """Save a bundle."""
        self._begin(
            lambda progress: self.care.save_bundle(path, progress, pictures=pictures),
            lambda last: self._say(last, _SAVED, busy=False),
        )

    def open_bundle(self, path: Path) -> None:
        """Take in a bundle."""
        self._begin(
            lambda progress: self.care.open_bundle(path, progress),
            lambda last: self._say(last, _NOTHING_NEW),
        )

    def look(self) -> None:
        """Exchange if the folder is in reach; say only what came."""
        if self.care.state.folder:
            self._begin(self.care.look, self._say_if_new, quiet=True)

    def note(self, change: Change) -> None:
        """Look some time after the last change that was made here."""
        if not change.remote and self.care.state.folder:
            self._timers[-1].start()

    def close(self) -> None:
        """Stop what is under way, and look no more: the collection closes."""
        for timer in self._timers:
            timer.stop()
        self.care.asked = lambda: None
        if self.labour is not None:
            self.labour.stop()

    def _begin(
        self,
        deed: Callable[[Progress], LastExchange | None],
        say: Callable[[LastExchange | None], object],
        *,
        quiet: bool = False,
    ) -> None:
        if self.labour is not None:
            return

        def ended(last: LastExchange | None) -> None:
            self._end()
            say(last)

        self.labour = Labour(
            self,
            lambda tell, stop: deed(Progress(tell, stop)),
            then=ended,
            failed=lambda error: self._fail(error, quiet=quiet),
            expected=EXPECTED,
        )
        self.began.emit(self.labour)

    def _end(self) -> None:
        self.labour = None
        self.ended.emit()

    def _fail(self, error: Exception | None, *, quiet: bool) -> None:
        self._end()
        if error is not None and not quiet and not isinstance(error, StoppedError):
            self.troubled.emit(sentence(error))

    def _say(self, last: LastExchange | None, otherwise: str, *, busy: bool = True) -> None:
        """Say all that is to be known, or what came and went; ``otherwise``, if there is neither.

        Not ``busy``: what went is no news.
        """
        if last is None:
            return
        if last.notices:
            self.troubled.emit(" ".join(last.notices))
        else:
            self.told.emit(came_and_went(last) if busy and is_busy(last) else otherwise)

    def _say_if_new(self, last: LastExchange | None) -> None:
        if last is not None and (came := _counted(last.edits_in, last.pictures_in)):
            self.told.emit(f"{came} came from your other devices.")


def is_busy(last: LastExchange) -> bool:
    """Tell whether anything came or went."""
    return any((last.edits_in, last.pictures_in, last.edits_out, last.pictures_out))


def came_and_went(last: LastExchange) -> str:
    """Say what an exchange brought and took along."""
    came = _counted(last.edits_in, last.pictures_in) or "Nothing"
    went = _counted(last.edits_out, last.pictures_out) or "nothing"
    return f"{came} came, {went} went."


def _counted(edits: int, pictures: int) -> str:
    """Count changes and pictures in words; nothing if there are none."""
    parts = []
    if edits:
        parts.append("1 change" if edits == 1 else f"{edits:,} changes")
    if pictures:
        parts.append("1 picture" if pictures == 1 else f"{pictures:,} pictures")
    return " and ".join(parts)
