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
_Hash = Annotated[bytes, msgspec.Meta(min_length=HASH_BYTES, max_length=HASH_BYTES)]
_Line = tuple[_Device, _Life, _Seq, _Hash]


class OversizedError(ValueError):
    """So many changes do not fit into one entry. They must be sent in several."""


class _Frame(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    version: Literal[1]
    heads: tuple[_Line, ...]
    edits: Annotated[tuple[bytes, ...], msgspec.Meta(max_length=MAX_EDITS)]


def encode_frame(heads: Heads, edits: Sequence[bytes]) -> bytes:
    """Return the compressed frame, or raise OversizedError."""
    lines = tuple((*origin, *heads[origin]) for origin in sorted(heads))
    raw = msgspec.msgpack.encode(_Frame(_VERSION, lines, tuple(edits)))
    body = zstandard.ZstdCompressor(level=_LEVEL).compress(raw)
    if len(raw) > MAX_FRAME_BYTES or len(body) > MAX_BODY_BYTES or len(edits) > MAX_EDITS:
        raise OversizedError
    return body


def decode_frame(body: bytes) -> tuple[dict[Origin, Head], tuple[bytes, ...]]:
    """Return changed heads and edits; raise Refused(FRAME) on anything else than a frame."""
    try:
        frame = msgspec.msgpack.decode(_decompress(body), type=_Frame)
    except (zstandard.ZstdError, msgspec.MsgspecError, RecursionError) as error:
        raise Refused(Code.FRAME) from error
    heads = {
        Origin(DeviceId(device), Incarnation(incarnation)): Head(seq, EntryHash(last))
        for device, incarnation, seq, last in frame.heads
    }
    if [line[:2] for line in frame.heads] != sorted(heads):
        raise Refused(Code.FRAME)
    return heads, frame.edits


def _decompress(body: bytes) -> bytes:
    """Unpack one zstd frame that says how long it will be, and is not too long."""
    if len(body) > MAX_BODY_BYTES:
        raise Refused(Code.FRAME)
    if not 0 <= zstandard.frame_content_size(body) <= MAX_FRAME_BYTES:
        raise Refused(Code.FRAME)
    return zstandard.ZstdDecompressor().decompress(body, allow_extra_data=False)
