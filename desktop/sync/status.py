"""What the status bar tells of the sync."""

from dataclasses import dataclass
from enum import Enum


class SyncPhase(Enum):
    """What the status bar tells."""

    LOCAL_ONLY = "local only"
    SAVED = "saved"
    WAITING = "waiting"
    SYNCING = "syncing"
    OFFLINE = "offline"
    TROUBLE = "trouble"
    PAUSED = "paused"


class Course(Enum):
    """Which pictures are under way. The value is what the status says of them."""

    COMING = "Fetching pictures"
    SENDING = "Sending pictures"
    GATHERING = "Fetching originals"


@dataclass(frozen=True, slots=True)
class Moving:
    """Pictures under way: so many files and bytes of so many are across.

    ``all_bytes`` is 0 where they are not known. ``speed``: bytes a second of late; ``left``:
    seconds that the rest takes at that speed. Both are 0 while nothing can be said.
    """

    course: Course
    files: int
    all_files: int
    bytes: int
    all_bytes: int
    speed: float = 0.0
    left: float = 0.0

    @property
    def sentence(self) -> str:
        """What is under way, and how many of them are across."""
        return f"{self.course.value}: {self.files:,} of {self.all_files:,}."


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was found out, kept until it is dismissed; ``millis``: when, wall clock.

    ``alarm``: somebody may be lying. ``holds``: the last sync met it again, so it stays.
    """

    sentence: str
    millis: int
    alarm: bool = False
    holds: bool = False


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """Where the sync stands. ``message`` is a whole sentence, with what to do if anything.

    ``done`` of ``total``: how far a round is; ``pictures``: those that follow it.

    ``sent`` and ``received`` are bytes since the collection was opened.

    ``also``: further sentences that the person should read, each whole, the gravest first.

    ``found``: what was found out before and not dismissed, the gravest first.

    ``removed``: the signed list says that this device is one of the collection's no longer.
    """

    phase: SyncPhase
    message: str
    waiting: int = 0
    done: int = 0
    total: int = 0
    pictures: Moving | None = None
    last_synced_millis: int | None = None
    devices: int = 1
    removed: bool = False
    also: tuple[str, ...] = ()
    found: tuple[Finding, ...] = ()
    sent: int = 0
    received: int = 0

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that the person should read, each once, the gravest first."""
        alarms = [each.sentence for each in self.found if each.alarm]
        events = [each.sentence for each in self.found if not each.alarm]
        now = [self.message, *self.also]
        said = [*now, *events] if self.phase is SyncPhase.TROUBLE else [*events, *now]
        return tuple(dict.fromkeys(alarms + said))

    @property
    def share(self) -> float:
        """How much of what is under way is done, from 0 to 1; 0 if nothing can be said."""
        moving = self.pictures
        if moving is None:
            return self.done / self.total if self.total else 0.0
        if moving.all_bytes:
            return moving.bytes / moving.all_bytes
        return moving.files / moving.all_files if moving.all_files else 0.0
