"""New devices at the door that were not let in: after three of them it stays shut for a while.

Whoever is between two devices makes the six digits agree once in a million attempts. So attempts
must be few, however patient the people in front of the two screens are.
"""

import struct

from desktop.sync.errors import SyncError
from desktop.vault.vault import Secrets

MOST_VISITS = 3
PAUSE_MILLIS = 10 * 60 * 1000
_HOUR_MILLIS = 60 * 60 * 1000
_KEPT = "visits not let in"


class TooManyVisitsError(SyncError):
    """Three times in an hour a new device was here and not let in: for ten minutes none is.

    If the digits differed, somebody may be between your devices: then carry the code over another
    way, where nobody else sees it.
    """


def demand_rest(secrets: Secrets, now_millis: int) -> None:
    """Raise TooManyVisitsError if the last of three visits is not long ago."""
    visits = _visits(secrets, now_millis)
    if len(visits) >= MOST_VISITS and now_millis - visits[-1] < PAUSE_MILLIS:
        raise TooManyVisitsError


def note_visit(secrets: Secrets, now_millis: int) -> None:
    """Remember that a new device was here, and that there were digits to compare."""
    visits = (*_visits(secrets, now_millis), now_millis)[-MOST_VISITS:]
    secrets.put(_KEPT, struct.pack(f">{len(visits)}Q", *visits))


def forget_visits(secrets: Secrets) -> None:
    """Forget them: somebody said that the digits agree."""
    secrets.drop(_KEPT)


def _visits(secrets: Secrets, now_millis: int) -> tuple[int, ...]:
    """Return when new devices were here in the last hour; a clock may have been put back since."""
    kept = secrets.get(_KEPT) or b""
    times = [time for (time,) in struct.iter_unpack(">Q", kept)]
    return tuple(time for time in times if 0 <= now_millis - time < _HOUR_MILLIS)
