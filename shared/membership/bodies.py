"""The bodies of links: plain values, and their bytes.

Lists have their count in two bytes in front and stand in strictly ascending order, so one
value has one encoding.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.envelope import MAX_SEQ
from shared.ids import DeviceId, EntryHash
from shared.membership.links import MAX_BODY_BYTES, InvalidChainError, Link, LinkKind
from shared.membership.members import Cut, Cuts, Role
from shared.membership.newcomer import NEWCOMER_BYTES, Newcomer

_ADMISSION = struct.Struct(f">{NEWCOMER_BYTES}sBI32s32s")
_ROTATION = struct.Struct(">I32s32s")
_BOX = struct.Struct(">16s32s")
_CUT = struct.Struct(">8sQ32s")
_ROLE = struct.Struct(">16sB")
_DEVICE = struct.Struct(">16s")
_NEWCOMER = struct.Struct(f">{NEWCOMER_BYTES}s")
_COUNT = struct.Struct(">H")
_MOST_ROWS = (MAX_BODY_BYTES - _ROLE.size - _ROTATION.size - 2 * _COUNT.size) // _BOX.size


@dataclass(frozen=True, slots=True)
class Admission:
    """A new device: the body of GENESIS and ADD. ``box`` hashes the box with the epoch's key."""

    newcomer: Newcomer
    role: Role
    epoch: int
    commitment: bytes
    box: EntryHash

    def encode(self) -> bytes:
        """Return the bytes of the body."""
        newcomer = self.newcomer.encode()
        return _ADMISSION.pack(newcomer, self.role, self.epoch, self.commitment, self.box)

    @property
    def boxes(self) -> tuple[EntryHash, ...]:
        """The hashes of the boxes that travel with the link, in order."""
        return (self.box,)


@dataclass(frozen=True, slots=True)
class Rotation:
    """A new tenant key, for the devices in ``sealed`` and nobody else: the body of ROTATE."""

    epoch: int
    commitment: bytes
    previous_box: EntryHash
    sealed: Mapping[DeviceId, EntryHash]

    def encode(self) -> bytes:
        """Return the bytes of the body."""
        head = _ROTATION.pack(self.epoch, self.commitment, self.previous_box)
        boxes = [_BOX.pack(device, self.sealed[device]) for device in sorted(self.sealed)]
        return head + _COUNT.pack(len(boxes)) + b"".join(boxes)

    @property
    def boxes(self) -> tuple[EntryHash, ...]:
        """The hashes of the boxes that travel with the link, in order."""
        return (self.previous_box, *(self.sealed[device] for device in sorted(self.sealed)))


@dataclass(frozen=True, slots=True)
class Revocation:
    """A device is put out; its entries count up to ``cuts``; the key is a new one at once."""

    device: DeviceId
    cuts: Cuts
    rotation: Rotation

    def encode(self) -> bytes:
        """Return the bytes of the body."""
        return self.device + _encode_cuts(self.cuts) + self.rotation.encode()

    @property
    def boxes(self) -> tuple[EntryHash, ...]:
        """The hashes of the boxes that travel with the link, in order."""
        return self.rotation.boxes


@dataclass(frozen=True, slots=True)
class RoleChange:
    """A device may do more or less. ``cuts`` says what counts of one that may write no longer."""

    device: DeviceId
    role: Role
    cuts: Cuts

    def encode(self) -> bytes:
        """Return the bytes of the body."""
        return _ROLE.pack(self.device, self.role) + _encode_cuts(self.cuts)

    @property
    def boxes(self) -> tuple[EntryHash, ...]:
        """No boxes travel with such a link."""
        return ()


@dataclass(frozen=True, slots=True)
class Recovery:
    """A new emergency kit takes the place of the old one, with a new key at once."""

    paper: Newcomer
    rotation: Rotation

    def encode(self) -> bytes:
        """Return the bytes of the body."""
        return self.paper.encode() + self.rotation.encode()

    @property
    def boxes(self) -> tuple[EntryHash, ...]:
        """The hashes of the boxes that travel with the link, in order."""
        return self.rotation.boxes


def fitting(cuts: Cuts, boxes: int) -> Cuts:
    """Return the cuts that one link has room for beside some boxes, those of long streams first.

    Of a stream that is left out nothing counts. ``MOST_STREAMS`` of them fit beside 300 boxes.
    """
    longest = sorted(cuts, key=lambda incarnation: (-cuts[incarnation].seq, incarnation))
    return {incarnation: cuts[incarnation] for incarnation in longest[: _MOST_ROWS - boxes]}


Body = Admission | Rotation | Revocation | RoleChange | Recovery


def parse_body(link: Link) -> Body:
    """Read the body of a link whose signature was checked, or raise InvalidChainError."""
    reader = _Reader(link.body)
    try:
        body = _read(link.kind, reader)
    except (struct.error, ValueError) as error:
        raise InvalidChainError from error
    if body.encode() != link.body:
        raise InvalidChainError
    return body


class _Reader:
    """Takes fixed pieces off the front of some bytes; struct.error when they run short."""

    def __init__(self, raw: bytes) -> None:
        self.left = raw

    def take(self, layout: struct.Struct) -> tuple[Any, ...]:
        """Cut off one piece."""
        piece, self.left = self.left[: layout.size], self.left[layout.size :]
        return layout.unpack(piece)

    def count(self) -> range:
        """Cut off the length of a list."""
        return range(self.take(_COUNT)[0])


def _read(kind: LinkKind, reader: _Reader) -> Body:
    match kind:
        case LinkKind.GENESIS | LinkKind.ADD:
            newcomer, role, *rest = reader.take(_ADMISSION)
            return Admission(Newcomer.parse(newcomer), Role(role), *rest)
        case LinkKind.REVOKE:
            (device,) = reader.take(_DEVICE)
            return Revocation(device, _read_cuts(reader), _read_rotation(reader))
        case LinkKind.ROTATE:
            return _read_rotation(reader)
        case LinkKind.ROLE:
            device, role = reader.take(_ROLE)
            return RoleChange(device, Role(role), _read_cuts(reader))
        case LinkKind.RECOVERY:  # pragma: no branch - there is no other kind
            (newcomer,) = reader.take(_NEWCOMER)
            return Recovery(Newcomer.parse(newcomer), _read_rotation(reader))


def _read_rotation(reader: _Reader) -> Rotation:
    epoch, commitment, previous = reader.take(_ROTATION)
    boxes = dict(reader.take(_BOX) for _ in reader.count())
    return Rotation(epoch, commitment, previous, boxes)


def _read_cuts(reader: _Reader) -> Cuts:
    rows = [reader.take(_CUT) for _ in reader.count()]
    if any(not 1 <= seq <= MAX_SEQ for _, seq, _ in rows):
        raise InvalidChainError
    return {incarnation: Cut(seq, last) for incarnation, seq, last in rows}


def _encode_cuts(cuts: Cuts) -> bytes:
    rows = [_CUT.pack(incarnation, *cuts[incarnation]) for incarnation in sorted(cuts)]
    return _COUNT.pack(len(rows)) + b"".join(rows)
