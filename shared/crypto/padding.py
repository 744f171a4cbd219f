"""Padmé: lengths are rounded up so that they tell little; at most 12 % is added, 2 % on average.

(Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs".)
"""

from shared.envelope.entries import MIN_PADDED_BYTES

_LENGTH_BYTES = 4


class BadPaddingError(ValueError):
    """What was opened is not padded as it must be."""


def padded_length(length: int) -> int:
    """Return the length that ``length`` bytes are padded to: 256, or a number with few ones."""
    if length <= MIN_PADDED_BYTES:
        return MIN_PADDED_BYTES
    exponent = length.bit_length() - 1
    low_bits = exponent - exponent.bit_length()
    mask = (1 << low_bits) - 1
    return (length + mask) & ~mask


def pad(body: bytes) -> bytes:
    """Return ``length 4 | body | zeros``."""
    framed = len(body).to_bytes(_LENGTH_BYTES) + body
    return framed.ljust(padded_length(len(framed)), b"\0")


def unpad(padded: bytes) -> bytes:
    """Return the body, or raise BadPaddingError if length or zeros are not exactly right."""
    end = _LENGTH_BYTES + int.from_bytes(padded[:_LENGTH_BYTES])
    if len(padded) != padded_length(end) or any(padded[end:]):
        raise BadPaddingError
    return padded[_LENGTH_BYTES:end]
