"""Keys for one device: HPKE (RFC 9180, base mode) over ML-KEM-768 with X25519.

HPKE here proves nothing about the sender. Where a box comes from is vouched for by the signed
link that holds its SHA-256, and what is in it by the commitment of the key, in the same link.
"""

import hmac
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from shared.crypto.epochs import EPOCH_BYTES, commitment_of
from shared.crypto.randomness import Random
from shared.crypto.sealing import NotOpenedError
from shared.ids import DeviceId, TenantId
from shared.membership.newcomer import MLKEM_PUBLIC_BYTES
from shared.signing import labelled

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_MLKEM_SEED_BYTES = 64
_X25519_BYTES = 32
BOX_SEED_BYTES = _MLKEM_SEED_BYTES + _X25519_BYTES


@dataclass(frozen=True, slots=True)
class BoxKey:
    """A device's HPKE key pair: ``seed`` 96 secret bytes, ``public`` 1,216 to show around."""

    seed: bytes = field(repr=False)
    public: bytes = field(repr=False)
    _private: MLKEM768X25519PrivateKey = field(repr=False, compare=False)

    @classmethod
    def from_seed(cls, seed: bytes) -> "BoxKey":
        """Make the key that the ML-KEM seed (64 bytes) and the X25519 scalar (32) stand for."""
        if len(seed) != BOX_SEED_BYTES:
            raise ValueError(len(seed))
        mlkem = MLKEM768PrivateKey.from_seed_bytes(seed[:_MLKEM_SEED_BYTES])
        x25519 = X25519PrivateKey.from_private_bytes(seed[_MLKEM_SEED_BYTES:])
        public = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        return cls(seed, public, MLKEM768X25519PrivateKey(mlkem, x25519))

    @classmethod
    def generate(cls, random: Random) -> "BoxKey":
        """Make a new key from fresh random bytes."""
        return cls.from_seed(random(BOX_SEED_BYTES))

    def open(self, box: bytes, info: bytes) -> bytes:
        """Return what is in a box for this key, or raise NotOpenedError."""
        try:
            return _SUITE.decrypt(box, self._private, info)
        except (InvalidTag, ValueError) as error:
            raise NotOpenedError from error


def close_box(public: bytes, plain: bytes, info: bytes) -> bytes:
    """Put ``plain`` into a box that only the owner of ``public`` opens. 1,136 bytes are added.

    Randomness is drawn inside OpenSSL. Raises NotOpenedError if ``public`` is no key.
    """
    try:
        key = MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public[:MLKEM_PUBLIC_BYTES]),
            X25519PublicKey.from_public_bytes(public[MLKEM_PUBLIC_BYTES:]),
        )
        return _SUITE.encrypt(plain, key, info)
    except (InvalidTag, ValueError) as error:
        raise NotOpenedError from error


def takes_boxes(public: bytes) -> bool:
    """Tell whether these are the bytes of a key that boxes can be closed to."""
    try:
        close_box(public, b"", b"")
    except NotOpenedError:
        return False
    return True


def close_epoch_box(
    public: bytes, epoch_key: bytes, *, tenant: TenantId, epoch: int, device: DeviceId
) -> bytes:
    """Put an epoch's key into the box of one device."""
    return close_box(public, epoch_key, _epoch_info(tenant, epoch, device))


def open_epoch_box(
    key: BoxKey, box: bytes, commitment: bytes, *, tenant: TenantId, epoch: int, device: DeviceId
) -> bytes:
    """Return the epoch's key, or raise NotOpenedError unless it is the one committed to.

    ``commitment`` comes from the signed link; the caller compared the box with its hash there.
    """
    epoch_key = key.open(box, _epoch_info(tenant, epoch, device))
    if not hmac.compare_digest(commitment_of(epoch_key, epoch), commitment):
        raise NotOpenedError
    return epoch_key


def _epoch_info(tenant: TenantId, epoch: int, device: DeviceId) -> bytes:
    return labelled("box/epoch", tenant, epoch.to_bytes(EPOCH_BYTES), device)
