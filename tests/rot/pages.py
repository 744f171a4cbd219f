"""The pages of an encrypted file: which tree each belongs to, and one put in another's place.

Written from SQLite's and SQLCipher's file formats: 4,096 bytes, of which the last 80 are an
initialisation vector and a code of authentication.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PAGE, USABLE, SALT, VECTOR = 4096, 4016, 16, 16
FIRST_HEADER = 100
_INTERIOR_INDEX, _INTERIOR_TABLE, _LEAF_INDEX, _LEAF_TABLE = 2, 5, 10, 13
_MOST = {_LEAF_TABLE: USABLE - 35}
_MOST_OF_INDEX = (USABLE - 12) * 64 // 255 - 23
_LEAST = (USABLE - 12) * 32 // 255 - 23


class Cell(NamedTuple):
    """``child``: the page to the left; ``overflow``: the first page of what did not fit."""

    child: int
    overflow: int


def count(content: bytes) -> int:
    """Return how many pages a file has."""
    return len(content) // PAGE


def page(content: bytes, number: int) -> bytes:
    """Return a page as it lies on the disk; the first is number 1."""
    return content[(number - 1) * PAGE : number * PAGE]


def splice(content: bytes, number: int, other: bytes) -> bytes:
    """Put a page in the place of another."""
    return content[: (number - 1) * PAGE] + other + content[number * PAGE :]


def trees(content: bytes, key: bytes, roots: Mapping[str, int]) -> dict[int, str]:
    """Return the tree of each page that belongs to one, by the page's number."""
    found: dict[int, str] = {}
    for name, root in roots.items():
        found |= dict.fromkeys(_tree(content, key, root), name)
    return found


def _tree(content: bytes, key: bytes, root: int) -> Iterator[int]:
    yield root
    plain = _plain(content, key, root)
    at = FIRST_HEADER if root == 1 else 0
    kind = plain[at]
    interior = kind in {_INTERIOR_INDEX, _INTERIOR_TABLE}
    start = at + (12 if interior else 8)
    for place in range(start, start + 2 * _number(plain, at + 3, 2), 2):
        cell = _cell(plain, kind, _number(plain, place, 2))
        overflow = cell.overflow
        while overflow:
            yield overflow
            overflow = _number(_plain(content, key, overflow), 0, 4)
        if cell.child:
            yield from _tree(content, key, cell.child)
    if interior:
        yield from _tree(content, key, _number(plain, at + 8, 4))


def _cell(plain: bytes, kind: int, at: int) -> Cell:
    child = 0
    if kind in {_INTERIOR_INDEX, _INTERIOR_TABLE}:
        child, at = _number(plain, at, 4), at + 4
    if kind == _INTERIOR_TABLE:
        return Cell(child, 0)
    size, at = _varint(plain, at)
    if kind == _LEAF_TABLE:
        _, at = _varint(plain, at)
    most = _MOST.get(kind, _MOST_OF_INDEX)
    if size <= most:
        return Cell(child, 0)
    here = _LEAST + (size - _LEAST) % (USABLE - 4)
    return Cell(child, _number(plain, at + (here if here <= most else _LEAST), 4))


def _plain(content: bytes, key: bytes, number: int) -> bytes:
    raw = page(content, number)
    start = SALT if number == 1 else 0
    vector = raw[USABLE : USABLE + VECTOR]
    opener = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    return bytes(start) + opener.update(raw[start:USABLE]) + opener.finalize()


def _number(plain: bytes, at: int, length: int) -> int:
    return int.from_bytes(plain[at : at + length])


def _varint(plain: bytes, at: int) -> tuple[int, int]:
    total = 0
    for place in range(at, at + 8):
        total = total << 7 | plain[place] & 0x7F
        if plain[place] < 0x80:
            return total, place + 1
    return total << 8 | plain[at + 8], at + 9
