"""The backups of one window: made away from the screen, and every week by themselves."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.collection.backups import BackupCare, LastBackup, Progress, StoppedError, lacking
from desktop.collection.errors import EXPECTED, sentence
from desktop.ui.labour import Labour
from desktop.ui.notation import Notation

FIRST_LOOK_MILLIS, LOOK_MILLIS = 60_000, 3_600_000


class BackupWatch(QObject):
    """Makes one backup at a time, whichever page is in sight."""

    began = Signal(object)  # Labour
    ended = Signal()
    told = Signal(str)
    troubled = Signal(str)

    def __init__(self, care: BackupCare, notation: Notation, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.care = care
        self._notation = notation
        self.labour: Labour[LastBackup] | None = None
        self._timers = (
            QTimer(self, interval=LOOK_MILLIS),
            QTimer(self, interval=FIRST_LOOK_MILLIS, singleShot=True),
        )
        for timer in self._timers:
            timer.timeout.connect(self.look)
            timer.start()

    def make(self, folder: Path) -> None:
        """Make a backup in a folder."""
        self._begin(lambda progress: self.care.make(folder, progress), "The backup was made.")

    def prove(self) -> None:
        """Read the last backup back."""
        self._begin(self.care.prove, "The backup was read back.")

    def look(self) -> None:
        """Make the weekly backup if it is due."""
        if self.care.due:
            self._begin(self.care.make_weekly, "The weekly backup was made.")

    def close(self) -> None:
        """Stop what is under way, and look no more: the collection closes."""
        for timer in self._timers:
            timer.stop()
        self.stop()

    def stop(self) -> None:
        """Stop what is under way."""
        if self.labour is not None:
            self.labour.stop()

    def _begin(self, deed: Callable[[Progress], LastBackup], praise: str) -> None:
        if self.labour is not None:
            return
        self.labour = Labour(
            self,
            lambda tell, stop: deed(Progress(tell, stop)),
            then=lambda last: self._end(praise, last),
            failed=self._fail,
            expected=EXPECTED,
        )
        self.began.emit(self.labour)

    def _end(self, praise: str, last: LastBackup) -> None:
        self.labour = None
        self.ended.emit()
        self.told.emit(f"{praise} {lacking(last.lack, self._notation.count)}".strip())

    def _fail(self, error: Exception | None) -> None:
        self.labour = None
        self.ended.emit()
        if error is not None and not isinstance(error, StoppedError):
            self.troubled.emit(f"The backup failed. {sentence(error)}")
