"""The attack on AES-GCM that makes a commitment necessary: one ciphertext, two keys."""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 16


def one_ciphertext_for_two_keys(
    first: tuple[bytes, bytes], second: tuple[bytes, bytes], context: bytes, blocks: int = 2
) -> bytes:
    """Return a ciphertext and tag that AES-GCM opens under both (key, 12-byte nonce) pairs.

    The tag is a polynomial of the ciphertext's blocks, plus a mask. With one block free, both
    polynomials can be made to end in the same tag.
    """
    filler = bytes((blocks - 1) * BLOCK)
    padded = context + bytes(-len(context) % BLOCK) + filler
    fixed = [element(padded[at : at + BLOCK]) for at in range(0, len(padded), BLOCK)]
    lengths = (len(context) * 8).to_bytes(8) + (blocks * BLOCK * 8).to_bytes(8)
    sums, weights = [], []
    for key, nonce in (first, second):
        h = element(aes(key, b"\0" * BLOCK))
        mask = element(aes(key, nonce + b"\0\0\0\1"))
        sums.append(ghash(h, [*fixed, 0, element(lengths)]) ^ mask)
        weights.append(times(h, h))
    free = times(sums[0] ^ sums[1], inverse(weights[0] ^ weights[1]))
    tag = sums[0] ^ times(free, weights[0])
    return filler + raw(free) + raw(tag)


def aes(key: bytes, block: bytes) -> bytes:
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(block)  # noqa: S305 - one block


def element(block: bytes) -> int:
    return int.from_bytes(block)


def raw(value: int) -> bytes:
    return value.to_bytes(BLOCK)


def ghash(h: int, blocks: list[int]) -> int:
    total = 0
    for block in blocks:
        total = times(total ^ block, h)
    return total


def times(a: int, b: int) -> int:
    """Multiply in GF(2^128), in the bit order of GCM."""
    product = 0
    for bit in range(127, -1, -1):
        if a >> bit & 1:
            product ^= b
        b = b >> 1 ^ (0xE1 << 120 if b & 1 else 0)
    return product


def inverse(a: int) -> int:
    """Raise to 2^128 - 2."""
    result, power = 1 << 127, a
    for _ in range(127):
        power = times(power, power)
        result = times(result, power)
    return result
