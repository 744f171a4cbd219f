"""The bytes of a reference pack; docs/reference-pack.md is the specification.

``SWINGREF``, one byte of format, 32 bytes of SHA-256 over the body, then the body: MessagePack
in one zstd frame. The hash names the content, whatever compressed it.
"""

import hashlib
from typing import NamedTuple

import msgspec
import zstandard

MAGIC = b"SWINGREF"
FORMAT = 1
MAX_BODY = 64 << 20
"""Bytes; a pack of a million pieces stays below."""
_HASH_BYTES = 32
_HEAD = len(MAGIC) + 1 + _HASH_BYTES


class DamagedPackError(ValueError):
    """The reference catalogue is damaged. Install Swingtag again; your collection is safe."""


class NewerPackError(ValueError):
    """The reference catalogue is for a newer Swingtag. Install the newest version."""


class Piece(NamedTuple):
    """One piece as Ty made it, in one variant. Dates are packed (shared.domain.dates) or None."""

    key: str
    model: str
    name: str
    variant: str
    style_number: str
    animal: str
    line: str
    birthday: int | None
    introduced: int | None
    retired: int | None
    swing_tags: tuple[str, ...]
    exclusive_to: str
    tags: tuple[str, ...]
    aliases: tuple[str, ...]
    confidence: str
    sources: tuple[str, ...]


class PackTerm(NamedTuple):
    """One choice of a vocabulary: ``scope`` says what a grade is for, ``hint`` how to tell it."""

    vocabulary: str
    code: str
    label: str
    rank: int
    scope: str
    hint: str
    source: str


class Pack(NamedTuple):
    """A whole pack: what it is, who stands behind it, and the facts."""

    pack: str
    edition: str
    title: str
    notice: str
    provenance: tuple[str, ...]
    piece_count: int
    term_count: int
    pieces: tuple[Piece, ...]
    terms: tuple[PackTerm, ...]


def encode(pack: Pack) -> bytes:
    """Return the file's bytes; the same pack always gives the same."""
    body = msgspec.msgpack.encode(pack)
    digest = hashlib.sha256(body).digest()
    return MAGIC + bytes([FORMAT]) + digest + zstandard.ZstdCompressor(level=19).compress(body)


def decode(raw: bytes) -> Pack:
    """Check and open a file's bytes, or raise DamagedPackError or NewerPackError."""
    if len(raw) < _HEAD or not raw.startswith(MAGIC) or not raw[len(MAGIC)]:
        raise DamagedPackError("head")
    if raw[len(MAGIC)] > FORMAT:
        raise NewerPackError(raw[len(MAGIC)])
    try:
        body = zstandard.ZstdDecompressor().decompress(raw[_HEAD:], max_output_size=MAX_BODY)
    except zstandard.ZstdError as error:
        raise DamagedPackError("compression") from error
    if hashlib.sha256(body).digest() != raw[len(MAGIC) + 1 : _HEAD]:
        raise DamagedPackError("hash")
    try:
        pack = msgspec.msgpack.decode(body, type=Pack)
    except msgspec.DecodeError as error:
        raise DamagedPackError("body") from error
    if (pack.piece_count, pack.term_count) != (len(pack.pieces), len(pack.terms)):
        raise DamagedPackError("counts")
    return pack
