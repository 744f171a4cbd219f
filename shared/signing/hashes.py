"""SHA-256, and one way to put several things into it without ambiguity."""

from hashlib import sha256 as _sha256

from shared.ids import HASH_BYTES, EntryHash

NO_HASH = EntryHash(bytes(HASH_BYTES))
"""What stands in ``prev`` of the first of a chain: 32 zero bytes."""

_SUITE = "swingtag/1/"


def sha256(data: bytes) -> EntryHash:
    """Return the 32 bytes of SHA-256."""
    return EntryHash(_sha256(data).digest())


def labelled(purpose: str, *parts: bytes) -> bytes:
    """Join ``swingtag/1/<purpose>`` and the parts, each after its length as four bytes.

    Different purposes or parts always give different bytes, so a signature or a derived key
    for one thing can never be taken for that of another.
    """
    pieces = ((_SUITE + purpose).encode(), *parts)
    return b"".join(len(piece).to_bytes(4) + piece for piece in pieces)
