"""Ed25519 signing keys and the check of a signature."""

from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PUBLIC_BYTES = 32
SEED_BYTES = 32
SIGNATURE_BYTES = 64

_SIGN_BIT_OFF = 0x7F
# The points of small order, in every encoding, with the sign bit off. Under such a "key" one
# signature fits many messages, and OpenSSL does not refuse them.
_WEAK_KEYS = frozenset(
    bytes.fromhex(text)
    for text in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 key pair. ``seed`` is its 32 secret bytes, ``public`` the 32 to show around."""

    seed: bytes = field(repr=False)
    public: bytes
    _private: Ed25519PrivateKey = field(repr=False, compare=False)

    @classmethod
    def from_seed(cls, seed: bytes) -> "SigningKey":
        """Make the key that 32 secret bytes stand for."""
        private = Ed25519PrivateKey.from_private_bytes(seed)
        return cls(seed, private.public_key().public_bytes_raw(), private)

    @classmethod
    def generate(cls, random: Callable[[int], bytes]) -> "SigningKey":
        """Make a new key from fresh random bytes."""
        return cls.from_seed(random(SEED_BYTES))

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature. ``message`` should come from ``labelled``."""
        return self._private.sign(message)


def usable_key(public: bytes) -> bool:
    """Tell whether these are the bytes of a public key that signatures can be trusted under."""
    if len(public) != PUBLIC_BYTES:
        return False
    return public[:-1] + bytes([public[-1] & _SIGN_BIT_OFF]) not in _WEAK_KEYS


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether the owner of ``public`` signed ``message``. Never raises on hostile bytes."""
    if not usable_key(public) or len(signature) != SIGNATURE_BYTES:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
