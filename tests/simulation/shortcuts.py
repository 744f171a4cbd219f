"""What may be another way in worlds than in the program, for it changes nothing but the time.

What is the same each time is remembered: whether a signature is right, which keys a seed makes,
what holds after a link that follows another one, how the skins look that the server brings along.
Vaults are opened by their keys, so a restored one is locked with its key: a password takes long.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from desktop.vault import restoring
from shared.crypto.boxes import BoxKey
from shared.ids import EntryHash
from shared.membership import Membership, chain
from shared.signing import SigningKey, keys
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
    """Do nothing twice that comes out the same each time; gather garbage after a world only."""
    links = _Links()
    with (
        swapped(keys, "Ed25519PublicKey", _PublicKey),
        swapped(table, "read_looks", cache(table.read_looks)),
        swapped(BoxKey, "from_seed", lru_cache(_MANY)(BoxKey.from_seed)),
        swapped(SigningKey, "from_seed", lru_cache(_MANY)(SigningKey.from_seed)),
        swapped(restoring, "make_box", lambda _password, key, _surroundings: key),
        swapped(chain, "extend", links.extend),
        _garbage_waits(),
    ):
        yield


@contextmanager
def _garbage_waits() -> Iterator[None]:
    """Leave it to whoever runs worlds to gather garbage, and what is here already out of it."""
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


class _Links:
    """Remembers what holds after a link: the hash of the one before stands for all before."""

    def __init__(self) -> None:
        self._right = chain.extend
        self._after: dict[tuple[EntryHash, bytes], Membership] = {}

    def extend(self, membership: Membership, raw: bytes) -> Membership:
        """Check the next link of a chain."""
        place = membership.head, raw
        if place not in self._after:
            if len(self._after) > _MANY:
                self._after.clear()
            self._after[place] = self._right(membership, raw)
        return self._after[place]


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
