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
    """What is sealed. ``purpose`` is what it is signed and sealed for."""

    ENTRY = 1  # edits
    SNAPSHOT = 2  # all that entries have come to, as a list of its pieces
    SEGMENT = 3  # edits of entries that a snapshot stands for: the history
    PIECE = 4  # a part of a snapshot

    @property
    def purpose(self) -> str:
        """The word in signatures and derived keys."""
        return self.name.lower()


class MalformedEnvelopeError(ValueError):
    """Something that came is no entry of Swingtag, or one of a newer version. Update Swingtag."""


@dataclass(frozen=True, slots=True)
class Header:
    """Where an entry belongs. ``seq`` counts from 1 within (device, incarnation).

    ``prev`` is the hash of the stream's entry before; of the first one, the last hash of the
    incarnation before, or zeros. ``seen`` is the hash of all other heads that the writer knew.
    For the other kinds of object docs/format.md says what stands in these three.
    """

    tenant: TenantId
    space: bytes
    epoch: int
    device: DeviceId
    incarnation: Incarnation
    seq: int
    prev: EntryHash
    seen: bytes
    kind: Kind = Kind.ENTRY

    def encode(self) -> bytes:
        """Return the 154 bytes."""
        return _LAYOUT.pack(
            MAGIC,
            SUITE,
            self.kind,
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
    def parse(cls, raw: bytes, kind: Kind = Kind.ENTRY) -> "Header":
        """Read the 154 bytes of one kind of object, or raise MalformedEnvelopeError."""
        if len(raw) != HEADER_BYTES:
            raise MalformedEnvelopeError
        magic, suite, found, *fields = _LAYOUT.unpack(raw)
        header = cls(*(*fields, kind))
        if (magic, suite, found) != (MAGIC, SUITE, kind):
            raise MalformedEnvelopeError
        if header.space != WHOLE_SPACE or header.epoch < 1 or not 1 <= header.seq <= MAX_SEQ:
            raise MalformedEnvelopeError
        return header
