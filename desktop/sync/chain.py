"""The chain of devices at the server: read, believed only after checking, and grown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from desktop.sync.errors import RefusedError, SyncError
from desktop.vault.identity import Identity
from shared.crypto.boxes import close_epoch_box, open_epoch_box
from shared.crypto.devices import DeviceKeys
from shared.crypto.epochs import Keyring, open_previous
from shared.crypto.sealing import NotOpenedError
from shared.ids import DeviceId, TenantId
from shared.ledger import LedgerState
from shared.membership import (
    InvalidChainError,
    LinkWithBoxes,
    Membership,
    Newcomer,
    Role,
    admit,
    boxes_in,
    extend,
    verify_chain,
)
from shared.protocol.messages import ChainGrown, ChainReply, ChainRequest, LinkParcel
from shared.protocol.problems import Code
from shared.signing import sha256

_TRIES = 5


class ChainDoor(Protocol):
    """Where another copy of the chain is: read, and grown by compare-and-swap on its end."""

    def chain(self) -> ChainReply:
        """Give all links."""

    def append_links(self, request: ChainRequest) -> ChainGrown:
        """Add links."""


class FalseChainError(SyncError):
    """The server's list of devices was not signed by this collection's owner. It was ignored.

    Nothing has changed here. Check the server address; if it is right, do not trust this server.
    """


class MissingKeyError(SyncError):
    """The server does not hand out this device's key, or a damaged one, so nothing can be read.

    Try again later; if it stays so, add this device anew.
    """


class NotOwnerError(SyncError):
    """Only an owner's device may change devices and the emergency kit, and this is none any more.

    Nothing was changed. Do it on another one.
    """


def check_manager(membership: Membership, device: DeviceId) -> None:
    """Raise NotOwnerError if a device may sign no more links, by the newest list there is."""
    if not membership.devices[device].may_manage:
        raise NotOwnerError


@dataclass(frozen=True, slots=True)
class Chain:
    """A checked chain, with the boxes that came with it."""

    membership: Membership
    links: tuple[bytes, ...]
    boxes: tuple[bytes, ...] = field(repr=False)

    @property
    def whole(self) -> tuple[LinkWithBoxes, ...]:
        """The links whose boxes, for whomever they are, all came along."""
        held: dict[bytes, bytes] = {sha256(box): box for box in self.boxes}
        wanted = {link: boxes_in(link) for link in self.links}
        return tuple(
            LinkWithBoxes(link, tuple(held[name] for name in names))
            for link, names in wanted.items()
            if held.keys() >= set(names)
        )

    @property
    def hashes(self) -> frozenset[bytes]:
        """The hash of each link."""
        return frozenset(sha256(link) for link in self.links)

    def goes_on_from(self, other: "Chain") -> bool:
        """Tell whether another chain is the beginning of this one, or all of it."""
        return self.links[: len(other.links)] == other.links

    @classmethod
    def held(cls, state: LedgerState) -> "Chain":
        """Return the chain that a vault holds."""
        return cls(verify_chain(state.links, state.tenant), state.links, ())

    @classmethod
    def read(cls, parcels: Sequence[LinkParcel], tenant: TenantId) -> "Chain":
        """Check a whole chain, or raise FalseChainError."""
        links = tuple(parcel.link for parcel in parcels)
        try:
            membership = verify_chain(links, tenant)
        except InvalidChainError as error:
            raise FalseChainError from error
        return cls(membership, links, _boxes(parcels))

    @classmethod
    def fetch(cls, courier: ChainDoor, tenant: TenantId) -> "Chain":
        """Fetch and check the whole chain; raise FalseChainError or what Courier raises."""
        return cls.read(courier.chain().links, tenant)

    def grown(self, parcels: Sequence[LinkParcel]) -> "Chain":
        """Return the chain with the links that follow, or raise FalseChainError."""
        membership = self.membership
        try:
            for parcel in parcels:
                membership = extend(membership, parcel.link)
        except InvalidChainError as error:
            raise FalseChainError from error
        links = tuple(parcel.link for parcel in parcels)
        return Chain(membership, self.links + links, self.boxes + _boxes(parcels))

    def open_keys(self, keys: DeviceKeys, keyring: Keyring) -> Keyring:
        """Add the key of every epoch that a box here opens: our own first, then those before."""
        held = {sha256(box): box for box in self.boxes}
        epochs = self.membership.epochs
        for number in range(len(epochs), 0, -1):
            box = held.get(epochs[number - 1].boxes.get(keys.device, sha256(b"")))
            if box is not None and not keyring.has(number):
                keyring = keyring.with_key(number, self._open_own(keys, box, number))
        for number in range(len(epochs), 1, -1):
            box = held.get(epochs[number - 1].previous_box)
            if box is not None and keyring.has(number) and not keyring.has(number - 1):
                keyring = keyring.with_key(number - 1, self._open_previous(keyring, box, number))
        return keyring

    def lacks_keys(self, device: DeviceId, keyring: Keyring, since: int = 1) -> bool:
        """Tell whether a key of epoch ``since`` or later is missing that the device should have."""
        member = self.membership.devices.get(device)
        numbers = range(since, self.membership.epoch + 1)
        return member is not None and member.live and not all(map(keyring.has, numbers))

    def _open_own(self, keys: DeviceKeys, box: bytes, number: int) -> bytes:
        try:
            return open_epoch_box(
                keys.box,
                box,
                tenant=self.membership.tenant,
                epoch=number,
                device=keys.device,
                commitment=self.membership.epochs[number - 1].commitment,
            )
        except NotOpenedError as error:
            raise MissingKeyError from error

    def _open_previous(self, keyring: Keyring, box: bytes, number: int) -> bytes:
        tenant, commitment = self.membership.tenant, self.membership.epochs[number - 2].commitment
        key = keyring.epoch_keys[number]
        try:
            return open_previous(key, number, box, tenant, commitment)
        except NotOpenedError as error:
            raise MissingKeyError from error


def append(
    courier: ChainDoor, chain: Chain, make: Callable[[Chain], LinkWithBoxes]
) -> tuple[Chain, LinkWithBoxes]:
    """Append one link; if the chain has moved on, make it again for what the chain is now.

    Returns the chain as it then is, with the link. Raises FalseChainError, also for a chain that
    does not go on from the one before, or what Courier raises; CHAIN_MOVED if others are faster
    again and again.
    """
    for tries_left in range(_TRIES - 1, -1, -1):
        made = make(chain)
        parcel = LinkParcel(made.link, made.boxes)
        try:
            courier.append_links(ChainRequest(chain.membership.head, (parcel,)))
        except RefusedError as error:
            if error.refusal.code is not Code.CHAIN_MOVED or not tries_left:
                raise
            moved = Chain.fetch(courier, chain.membership.tenant)
            if not moved.goes_on_from(chain):
                raise FalseChainError from error
            chain = moved
        else:
            return chain.grown((parcel,)), made
    raise AssertionError("the last try returns or raises")


def admission(membership: Membership, signer: Identity, newcomer: Newcomer) -> LinkWithBoxes:
    """Make the link that adds a device as an owner, with the epoch's key in a box for it.

    Raises NotOwnerError, MissingKeyError if the chain has a newer epoch than this device knows of.
    """
    check_manager(membership, signer.keys.device)
    epoch = membership.epoch
    if not signer.keyring.has(epoch):
        raise MissingKeyError
    box = close_epoch_box(
        newcomer.box_public,
        signer.keyring.epoch_keys[epoch],
        tenant=membership.tenant,
        epoch=epoch,
        device=newcomer.device,
    )
    return admit(membership, signer.keys.signer, newcomer, Role.OWNER, box)


def _boxes(parcels: Sequence[LinkParcel]) -> tuple[bytes, ...]:
    return tuple(box for parcel in parcels for box in parcel.boxes)
