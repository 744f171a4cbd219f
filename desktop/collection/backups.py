"""Backups as the collector knows them: made now or every week, read back, the old ones cleared."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from desktop.collection.errors import EXPECTED, sentence
from desktop.collection.settings import Settings
from desktop.vault.backup_file import SUFFIX, Contents, DamagedBackupError
from desktop.vault.backup_pictures import Lack
from desktop.vault.backups import Backups
from desktop.vault.disk import troubles
from desktop.vault.errors import VaultError
from desktop.vault.progress import UNWATCHED, Progress, StoppedError
from desktop.vault.rescue import put_tool

__all__ = [
    "BackupCare",
    "BackupState",
    "Lack",
    "LastBackup",
    "NoFolderError",
    "Progress",
    "StoppedError",
    "lacking",
]

T = TypeVar("T")
DAY_MILLIS = 24 * 3600 * 1000
WEEK_MILLIS = 7 * DAY_MILLIS
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
    """``pieces``, ``picture_bytes`` and ``lack`` were counted when it was read back last."""

    path: str
    made_millis: int
    proven_millis: int
    pieces: int
    picture_bytes: int
    lack: Lack = field(default_factory=Lack)


@dataclass(frozen=True, slots=True)
class BackupState:
    """What this device remembers. ``keep`` is 0 where no weekly backup is wanted.

    ``trouble`` is the sentence of the last attempt if that failed; ``weekly`` names the weekly
    ones, the newest last, and ``weekly_millis`` tells when that was made. ``stuck`` are older ones
    that could not be removed.
    """

    folder: str = ""
    keep: int = 0
    last: LastBackup | None = None
    trouble: str = ""
    weekly: tuple[str, ...] = ()
    weekly_millis: int = 0
    stuck: tuple[str, ...] = ()


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
        """Whether the weekly backup is wanted and a week has passed since the last one.

        One that was made tomorrow, or later, was made while the clock was wrong, and is none.
        """
        state = self.state
        passed = self._now_millis() - state.weekly_millis
        return bool(state.keep) and not -DAY_MILLIS < passed < WEEK_MILLIS

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
        """Make the backup that is due; then clear the oldest weekly ones. Raises as ``make``.

        One that cannot be removed is remembered, and tried again the next time.
        """
        last = self.make(Path(self.state.folder), progress)
        state = self.state
        weekly = (*state.weekly, last.path)
        old, kept = (*state.stuck, *weekly[: -state.keep]), weekly[-state.keep :]
        # Whatever becomes of the old ones, the next is due in a week.
        made = replace(state, weekly=kept, weekly_millis=last.made_millis)
        self._keep(replace(made, stuck=old))
        self._keep(replace(made, stuck=tuple(path for path in old if not _removed(Path(path)))))
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
            lack=contents.lack,
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
        return LastBackup(
            str(path), now, self._now_millis(), contents.pieces, contents.photos, contents.lack
        )

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


def lacking(lack: Lack, write: Callable[[int], str]) -> str:
    """Say which pictures are not in a backup; empty if all are. ``write``: how numbers are."""
    numbers = ((lack.originals, "original"), (lack.small, "small picture"))
    away = " and ".join(_many(write, number, word) for number, word in numbers if number)
    parts = [f"{away} that {_are(lack.originals + lack.small)} not on this device"] if away else []
    if lack.harmed:
        parts.append(f"{_many(write, lack.harmed, 'picture')} damaged on this device")
    return f"Not in it: {', and '.join(parts)}." if parts else ""


def _many(write: Callable[[int], str], number: int, word: str) -> str:
    return f"{write(number)} {word}" if number == 1 else f"{write(number)} {word}s"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _removed(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError:  # another program holds it, or the folder only takes things in
        return False
    return True


def _free_name(folder: Path, name: str, millis: int) -> Path:
    """Return a file name that says whose backup it is and of when."""
    plain = "".join("-" if c in _FORBIDDEN or not c.isprintable() else c for c in name)
    stem = plain[:_LONGEST].strip(" .") or "Collection"
    when = datetime.fromtimestamp(millis / 1000, UTC).astimezone().strftime("%Y-%m-%d %H.%M")
    path, number = folder / f"{stem} {when}{SUFFIX}", 2
    while path.exists():
        path, number = folder / f"{stem} {when} ({number}){SUFFIX}", number + 1
    return path
