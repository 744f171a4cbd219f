"""Which photos a device keeps as they are, beside the small pictures that it always has."""

from enum import Enum

from desktop.vault.secrets import Secrets
from shared.ids import RECORD_BYTES, RecordId

_POLICY, _PAUSED = "local/photos here", "local/photos paused"
_WANTED = "local/photos wanted"


class PhotoPolicy(Enum):
    """What of the originals is to be on this device. It is this device's own, and not synced."""

    SMALL = "small pictures only"
    LOOKED_AT = "originals that were looked at"
    ALL = "all originals"


def read_policy(secrets: Secrets) -> PhotoPolicy:
    """Return what this device keeps; at first, what somebody looks at."""
    kept = (secrets.get(_POLICY) or b"").decode()
    return next((each for each in PhotoPolicy if each.value == kept), PhotoPolicy.LOOKED_AT)


def keep_policy(secrets: Secrets, policy: PhotoPolicy) -> None:
    """Let this device keep so much from now on; what is here stays."""
    secrets.put(_POLICY, policy.value.encode())


def read_wanted(secrets: Secrets) -> set[RecordId]:
    """Return the photos that a folder or a bundle is to bring: asked for, or found harmed here."""
    kept = secrets.get(_WANTED) or b""
    starts = range(0, len(kept), RECORD_BYTES)
    return {RecordId(kept[start : start + RECORD_BYTES]) for start in starts}


def want(secrets: Secrets, photo: RecordId) -> None:
    """Let the next folder or bundle that has a photo bring it, whatever this device keeps."""
    _keep_wanted(secrets, read_wanted(secrets) | {photo})


def have(secrets: Secrets, photos: set[RecordId]) -> None:
    """Want photos no more: they have come."""
    if photos:
        _keep_wanted(secrets, read_wanted(secrets) - photos)


def _keep_wanted(secrets: Secrets, photos: set[RecordId]) -> None:
    secrets.put(_WANTED, b"".join(sorted(photos)))


def is_paused(secrets: Secrets) -> bool:
    """Tell whether fetching all originals is to wait."""
    return bool(secrets.get(_PAUSED))


def pause(secrets: Secrets, *, paused: bool) -> None:
    """Let the fetching of all originals wait, or go on."""
    secrets.put(_PAUSED, b"yes" if paused else b"")
