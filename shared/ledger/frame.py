"""The body of an entry: zstd over the msgpack array ``[1, changed heads, edits]``."""

from collections.abc import Sequence
from typing import Annotated, Final, Literal

import msgspec
import zstandard

from shared.domain.stamps import Origin
from shared.envelope import MAX_SEQ
from shared.ids import (
    DEVICE_BYTES,
    HASH_BYTES,
    INCARNATION_BYTES,
    DeviceId,
    EntryHash,
    Incarnation,
)
from shared.ledger.refusal import Code, Refused
from shared.ledger.values import Head, Heads

MAX_BODY_BYTES = 1024 * 1024
"""The largest compressed frame."""
MAX_FRAME_BYTES = 32 * 1024 * 1024
"""The largest frame before compression: what a reader is willing to unpack."""
MAX_EDITS = 16_384

_VERSION: Final = 1
_LEVEL = 3

_Device = Annotated[bytes, msgspec.Meta(min_length=DEVICE_BYTES, max_length=DEVICE_BYTES)]
_Life = Annotated[bytes, msgspec.Meta(min_length=INCARNATION_BYTES, max_length=INCARNATION_BYTES)]
_Seq = Annotated[int, msgspec.Meta(ge=1, le=MAX_SEQ)]
HashBytes = Annotated[bytes, msgspec.Meta(min_length=HASH_BYTES, max_length=HASH_BYTES)]
Line = tuple[_Device, _Life, _Seq, HashBytes]


class OversizedError(ValueError):
    """So many changes do not fit into one entry. They must be sent in several."""


class _Frame(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    version: Literal[1]
    heads: tuple[Line, ...]
    edits: Annotated[tuple[bytes, ...], msgspec.Meta(max_length=MAX_EDITS)]


def encode_frame(heads: Heads, edits: Sequence[bytes]) -> bytes:
    """Return the compressed frame, or raise OversizedError."""
    if len(edits) > MAX_EDITS:
        raise OversizedError
    return pack_body(msgspec.msgpack.encode(_Frame(_VERSION, lines_of(heads), tuple(edits))))


def decode_frame(body: bytes) -> tuple[dict[Origin, Head], tuple[bytes, ...]]:
    """Return changed heads and edits; raise Refused(FRAME) on anything else than a frame."""
    try:
        frame = msgspec.msgpack.decode(unpack_body(body), type=_Frame)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Refused(Code.FRAME) from error
    return read_lines(frame.heads), frame.edits


def lines_of(heads: Heads) -> tuple[Line, ...]:
    """Return heads as they stand in bodies."""
    return tuple((*origin, *heads[origin]) for origin in sorted(heads))


def read_lines(lines: Sequence[Line]) -> dict[Origin, Head]:
    """Read heads; raise Refused(FRAME) unless they ascend and name each stream once."""
    heads = {
        Origin(DeviceId(device), Incarnation(incarnation)): Head(seq, EntryHash(last))
        for device, incarnation, seq, last in lines
    }
    if [line[:2] for line in lines] != sorted(heads):
        raise Refused(Code.FRAME)
    return heads


def pack_body(raw: bytes) -> bytes:
    """Compress what is to be sealed, or raise OversizedError."""
    body = zstandard.ZstdCompressor(level=_LEVEL).compress(raw)
    if len(raw) > MAX_FRAME_BYTES or len(body) > MAX_BODY_BYTES:
        raise OversizedError
    return body


def unpack_body(body: bytes) -> bytes:
    """Unpack one zstd frame that says how long it will be, or raise Refused(FRAME)."""
    try:
        if len(body) > MAX_BODY_BYTES:
            raise Refused(Code.FRAME)
        if not 0 <= zstandard.frame_content_size(body) <= MAX_FRAME_BYTES:
            raise Refused(Code.FRAME)
        return zstandard.ZstdDecompressor().decompress(body, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise Refused(Code.FRAME) from error
