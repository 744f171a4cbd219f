"""What a valid chain says: the devices, their rights and keys, the epochs of the tenant key."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from shared.ids import DeviceId, EntryHash, Incarnation, TenantId

MOST_STREAMS = 1_000
"""So many streams of one device count, and no more.

A device begins a new one only when it was copied or put back, or a key changed under its hands. The
link that puts it out holds the cuts of all of them, beside boxes for hundreds of others.
"""


class Role(IntEnum):
    """What a device may do. Only owners and the paper device change the list of devices."""

    OWNER = 1
    EDITOR = 2
    VIEWER = 3
    PAPER = 4

    @property
    def writes(self) -> bool:
        """Whether entries by such a device count."""
        return self in {Role.OWNER, Role.EDITOR}

    @property
    def manages(self) -> bool:
        """Whether links by such a device count."""
        return self in {Role.OWNER, Role.PAPER}


class Cut(NamedTuple):
    """The last entry of one stream that still counts after its device lost the right to write."""

    seq: int
    hash: EntryHash


Cuts = Mapping[Incarnation, Cut]


@dataclass(frozen=True, slots=True)
class Member:
    """A device in the chain. One that was revoked stays listed, with ``live`` false.

    ``cuts`` is None while everything that the device writes counts; else only its entries up
    to the cut of their incarnation do.
    """

    device: DeviceId
    role: Role
    signing_public: bytes
    box_public: bytes
    added_by: DeviceId
    live: bool = True
    cuts: Cuts | None = None

    @property
    def may_write(self) -> bool:
        """Whether new entries by this device count."""
        return self.live and self.role.writes

    @property
    def may_manage(self) -> bool:
        """Whether new links by this device count."""
        return self.live and self.role.manages

    def counts(self, incarnation: Incarnation, seq: int, entry: EntryHash) -> bool:
        """Tell whether this entry of the device lies before its cut, if there is one."""
        if self.cuts is None:
            return True
        cut = self.cuts.get(incarnation)
        return cut is not None and (seq < cut.seq or (seq, entry) == cut)


class Epoch(NamedTuple):
    """One tenant key: its commitment, and SHA-256 of each box that holds it.

    ``previous_box`` is the hash of the box with the key of the epoch before, closed under
    this one.
    """

    commitment: bytes
    previous_box: EntryHash
    boxes: Mapping[DeviceId, EntryHash]


@dataclass(frozen=True, slots=True)
class Membership:
    """The sum of a valid chain. ``epochs[0]`` is epoch 1; ``head`` hashes the last link."""

    tenant: TenantId
    devices: Mapping[DeviceId, Member]
    epochs: tuple[Epoch, ...]
    head: EntryHash
    length: int

    @property
    def epoch(self) -> int:
        """The number of the epoch that new entries are sealed in, counted from 1."""
        return len(self.epochs)

    @property
    def live(self) -> tuple[Member, ...]:
        """The devices that were not revoked, in order of their ids."""
        members = (self.devices[device] for device in sorted(self.devices))
        return tuple(member for member in members if member.live)
