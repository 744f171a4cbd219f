"""What can be done to bytes by somebody who cannot read them."""

from random import Random


def flip(raw: bytes, luck: Random, start: int = 0, end: int | None = None) -> bytes:
    """Flip one bit, or a few."""
    changed = bytearray(raw)
    for _ in range(luck.choice((1, 1, 1, 2, 8))):
        changed[luck.randrange(start, len(raw) if end is None else end)] ^= 1 << luck.randrange(8)
    return bytes(changed)


def cut(raw: bytes, luck: Random) -> bytes:
    """Cut off the end, the start or a piece of the middle, or hang something on."""
    at = luck.randrange(len(raw))
    length = luck.choice((1, 16, 32, 64, 256))
    match luck.randrange(5):
        case 0:
            return raw[:at]
        case 1:
            return raw[: -min(length, len(raw))]
        case 2:
            return raw[1 + at :]
        case 3:
            return raw[:at] + raw[at + length :]
        case _:
            return raw + luck.choice((bytes(length), luck.randbytes(length)))


def replaced(raw: bytes, start: int, part: bytes) -> bytes:
    """Put a part in the place of what stands there."""
    return raw[:start] + part + raw[start + len(part) :]


def ruined(raw: bytes, other: bytes, luck: Random) -> bytes:
    """Do one of all that: flip, cut, make up, or mix with another object."""
    match luck.randrange(4):
        case 0:
            return flip(raw, luck)
        case 1:
            return cut(raw, luck)
        case 2:
            at = luck.randrange(len(raw))
            return replaced(raw, at, luck.randbytes(min(32, len(raw) - at)))
        case _:
            at = luck.randrange(min(len(raw), len(other)))
            return luck.choice((raw[:at] + other[at:], other[:at] + raw[at:], other))
