"""The primitives against published vectors, through the very objects that we use.

The files are those of ``cryptography_vectors``: NIST (AES-GCM), RFC 5869, 7748, 8032, 9106 and the
HPKE drafts. Invalid ones must be refused, every single one.
"""

import json
import re
from collections.abc import Iterator
from hashlib import sha256, shake_256
from pathlib import Path

import cryptography_vectors
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from shared.crypto import sealing, unlock
from shared.crypto.boxes import BoxKey
from shared.signing.keys import SigningKey, verify

FILES = Path(cryptography_vectors.__file__).parent
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
X_WING = 0x647A
LOW_ORDER = (
    "00" * 32,
    "01" + "00" * 31,
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ec" + "ff" * 30 + "7f",
    "ed" + "ff" * 30 + "7f",
    "ee" + "ff" * 30 + "7f",
)


def blocks(path: str) -> Iterator[dict[str, str]]:
    """Read ``name = value`` lines in blocks; a lone word such as FAIL is its own value."""
    for block in re.split(r"\n\s*\n", (FILES / path).read_text().replace("\r", "")):
        pairs = (line.partition("=") for line in block.splitlines() if not line.startswith("#"))
        fields = {name.strip(" []"): value.strip(" ]") for name, _, value in pairs if name.strip()}
        if fields:
            yield fields


def test_aes_gcm_opens_what_is_valid_and_refuses_all_that_is_not():
    valid = invalid = 0
    sizes: dict[str, str] = {}
    for block in blocks("ciphers/AES/GCM/gcmDecrypt256.rsp"):
        if "Count" not in block:
            sizes = block
            continue
        if (sizes["IVlen"], sizes["Taglen"]) != ("96", "128"):
            continue
        key, nonce, text, context, tag = (
            bytes.fromhex(block[name]) for name in ("Key", "IV", "CT", "AAD", "Tag")
        )
        aead = sealing.AESGCM(key)
        if "FAIL" in block:
            with pytest.raises(InvalidTag):
                aead.decrypt(nonce, text + tag, context)
            invalid += 1
        else:
            assert aead.decrypt(nonce, text + tag, context) == bytes.fromhex(block["PT"])
            valid += 1
    assert (valid > 100, invalid > 100) == (True, True), (valid, invalid)


def test_ed25519_signs_as_published_and_refuses_every_change():
    lines = (FILES / "asymmetric/Ed25519/sign.input").read_text().split()
    assert len(lines) == 1024
    for number, line in enumerate(lines):
        seed_public, public_text, message_text, signed = line.split(":")[:4]
        message, public = bytes.fromhex(message_text), bytes.fromhex(public_text)
        signature = bytes.fromhex(signed)[:64]
        key = SigningKey.from_seed(bytes.fromhex(seed_public)[:32])
        assert key.public == public
        assert key.sign(message) == signature
        assert verify(public, signature, message)
        for forged in _forgeries(signature, number):
            assert not verify(public, forged, message)
        assert not verify(public, signature, message + b"\0")
        other = bytearray(public)
        other[number % 32] ^= 1 << number % 8
        assert not verify(bytes(other), signature, message)


def _forgeries(signature: bytes, number: int) -> Iterator[bytes]:
    """Yield a flipped bit, the same signature with a larger S, zeros, and wrong lengths."""
    flipped = bytearray(signature)
    flipped[number % 64] ^= 1 << number % 8
    yield bytes(flipped)
    larger = int.from_bytes(signature[32:], "little") + GROUP_ORDER
    if larger < 2**256:
        yield signature[:32] + larger.to_bytes(32, "little")
    yield bytes(64)
    yield signature[:63]
    yield signature + b"\0"


def test_x25519_agrees_and_refuses_points_of_small_order():
    agreed = 0
    for block in blocks("asymmetric/X25519/rfc7748.txt"):
        if "INPUT_SCALAR" not in block:
            continue
        private = X25519PrivateKey.from_private_bytes(bytes.fromhex(block["INPUT_SCALAR"]))
        public = X25519PublicKey.from_public_bytes(bytes.fromhex(block["INPUT_U"]))
        assert private.exchange(public).hex() == block["OUTPUT_U"]
        agreed += 1
    assert agreed >= 2
    private = X25519PrivateKey.from_private_bytes(sha256(b"any").digest())
    for point in LOW_ORDER:
        with pytest.raises(ValueError, match="shared key"):
            private.exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(point)))


def test_hkdf_gives_the_published_bytes():
    seen, block = 0, {}
    for part in blocks("KDF/rfc-5869-HKDF-SHA256.txt"):  # a case lies in several blocks
        block |= part
        if "OKM" not in part:
            continue
        salt, info, secret = (
            bytes.fromhex(block.get(name, "")) for name in ("salt", "info", "IKM")
        )
        made = sealing.HKDF(sealing.SHA256(), int(block["L"]), salt, info).derive(secret)
        assert made.hex() == block["OKM"]
        seen, block = seen + 1, {}
    assert seen == 3


def test_argon2id_gives_the_published_bytes():
    seen = 0
    for block in blocks("KDF/argon2id.txt"):
        if "lanes" not in block:
            continue
        secret, more, salt, password = (
            bytes.fromhex(block.get(name, "")) for name in ("secret", "ad", "salt", "pass")
        )
        kdf = unlock.Argon2id(
            salt=salt,
            length=int(block["length"]),
            iterations=int(block["iter"]),
            lanes=int(block["lanes"]),
            memory_cost=int(block["memcost"]),
            ad=more or None,
            secret=secret or None,
        )
        assert kdf.derive(password).hex() == block["output"].lower()
        seen += 1
    assert seen >= 5


def test_the_key_of_our_boxes_is_x_wings():
    """The published boxes carry associated data, which the one-shot interface cannot take."""
    published = json.loads((FILES / "HPKE/hpke-pq-test-vectors.json").read_text())
    ours = [each for each in published if each["kem_id"] == X_WING]
    assert ours
    for each in ours:
        key = BoxKey.from_seed(shake_256(bytes.fromhex(each["skRm"])).digest(96))
        assert key.public.hex() == each["pkRm"]
