"""What may be another way in worlds than in the program, for it changes nothing but the time."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.signing import keys
from sync_server.routes import table

_MANY = 20_000


@contextmanager
def swapped(owner: Any, name: str, other: Any) -> Iterator[None]:
    """Put something else under a name while the block runs."""
    right = getattr(owner, name)
    setattr(owner, name, other)
    try:
        yield
    finally:
        setattr(owner, name, right)


@contextmanager
def done_once() -> Iterator[None]:
    """Remember which signatures were right, and how the skins look that the server brings along."""
    with (
        swapped(keys, "Ed25519PublicKey", _PublicKey),
        swapped(table, "read_looks", cache(table.read_looks)),
    ):
        yield


class _PublicKey(NamedTuple):
    public: bytes

    @classmethod
    def from_public_bytes(cls, public: bytes) -> "_PublicKey":
        return cls(public)

    def verify(self, signature: bytes, message: bytes) -> None:
        _check(self.public, signature, message)


@lru_cache(_MANY)
def _check(public: bytes, signature: bytes, message: bytes) -> None:
    Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
