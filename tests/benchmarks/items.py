"""Seeded items: fourteen texts each, as a collector types them, and the operations they become.

An item is a model and a copy; every fourth has a variant between them (in the reference
catalogue 223 of 990 pieces are variants). Notes draw evenly from about a hundred words of the
field.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from shared.domain.money import Money
from shared.domain.operations import Operation, PutMany
from shared.domain.schema import Kind, Value
from shared.ids import RECORD_BYTES, RecordId
from tests.benchmarks.words import ADJECTIVES, ANIMALS, GRADES, NOUNS, PLACES, WORDS

RARE, RARE_HITS = "heirloom", 10
COMMON, COMMON_HITS = "attic", 1000
VARIANT_EVERY = 4
LAST_WORD = "omega"
"""Stands in the notes of the last item only: a search that finds it has found everything."""


class Item(NamedTuple):
    """One piece as text: the fourteen fields whose UTF-8 bytes are the item's size."""

    name: str
    style_number: str
    animal: str
    birthday: str
    introduced: str
    retired: str
    swing_tag: str
    tush_tag: str
    condition: str
    paid: str
    value: str
    acquired: str
    location: str
    notes: str

    @property
    def size(self) -> int:
        """Bytes of the fourteen texts."""
        return sum(len(text.encode()) for text in self)


def items(count: int, seed: int) -> Iterator[Item]:
    """Make items, the same ones for the same arguments."""
    draw = random.Random(seed)  # noqa: S311 - repeatable on purpose
    for index in range(count):
        birthday = _day(draw, 1993, 1999)
        yield Item(
            name=f"{draw.choice(ADJECTIVES)} {draw.choice(NOUNS)}",
            style_number=str(draw.randrange(4000, 4999)),
            animal=draw.choice(ANIMALS),
            birthday=birthday.isoformat(),
            introduced=(birthday + timedelta(days=draw.randrange(30, 400))).isoformat(),
            retired=(birthday + timedelta(days=draw.randrange(500, 1500))).isoformat(),
            swing_tag=f"{draw.randrange(1, 14)}th generation",
            tush_tag=f"{draw.randrange(1, 11)}th generation",
            condition=draw.choice(tuple(GRADES)),
            paid=f"${draw.randrange(100, 4000) / 100:.2f}",
            value=f"${draw.randrange(200, 9000) / 100:.2f}",
            acquired=_day(draw, 2005, 2025).isoformat(),
            location=draw.choice(PLACES),
            notes=_notes(draw, index, count),
        )


def _day(draw: random.Random, first_year: int, last_year: int) -> date:
    start = date(first_year, 1, 1)
    return start + timedelta(days=draw.randrange((date(last_year, 12, 31) - start).days))


def _notes(draw: random.Random, index: int, count: int) -> str:
    words = draw.choices(WORDS, k=draw.randrange(12, 31))
    for place, (word, hits) in enumerate(((RARE, RARE_HITS), (COMMON, COMMON_HITS))):
        step = max(count // hits, 1)
        if index % step == 0 and index // step < hits:
            words[place] = word
    if index == count - 1:
        words[-1] = LAST_WORD
    return " ".join(words)


@dataclass(frozen=True, slots=True)
class Batch:
    """Operations for one call of ``write``, and the copies that they make."""

    operations: tuple[Operation, ...]
    copies: Sequence[RecordId]


def batch(made: Sequence[Item], first: int) -> Batch:
    """Turn items into operations by column, typed; ids count on from ``first``.

    It takes ``3 * len(made) + len(PLACES)`` ids at most.
    """
    places = {name: _id(first + number) for number, name in enumerate(PLACES)}
    first += len(PLACES)
    models = [_id(first + number) for number in range(len(made))]
    copies = [_id(first + len(made) + number) for number in range(len(made))]
    varied = range(0, len(made), VARIANT_EVERY)
    variants = [_id(first + 2 * len(made) + number) for number in range(len(varied))]
    variant_of: list[Value] = [None] * len(made)
    for place, variant in zip(varied, variants, strict=True):
        variant_of[place] = variant
    operations = (
        PutMany(Kind.LOCATION, list(places.values()), ("name",), (list(places),)),
        _models(made, models),
        PutMany(
            Kind.VARIANT,
            variants,
            ("model", "label"),
            ([models[place] for place in varied], [made[place].animal for place in varied]),
        ),
        _copies(made, copies, {"model": models, "variant": variant_of}, places),
    )
    return Batch(operations, copies)


def _models(made: Sequence[Item], models: Sequence[RecordId]) -> PutMany:
    columns: dict[str, Sequence[Value]] = {
        "name": [item.name for item in made],
        "style_number": [item.style_number for item in made],
        "animal": [item.animal for item in made],
        "birthday": [_packed(item.birthday) for item in made],
        "introduced": [_packed(item.introduced) for item in made],
        "retired": [_packed(item.retired) for item in made],
    }
    return PutMany(Kind.MODEL, models, tuple(columns), tuple(columns.values()))


def _copies(
    made: Sequence[Item],
    copies: Sequence[RecordId],
    links: dict[str, Sequence[Value]],
    places: dict[str, RecordId],
) -> PutMany:
    columns: dict[str, Sequence[Value]] = links | {
        "swing_tag": [item.swing_tag.partition("th")[0] for item in made],
        "tush_tag": [item.tush_tag.partition("th")[0] for item in made],
        "condition": [GRADES[item.condition] for item in made],
        "paid": [_money(item.paid) for item in made],
        "value": [_money(item.value) for item in made],
        "acquired": [_packed(item.acquired) for item in made],
        "location": [places[item.location] for item in made],
        "notes": [item.notes for item in made],
    }
    return PutMany(Kind.COPY, copies, tuple(columns), tuple(columns.values()))


def _id(number: int) -> RecordId:
    return RecordId(number.to_bytes(RECORD_BYTES, "big"))


def _packed(day: str) -> int:
    return int(day.replace("-", ""))


def _money(text: str) -> int:
    return Money(int(text.lstrip("$").replace(".", "")), "USD").pack()
