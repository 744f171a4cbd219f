"""The file ``unlock`` of a collection: the database key, wrapped by the password.

Layout: ``magic 4 | version 1 | memory KiB 4 | passes 4 | salt 16 | sealed key 104 | SHA-256 of
all before, 32``. The sealed key is that of shared.crypto.sealing with the first 29 bytes as
context. The hash at the end only tells damage from a wrong password.
"""

import struct
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from shared.crypto.randomness import Random
from shared.crypto.sealing import KEY_BYTES, OVERHEAD_BYTES, NotOpenedError, open_sealed, seal
from shared.envelope.entries import SALT_BYTES
from shared.ids import HASH_BYTES
from shared.signing import sha256

MAGIC = b"SWUN"
VERSION = 1
LANES = 4

_VERSION_AT = len(MAGIC)
_SALT_BYTES = 16
_HEAD = struct.Struct(f">4sBII{_SALT_BYTES}s")
_SEALED_END = _HEAD.size + OVERHEAD_BYTES + KEY_BYTES
UNLOCK_BYTES = _SEALED_END + HASH_BYTES
_PURPOSE = "unlock"


class WrongPasswordError(ValueError):
    """The password does not fit. Check Caps Lock and the keyboard layout, then try again."""


class DamagedUnlockError(ValueError):
    """The file "unlock" of this collection is damaged. Put it back from a backup.

    If there is none, restore the collection with another device or the emergency kit.
    """


class NewerUnlockError(ValueError):
    """The collection was last used with a newer Swingtag. Update Swingtag on this computer."""


class UnacceptableCostError(ValueError):
    """The file "unlock" asks for less protection than Swingtag allows, or for an absurd amount.

    Somebody may have changed it. Put it back from a backup.
    """


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess of the password costs: KiB of memory, and passes over them."""

    memory_kib: int = 64 * 1024
    passes: int = 3

    @property
    def acceptable(self) -> bool:
        """Whether this lies between the floor and what any computer can bear."""
        return (
            FLOOR.memory_kib <= self.memory_kib <= CEILING.memory_kib
            and FLOOR.passes <= self.passes <= CEILING.passes
        )


FLOOR = Cost()
CEILING = Cost(memory_kib=1024 * 1024, passes=16)


def wrap(password: str, database_key: bytes, random: Random, cost: Cost = FLOOR) -> bytes:
    """Return the 165 bytes of the file ``unlock`` for a database key of 32 bytes."""
    if not cost.acceptable or len(database_key) != KEY_BYTES:
        raise ValueError("the cost lies outside the bounds, or the key does not have 32 bytes")
    salt = random(_SALT_BYTES)
    head = _HEAD.pack(MAGIC, VERSION, cost.memory_kib, cost.passes, salt)
    key = _stretch(password, salt, cost)
    box = head + seal(key, _PURPOSE, head, database_key, random(SALT_BYTES))
    return box + sha256(box)


def unwrap(password: str, box: bytes) -> bytes:
    """Return the database key.

    Raises NewerUnlockError, DamagedUnlockError, UnacceptableCostError (before any work),
    WrongPasswordError.
    """
    if box.startswith(MAGIC) and box[_VERSION_AT : _VERSION_AT + 1] > bytes([VERSION]):
        raise NewerUnlockError
    if sha256(box[:_SEALED_END]) != box[_SEALED_END:]:
        raise DamagedUnlockError
    head = box[: _HEAD.size]
    magic, version, memory_kib, passes, salt = _HEAD.unpack(head)
    if (magic, version) != (MAGIC, VERSION):
        raise DamagedUnlockError
    cost = Cost(memory_kib, passes)
    if not cost.acceptable:
        raise UnacceptableCostError
    key = _stretch(password, salt, cost)
    try:
        return open_sealed(key, _PURPOSE, head, box[_HEAD.size : _SEALED_END])
    except NotOpenedError as error:
        raise WrongPasswordError from error


def change_password(box: bytes, old: str, new: str, random: Random, cost: Cost = FLOOR) -> bytes:
    """Return the file ``unlock`` for the same database key under another password."""
    return wrap(new, unwrap(old, box), random, cost)


def calibrate(seconds: Callable[[Cost], float], limit: float = 1.0) -> Cost:
    """Double the memory as long as a guess takes at most ``limit`` seconds, up to 256 MiB.

    ``seconds`` measures one ``wrap`` at a cost. Never returns less than the floor.
    """
    cost = FLOOR
    while cost.memory_kib < 4 * FLOOR.memory_kib:
        larger = Cost(cost.memory_kib * 2, cost.passes)
        if seconds(larger) > limit:
            break
        cost = larger
    return cost


def _stretch(password: str, salt: bytes, cost: Cost) -> bytes:
    # A lone surrogate is no valid text, but whoever can type it must not be locked out.
    typed = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    argon2 = Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=cost.passes,
        lanes=LANES,
        memory_cost=cost.memory_kib,
    )
    return argon2.derive(typed)
