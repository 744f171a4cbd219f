"""Known answers for records that were deleted and restored apart; and random ones, to compare."""

import random as seeded
from functools import reduce
from typing import Any, NamedTuple

from shared.domain.merge import Tombstone, deletion, joined, lies_dead, restoration
from shared.domain.stamps import Origin, Stamp
from shared.ids import DeviceId, Incarnation

Vector = dict[str, Any]
_STREAMS = [Origin(DeviceId(bytes([n]) * 16), Incarnation(bytes([n]) * 8)) for n in (1, 2, 3)]


class Case(NamedTuple):
    """Words on a record's place (of a restore without a cover), and the stamps of its values."""

    words: list[tuple[Stamp, tuple[Stamp, ...] | None]]
    values: list[Stamp]

    @property
    def tombstone(self) -> Tombstone:
        said = [
            restoration(stamp) if cover is None else deletion(stamp, cover)
            for stamp, cover in self.words
        ]
        whole: Tombstone = reduce(joined, said)
        return whole

    def vector(self) -> Vector:
        tombstone = self.tombstone
        in_trash = lies_dead(tombstone, self.values)
        return {
            "words": [[_hex(stamp), _hexes(cover)] for stamp, cover in self.words],
            "values": _hexes(self.values),
            "last": _hex(tombstone.last),
            "seen": _hexes(tombstone.seen),
            "returns": _hexes(tombstone.returns),
            "in_trash": in_trash,
            "flagged": tombstone.ends_deleted and not in_trash,
        }


def cases() -> list[Case]:
    """One for each way in which deletes, restores and edits can miss each other."""
    (a1, a5, a9), (b2, b6, b10), (c3, c7, c11) = (
        [Stamp(reading, origin) for reading in readings]
        for origin, readings in zip(_STREAMS, ((1, 5, 9), (2, 6, 10), (3, 7, 11)), strict=True)
    )
    return [
        Case([(a5, (a1, b2))], [a1, b2]),
        Case([(a5, (a1,))], [a1, b2]),
        Case([(a5, (a1, c3)), (b6, (a1,))], [a1, c3]),
        Case([(a5, (a1,)), (b6, (a1,))], [a1, c3]),
        Case([(a5, (a1,)), (b6, None)], [a1]),
        Case([(a5, (a1,)), (b6, None), (c7, (a1, b6))], [a1]),
        Case([(a5, (a1,)), (b6, (a1,)), (c7, None)], [a1]),
        Case([(a5, (a1,)), (c7, None), (b10, (a1,))], [a1]),
        Case([(a5, (a1,)), (b6, None), (c7, None), (a9, (a1, b6))], [a1]),
        Case([(a5, (a1,)), (b6, None), (c7, None), (a9, (a1, b6)), (c11, (a1, c7))], [a1]),
        Case([(b2, ()), (c3, ())], []),
        Case([(b2, (a9,))], [a1]),
        Case([(a9, None)], [a1]),
    ]


def random_case(luck: seeded.Random) -> Case:
    """Draw one; whether a program could have written it does not matter."""
    drawn = [Stamp(reading, luck.choice(_STREAMS)) for reading in luck.sample(range(1, 13), 9)]
    words = []
    for stamp in drawn[: luck.randrange(1, 6)]:
        cover = luck.sample(drawn, luck.randrange(5))
        words.append((stamp, None if luck.random() < 0.4 else tuple(cover)))
    return Case(words, luck.sample(drawn, luck.randrange(3)))


def _hex(stamp: Stamp) -> list[int | str]:
    return [stamp.reading, *(part.hex() for part in stamp.origin)]


def _hexes(stamps: Any) -> list[list[int | str]] | None:
    return None if stamps is None else [_hex(stamp) for stamp in stamps]
