"""A second list of this collection's devices, kept while a person is to choose between them.

Meanwhile no link is signed: it would belong to one of the two, and nobody has said to which.
"""

from enum import IntEnum

import msgspec

from desktop.sync.errors import SyncError
from desktop.vault.vault import Secrets
from shared.ids import DeviceId
from shared.membership import Membership
from shared.signing import sha256

_THEIRS, _CHOICE = "fork/theirs", "fork/choice"


class ForkedChainError(SyncError):
    """Your devices were changed in two places that did not know of each other. Choose a list.

    There are two lists of them now, both signed by you. Under Devices you see both, and choose;
    until then no device is added, and no kit is made. Nothing is lost: edits stay here.
    """


class EntangledForkError(SyncError):
    """The other list cannot be followed from here: edits of others need the list of this device.

    Nothing is lost. Make a backup, add this computer once more as a new device, and keep this copy
    beside it until you miss nothing there. Then remove the old one under Devices.
    """


class UnnamedByForkError(SyncError):
    """There is a second list of your devices, made elsewhere, and it does not name this one.

    It cannot be followed from here. Choose on the device that let this one in: following there
    lets this one in again. Nothing is lost: edits stay here.
    """


class PutOutByForkError(SyncError):
    """There is a second list of your devices, made elsewhere, and it has put this one out.

    It cannot be followed from here. If that was you, make a backup, and let this computer in once
    more as a new device; if not, compare with your other devices. Edits stay here.
    """


class Choice(IntEnum):
    """What a person wants done with changes that only this device's list has."""

    FOLLOW = 1
    AGAIN = 2


def read_theirs(secrets: Secrets) -> tuple[bytes, ...]:
    """Return the other list, link by link; nothing while there is only one."""
    kept = secrets.get(_THEIRS)
    return msgspec.msgpack.decode(kept, type=tuple[bytes, ...]) if kept else ()


def keep_theirs(secrets: Secrets, links: tuple[bytes, ...]) -> bool:
    """Keep the other list as it was seen; true if it is new."""
    if read_theirs(secrets) == links:
        return False
    secrets.put(_THEIRS, msgspec.msgpack.encode(links))
    return True


def forget_theirs(secrets: Secrets) -> bool:
    """Keep no other list any more, nor what was chosen; true if there was one."""
    if not read_theirs(secrets):
        return False
    secrets.drop(_THEIRS)
    secrets.drop(_CHOICE)
    return True


def demand_one_list(secrets: Secrets) -> None:
    """Raise ForkedChainError while a person is to choose between two lists."""
    if read_theirs(secrets):
        raise ForkedChainError


def choose(secrets: Secrets, choice: Choice) -> None:
    """Choose for the other list as it was seen; should it be another one by then, ask again.

    If it is gone, since the other side followed ours, there is nothing to choose any more.
    """
    theirs = read_theirs(secrets)
    if theirs:
        secrets.put(_CHOICE, bytes([choice]) + sha256(theirs[-1]))


def chosen(secrets: Secrets) -> Choice | None:
    """Return what was chosen for the other list and is not carried out yet."""
    kept, theirs = secrets.get(_CHOICE), read_theirs(secrets)
    if kept is None or not theirs or kept[1:] != sha256(theirs[-1]):
        return None
    return Choice(kept[0])


def why_not_followed(theirs: Membership, device: DeviceId) -> SyncError | None:
    """Tell why a device cannot follow the other list, if it cannot."""
    member = theirs.devices.get(device)
    if member is None:
        return UnnamedByForkError()
    return None if member.live else PutOutByForkError()
