"""Backups as the collector knows them: made now or every week, read back, the old ones cleared."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from desktop.collection.errors import EXPECTED, sentence
from desktop.collection.settings import Settings
from desktop.vault.backup_file import SUFFIX, Contents, DamagedBackupError
from desktop.vault.backups import Backups
from desktop.vault.disk import troubles
from desktop.vault.errors import VaultError
from desktop.vault.progress import UNWATCHED, Progress, StoppedError
from desktop.vault.rescue import put_tool

__all__ = ["BackupCare", "BackupState", "LastBackup", "NoFolderError", "Progress", "StoppedError"]

T = TypeVar("T")
WEEK_MILLIS = 7 * 24 * 3600 * 1000
KEPT = (3, 6, 12)
STATE = "backups"
_FORBIDDEN = '<>:"/\\|?*'
_LONGEST = 60


class NoFolderError(VaultError):
    """The folder for backups is not there. Plug in its disk, or choose another folder."""


class GoneBackupError(VaultError):
    """The last backup is no longer where it was put. Plug in its disk, or make a new one."""


@dataclass(frozen=True, slots=True)
class LastBackup:
    """``pieces`` and ``picture_bytes`` were counted when it was read back last."""

    path: str
    made_millis: int
    proven_millis: int
    pieces: int
    picture_bytes: int


@dataclass(frozen=True, slots=True)
class BackupState:
    """What this device remembers. ``keep`` is 0 where no weekly backup is wanted.

    ``trouble`` is the sentence of the last attempt if that failed; ``weekly`` names the weekly
    ones, the newest last, and ``weekly_millis`` tells when that was made.
    """

    folder: str = ""
    keep: int = 0
    last: LastBackup | None = None
    trouble: str = ""
    weekly: tuple[str, ...] = ()
    weekly_millis: int = 0


class BackupCare:
    """Makes the backups of one collection and remembers them on this device."""

    def __init__(
        self,
        backups: Backups,
        settings: Settings,
        name: Callable[[], str],
        now_millis: Callable[[], int],
    ) -> None:
        self._backups = backups
        self._settings = settings
        self._name = name
        self._now_millis = now_millis

    @property
    def state(self) -> BackupState:
        """What is remembered."""
        kept = self._settings.here(STATE)
        return msgspec.json.decode(kept, type=BackupState) if kept else BackupState()

    @property
    def due(self) -> bool:
        """Whether the weekly backup is wanted and a week has passed since the last one."""
        state = self.state
        return bool(state.keep) and self._now_millis() - state.weekly_millis >= WEEK_MILLIS

    def plan(self, folder: Path, keep: int) -> None:
        """Back up every week into a folder and keep so many of those; 0 ends it."""
        self._keep(replace(self.state, folder=str(folder), keep=keep, trouble=""))

    def make(self, folder: Path, progress: Progress = UNWATCHED) -> LastBackup:
        """Make a backup in a folder, read it back, and lay the rescue tool beside it.

        Raises StoppedError, and what the world may do, which is remembered as trouble.
        """
        last = self._attempt(lambda: self._make(folder, progress))
        self._keep(replace(self.state, folder=str(folder), last=last, trouble=""))
        return last

    def make_weekly(self, progress: Progress = UNWATCHED) -> LastBackup:
        """Make the backup that is due; then clear the oldest weekly ones. Raises as ``make``."""
        last = self.make(Path(self.state.folder), progress)
        state = self.state
        made = (*state.weekly, last.path)
        for old in made[: -state.keep]:
            with troubles():
                Path(old).unlink(missing_ok=True)
        self._keep(replace(state, weekly=made[-state.keep :], weekly_millis=last.made_millis))
        return last

    def prove(self, progress: Progress = UNWATCHED) -> LastBackup:
        """Read the last backup back and count it. Raises as ``make``."""
        last = self.state.last
        if last is None:
            raise GoneBackupError

        def read() -> Contents:
            if not Path(last.path).is_file():
                raise GoneBackupError
            contents = self._backups.prove(Path(last.path), progress)
            if not contents.whole:
                raise DamagedBackupError
            return contents

        contents = self._attempt(read)
        proven = replace(
            last,
            proven_millis=self._now_millis(),
            pieces=contents.pieces,
            picture_bytes=contents.photos,
        )
        self._keep(replace(self.state, last=proven, trouble=""))
        return proven

    def forget(self) -> None:
        """Remember nothing: this collection is a restored one, and the backups are another's."""
        self._keep(BackupState())

    def _make(self, folder: Path, progress: Progress) -> LastBackup:
        if not folder.is_dir():
            raise NoFolderError
        now = self._now_millis()
        path = _free_name(folder, self._name(), now)
        with troubles():
            put_tool(folder)
        contents = self._backups.make(path, {"made": str(now)}, progress)
        return LastBackup(str(path), now, self._now_millis(), contents.pieces, contents.photos)

    def _attempt(self, deed: Callable[[], T]) -> T:
        try:
            return deed()
        except StoppedError:
            raise
        except EXPECTED as error:
            self._keep(replace(self.state, trouble=sentence(error)))
            raise

    def _keep(self, state: BackupState) -> None:
        self._settings.put_here(STATE, msgspec.json.encode(state).decode())


def _free_name(folder: Path, name: str, millis: int) -> Path:
    """Return a file name that says whose backup it is and of when."""
    plain = "".join("-" if c in _FORBIDDEN or not c.isprintable() else c for c in name)
    stem = plain[:_LONGEST].strip(" .") or "Collection"
    when = datetime.fromtimestamp(millis / 1000, UTC).astimezone().strftime("%Y-%m-%d %H.%M")
    path, number = folder / f"{stem} {when}{SUFFIX}", 2
    while path.exists():
        path, number = folder / f"{stem} {when} ({number}){SUFFIX}", number + 1
    return path
