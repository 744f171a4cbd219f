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


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """Where the sync stands. ``message`` is a whole sentence, with what to do if anything.

    ``sent`` and ``received`` are bytes since the collection was opened.

    ``also``: further sentences that the person should read, each whole, the gravest first.

    ``removed``: the server says that this device is one of the collection's no longer.
    """

    phase: SyncPhase
    message: str
    waiting: int = 0
    done: int = 0
    total: int = 0
    last_synced_millis: int | None = None
    devices: int = 1
    removed: bool = False
    also: tuple[str, ...] = ()
    sent: int = 0
    received: int = 0
