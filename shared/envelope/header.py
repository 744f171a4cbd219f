"""The 154 bytes in front of every sealed object, big endian."""

import struct
from dataclasses import dataclass
from enum import IntEnum

from shared.ids import DeviceId, EntryHash, Incarnation, TenantId

MAGIC = b"SWTG"
SUITE = 1
WHOLE_SPACE = bytes(16)
"""The only space of suite 1: everything that the tenant owns."""
MAX_SEQ = 2**63 - 1
"""So that a sequence number fits the integers of SQLite."""

_LAYOUT = struct.Struct(">4sBB32s16sI16s8sQ32s32s")
HEADER_BYTES = _LAYOUT.size


class Kind(IntEnum):
    """What is sealed. Snapshots and history segments have their numbers, but no format yet."""

    ENTRY = 1
    SNAPSHOT = 2
    SEGMENT = 3


class MalformedEnvelopeError(ValueError):
    """Something that came is no entry of Swingtag, or one of a newer version. Update Swingtag."""


@dataclass(frozen=True, slots=True)
class Header:
    """Where an entry belongs. ``seq`` counts from 1 within (device, incarnation).

    ``prev`` is the hash of the stream's entry before; of the first one, the last hash of the
    incarnation before, or zeros. ``seen`` is the hash of all other heads that the writer knew.
    """

    tenant: TenantId
    space: bytes
    epoch: int
    device: DeviceId
    incarnation: Incarnation
    seq: int
    prev: EntryHash
    seen: bytes

    def encode(self) -> bytes:
        """Return the 154 bytes."""
        return _LAYOUT.pack(
            MAGIC,
            SUITE,
            Kind.ENTRY,
            self.tenant,
            self.space,
            self.epoch,
            self.device,
            self.incarnation,
            self.seq,
            self.prev,
            self.seen,
        )

    @classmethod
    def parse(cls, raw: bytes) -> "Header":
        """Read 154 bytes, or raise MalformedEnvelopeError."""
        if len(raw) != HEADER_BYTES:
            raise MalformedEnvelopeError
        magic, suite, kind, *fields = _LAYOUT.unpack(raw)
        header = cls(*fields)
        if (magic, suite, kind) != (MAGIC, SUITE, Kind.ENTRY):
            raise MalformedEnvelopeError
        if header.space != WHOLE_SPACE or header.epoch < 1 or not 1 <= header.seq <= MAX_SEQ:
            raise MalformedEnvelopeError
        return header
