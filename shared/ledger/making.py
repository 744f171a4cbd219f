"""Snapshots and history segments sealed: what an owner's device makes of its collection."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import msgspec

from shared.crypto.epochs import Keyring
from shared.crypto.randomness import Salts
from shared.domain.columns import Column, pack_column, unpack_column
from shared.envelope import WHOLE_SPACE, Header, Kind
from shared.envelope.approvals import approval_message
from shared.ids import DEVICE_BYTES, DeviceId, EntryHash
from shared.ledger.frame import MAX_EDITS, OversizedError, pack_body, unpack_body
from shared.ledger.heads import seen_hash
from shared.ledger.refusal import Code, Refused
from shared.ledger.snapshots import Manifest, encode_manifest
from shared.ledger.stored import close_entry
from shared.ledger.values import Author, SealedEntry
from shared.membership import Membership
from shared.signing import NO_HASH

PIECE_BYTES = 4 * 1024 * 1024
"""So much of the pages goes into one piece before it is compressed."""

_VERSION: Final = 1
_LENGTH_BYTES = 4
_Device = Annotated[bytes, msgspec.Meta(min_length=DEVICE_BYTES, max_length=DEVICE_BYTES)]

PastEdit = tuple[DeviceId, bytes]
"""An edit of the past: which device wrote it, and its bytes as they travelled."""


class _Segment(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    version: Literal[1]
    devices: tuple[_Device, ...]
    writers: Column
    edits: Annotated[tuple[bytes, ...], msgspec.Meta(max_length=MAX_EDITS)]


@dataclass(frozen=True, slots=True)
class Press:
    """Seals and signs in the name of one device.

    Whatever seals may raise BrokenRandomnessError, if ``salts`` are not fresh.
    """

    membership: Membership
    keyring: Keyring
    author: Author
    salts: Salts

    def snapshot(self, manifest: Manifest, n: int, prev: EntryHash) -> SealedEntry:
        """Make the snapshot number ``n``, after the one with hash ``prev``; OversizedError."""
        seen = seen_hash(manifest.heads)
        return self._close(Kind.SNAPSHOT, n, encode_manifest(manifest), prev, seen)

    def pieces(self, pages: Iterable[bytes]) -> Iterator[SealedEntry]:
        """Make the pieces of a snapshot out of its pages, none larger than an entry."""
        for n, body in enumerate(bodies_of_pages(pages), 1):
            yield self._close(Kind.PIECE, n, body)

    def segment(self, n: int, edits: Sequence[PastEdit]) -> SealedEntry:
        """Make a history segment, or raise OversizedError if the edits must be split."""
        return self._close(Kind.SEGMENT, n, encode_segment(edits))

    def approve(self, snapshot: EntryHash) -> bytes:
        """Sign that the collection here holds what a snapshot says."""
        return self.author.key.sign(approval_message(self.membership.tenant, snapshot))

    def _close(
        self, kind: Kind, n: int, body: bytes, prev: EntryHash = NO_HASH, seen: bytes = NO_HASH
    ) -> SealedEntry:
        origin = self.author.origin
        header = Header(
            tenant=self.membership.tenant,
            space=WHOLE_SPACE,
            epoch=self.membership.epoch,
            device=origin.device,
            incarnation=origin.incarnation,
            seq=n,
            prev=prev,
            seen=seen,
            kind=kind,
        )
        return self.sealed_as(header, body)

    def sealed_as(self, header: Header, body: bytes) -> SealedEntry:
        """Seal and sign a body behind a header."""
        return close_entry(header, body, self.salts.draw(), self.keyring, self.author.key)


def encode_segment(edits: Sequence[PastEdit]) -> bytes:
    """Return the body of a history segment, or raise OversizedError."""
    if len(edits) > MAX_EDITS:
        raise OversizedError
    devices = tuple(dict.fromkeys(device for device, _ in edits))
    numbers = {device: number for number, device in enumerate(devices)}
    writers = pack_column([numbers[device] for device, _ in edits])
    blobs = tuple(blob for _, blob in edits)
    return pack_body(msgspec.msgpack.encode(_Segment(_VERSION, devices, writers, blobs)))


def decode_segment(body: bytes) -> list[PastEdit]:
    """Read the body of a history segment; raise Refused(FRAME) on anything else."""
    try:
        wire = msgspec.msgpack.decode(unpack_body(body), type=_Segment)
        numbers = unpack_column(wire.writers)
        writers = [wire.devices[n] for n in numbers if type(n) is int and n >= 0]
        return [(DeviceId(device), blob) for device, blob in zip(writers, wire.edits, strict=True)]
    except (msgspec.MsgspecError, LookupError, ValueError, RecursionError) as error:
        raise Refused(Code.FRAME) from error


def bodies_of_pages(pages: Iterable[bytes]) -> Iterator[bytes]:
    """Cut the pages, each after its length, into compressed bodies."""
    gathered = bytearray()
    for page in pages:
        gathered += len(page).to_bytes(_LENGTH_BYTES) + page
        while len(gathered) >= PIECE_BYTES:
            yield from _packed(bytes(gathered[:PIECE_BYTES]))
            del gathered[:PIECE_BYTES]
    if gathered:
        yield from _packed(bytes(gathered))


def _packed(raw: bytes) -> Iterator[bytes]:
    """Compress a slice, in two if it does not become small enough."""
    try:
        yield pack_body(raw)
    except OversizedError:
        middle = len(raw) // 2
        yield from _packed(raw[:middle])
        yield from _packed(raw[middle:])
