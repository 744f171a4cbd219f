"""Ids for new records: by time and chance, or by what a record stands for.

Two devices that make the same thing offline (a piece from the catalogue, a place called Attic)
mean one record, so its id is a hash of what it is.
"""

import hashlib
from collections.abc import Callable, Sequence

from shared.domain.schema import Kind
from shared.ids import RECORD_BYTES, RecordId

_VERSION_AT, _VARIANT_AT = 76, 62
_CHANCE_BITS = 62
_TWELVE_BITS = (1 << 12) - 1
_RUN_BITS = 61
"""A run starts with this many random bits and a zero before them, so that it never overflows."""


class Mint:
    """Makes UUIDs of version 7 (RFC 9562), each later than the one before.

    ``now_millis`` is milliseconds since 1970; ``random`` returns that many random bytes.
    """

    def __init__(self, now_millis: Callable[[], int], random: Callable[[int], bytes]) -> None:
        self._now_millis = now_millis
        self._random = random
        self._last = 0

    def fresh(self) -> RecordId:
        """Return one new id."""
        return self.run(1)[0]

    def run(self, count: int) -> Sequence[RecordId]:
        """Return ids that count on by one: a bulk edit sends only the first."""
        first = max(self._seed(), self._last + 1)
        self._last = first + count - 1
        return [RecordId(number.to_bytes(RECORD_BYTES)) for number in range(first, first + count)]

    def _seed(self) -> int:
        chance = int.from_bytes(self._random(10))
        millis = self._now_millis() & ((1 << 48) - 1)
        return (
            millis << 80
            | 7 << _VERSION_AT
            | (chance >> _CHANCE_BITS & _TWELVE_BITS) << 64
            | 0b10 << _VARIANT_AT
            | chance & ((1 << _RUN_BITS) - 1)
        )


def named(kind: Kind, *names: str) -> RecordId:
    """Return the id of the record that stands for these names: a UUID of version 8."""
    parts = [b"swingtag/1/record", kind.value.encode(), *(name.encode() for name in names)]
    hashed = hashlib.sha256(b"".join(len(part).to_bytes(4) + part for part in parts)).digest()
    number = int.from_bytes(hashed[:RECORD_BYTES])
    number = number & ~(0xF << _VERSION_AT) | 8 << _VERSION_AT
    number = number & ~(0b11 << _VARIANT_AT) | 0b10 << _VARIANT_AT
    return RecordId(number.to_bytes(RECORD_BYTES))
