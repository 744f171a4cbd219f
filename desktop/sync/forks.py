"""Two valid lists of one collection's devices: kept, shown, and joined once a person has chosen.

A server's list only grows, and every device that met it holds it: so it is the trunk. The choice is
whether what was changed on this side is done again on top of it. A device that was let in on this
side is let in again either way, with the keys that it has.
"""

from collections.abc import Callable
from enum import IntEnum

import msgspec

from desktop.sync.books import Books
from desktop.sync.chain import Chain, ChainDoor, MissingKeyError, admission, append
from desktop.sync.errors import SyncError
from desktop.sync.kit_change import kit_link
from desktop.sync.removal import wish, wish_role
from desktop.vault.identity import Identity, add_founding
from desktop.vault.vault import Secrets
from shared.crypto.epochs import Keyring
from shared.crypto.randomness import Random
from shared.domain.operations import Change
from shared.domain.schema import Kind
from shared.ids import RecordId
from shared.membership import (
    Fork,
    InvalidChainError,
    Link,
    LinkWithBoxes,
    Membership,
    Role,
    find_fork,
)
from shared.membership.bodies import Admission, Recovery, Revocation, RoleChange, parse_body
from shared.signing import sha256

_THEIRS, _CHOICE = "fork/theirs", "fork/choice"
_LABEL = "Two lists of devices"
_Make = Callable[[Membership], LinkWithBoxes]


class ForkedChainError(SyncError):
    """Your devices were changed in two places that did not know of each other. Choose a list.

    This device and the server have different lists, both signed by you. Nothing is lost: edits stay
    here. Under Devices you see both, and choose.
    """


class EntangledForkError(SyncError):
    """The server's list cannot be followed from here: edits of others need the list of this device.

    Nothing is lost. Make a backup, add this computer once more as a new device, and keep this copy
    beside it until you miss nothing there. Then remove the old one under Devices.
    """


class Choice(IntEnum):
    """What a person wants done with changes that only this device's list has."""

    FOLLOW = 1
    AGAIN = 2


def read_theirs(secrets: Secrets) -> tuple[bytes, ...]:
    """Return the other list, link by link; nothing while there is only one."""
    kept = secrets.get(_THEIRS)
    return msgspec.msgpack.decode(kept, type=tuple[bytes, ...]) if kept else ()


def choose(secrets: Secrets, choice: Choice) -> None:
    """Choose for the other list as it was seen; should it be another one by then, ask again."""
    secrets.put(_CHOICE, bytes([choice]) + sha256(read_theirs(secrets)[-1]))


def chosen(secrets: Secrets) -> Choice | None:
    """Return what was chosen for the other list and is not carried out yet."""
    kept, theirs = secrets.get(_CHOICE), read_theirs(secrets)
    if kept is None or not theirs or kept[1:] != sha256(theirs[-1]):
        return None
    return Choice(kept[0])


class Forks:
    """Looks for the other list and follows it when that was chosen. One thread uses it."""

    def __init__(
        self,
        books: Books,
        courier: ChainDoor,
        secrets: Secrets,
        random: Random,
        changed: Callable[[Change], None],
    ) -> None:
        self._books = books
        self._courier = courier
        self._secrets = secrets
        self._random = random
        self._changed = changed

    def meet(self) -> bool:
        """Look at the server's list; true if this device follows it from now on.

        Raises ForkedChainError if a person is to choose first, and EntangledForkError.
        """
        theirs = Chain.read(self._courier.chain().links, self._books.membership.tenant)
        try:
            fork = find_fork(self._books.links, theirs.links, theirs.membership.tenant)
        except InvalidChainError:
            return False
        if fork is None:
            self._forget()
            return False
        self._keep(theirs)
        choice = chosen(self._secrets)
        if choice is None:
            raise ForkedChainError
        self._follow(fork, theirs, choice)
        self._forget()
        return True

    def _keep(self, theirs: Chain) -> None:
        if read_theirs(self._secrets) != theirs.links:
            self._secrets.put(_THEIRS, msgspec.msgpack.encode(theirs.links))
            self._announce()

    def _forget(self) -> None:
        if read_theirs(self._secrets):
            self._secrets.drop(_THEIRS)
            self._secrets.drop(_CHOICE)
            self._announce()

    def _announce(self) -> None:
        devices = frozenset(RecordId(device) for device in self._books.membership.devices)
        self._changed(Change(_LABEL, {Kind.DEVICE: devices}, remote=True))

    def _follow(self, fork: Fork, chain: Chain, choice: Choice) -> None:
        keys, keyring = self._books.identity.keys, self._books.identity.keyring
        common = {e: key for e, key in keyring.epoch_keys.items() if e <= fork.common.epoch}
        opened = chain.open_keys(keys, Keyring(keyring.tenant, common))
        if not opened.has(chain.membership.epoch):
            raise MissingKeyError
        identity = Identity(keys, opened)
        if chain.membership.devices[keys.device].may_manage:
            chain, identity = self._do_again(fork, chain, identity, choice)
        if self._books.is_entangled(chain.membership, fork.common.epoch):
            raise EntangledForkError
        add_founding(self._secrets, chain.whole)
        self._changed(self._books.follow(chain, identity, fork.common))

    def _do_again(
        self, fork: Fork, chain: Chain, identity: Identity, choice: Choice
    ) -> tuple[Chain, Identity]:
        """Let in again whom this side had let in; wish again for all else that it had done."""
        for raw in fork.ours:
            make = self._again(raw, chain.membership, identity, choice)
            if make is not None:
                chain, made = append(self._courier, chain, make)
                add_founding(self._secrets, (made,))
                opened = chain.open_keys(identity.keys, identity.keyring)
                identity = Identity(identity.keys, opened)
        return chain, identity

    def _again(
        self, raw: bytes, now: Membership, identity: Identity, choice: Choice
    ) -> _Make | None:
        body = parse_body(Link.parse(raw))
        match body:
            case Admission(newcomer) if newcomer.device not in now.devices:
                return lambda at: admission(at, identity, newcomer)
            case Recovery(paper) if choice is Choice.AGAIN and paper.device not in now.devices:
                return lambda at: kit_link(at, identity, paper, self._random)
            case Revocation(device) if choice is Choice.AGAIN and device in now.devices:
                wish(self._secrets, device)
            case RoleChange(device, role) if choice is Choice.AGAIN and device in now.devices:
                if device != identity.keys.device and now.devices[device].role is not role:
                    wish_role(self._secrets, device, Role(role))
            case _:
                pass
        return None
