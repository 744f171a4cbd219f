"""Derived keys, and the one way in which bytes are sealed.

For each sealed thing a fresh 24-byte salt, with the purpose and the context, gives an own key,
nonce and commitment. So no nonce is ever used twice, what was sealed for one place opens
nowhere else, and, because AES-GCM alone would open some bytes under two keys, the commitment
is compared before anything is decrypted.
"""

import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.envelope.entries import COMMITMENT_BYTES, SALT_BYTES, TAG_BYTES
from shared.signing import labelled

KEY_BYTES = 32
_NONCE_BYTES = 12
_COMMITMENT = SALT_BYTES
_CIPHERTEXT = SALT_BYTES + COMMITMENT_BYTES
OVERHEAD_BYTES = _CIPHERTEXT + TAG_BYTES


class NotOpenedError(ValueError):
    """What came was not sealed for this place with this key, or was changed since."""


def derive(
    key: bytes, purpose: str, *context: bytes, salt: bytes = b"", length: int = KEY_BYTES
) -> bytes:
    """Return ``length`` bytes for ``swingtag/1/<purpose>`` and this context, by HKDF-SHA-256."""
    return HKDF(SHA256(), length, salt, labelled(purpose, *context)).derive(key)


def seal(key: bytes, purpose: str, context: bytes, plain: bytes, salt: bytes) -> bytes:
    """Return ``salt 24 | commitment 32 | ciphertext``. ``salt`` must be fresh random bytes."""
    aead, nonce, commitment = _one_time(key, purpose, context, salt)
    return salt + commitment + aead.encrypt(nonce, plain, context)


def open_sealed(key: bytes, purpose: str, context: bytes, sealed: bytes) -> bytes:
    """Return what ``seal`` closed, or raise NotOpenedError."""
    aead, nonce, commitment = _one_time(key, purpose, context, sealed[:_COMMITMENT])
    if not hmac.compare_digest(commitment, sealed[_COMMITMENT:_CIPHERTEXT]):
        raise NotOpenedError
    try:
        return aead.decrypt(nonce, sealed[_CIPHERTEXT:], context)
    except InvalidTag as error:
        raise NotOpenedError from error


def _one_time(key: bytes, purpose: str, context: bytes, salt: bytes) -> tuple[AESGCM, bytes, bytes]:
    length = KEY_BYTES + _NONCE_BYTES + COMMITMENT_BYTES
    made = derive(key, purpose, context, salt=salt, length=length)
    nonce, commitment = made[KEY_BYTES:-COMMITMENT_BYTES], made[-COMMITMENT_BYTES:]
    return AESGCM(made[:KEY_BYTES]), nonce, commitment
