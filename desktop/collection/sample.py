"""A dozen pieces to look around with. Every word and price here is made up."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from desktop.collection.autofill import propose
from desktop.collection.reference.catalogue import Reference
from desktop.collection.values import Draft
from shared.domain.money import Money
from shared.domain.schema import Value
from shared.domain.vocabularies import FOR_TRADE, LOANED, ORDERED, OWNED, WANTED

_MINOR = 100


@dataclass(frozen=True, slots=True)
class Example:
    """One copy: a reference piece and what a collector might say about theirs.

    ``paid`` and ``value`` are in hundreds of the currency's smallest unit, ``acquired`` is a
    packed date.
    """

    piece: str
    status: str = OWNED
    swing_tag: str = ""
    tush_tag: str = ""
    condition: str = ""
    paid: int = 0
    value: int = 0
    acquired: int = 0
    acquired_from: str = ""
    location: str = ""
    notes: str = ""
    tags: tuple[str, ...] = ()


EXAMPLES = (
    Example(
        "4062-peanut-royal-blue",
        tush_tag="1",
        condition="MWNMT",
        paid=640,
        value=900,
        acquired=20040612,
        acquired_from="Estate sale, lot 31",
        location="Cabinet / Top shelf",
        notes="The darker blue, not the sky one. The one I would save first.",
        tags=("Favourites",),
    ),
    Example(
        "4060-humphrey",
        swing_tag="3",
        tush_tag="1",
        condition="MWCT",
        paid=310,
        value=380,
        acquired=20110900,
        acquired_from="Collectors' fair",
        location="Cabinet / Top shelf",
        notes="Stands on his own if nobody sneezes.",
    ),
    Example(
        "4300-princess-pvc-pellets",
        tush_tag="6",
        condition="MWMT",
        paid=10,
        value=18,
        acquired=19971200,
        acquired_from="Grandma",
        location="Cabinet / Bears",
        notes="Christmas morning. Not worth a fortune, whatever they say, and not for sale.",
        tags=("Favourites", "Gifts"),
    ),
    Example(
        "4051-garcia",
        swing_tag="3",
        tush_tag="2",
        condition="NMWMT",
        paid=85,
        value=110,
        acquired=20190400,
        acquired_from="Swap with Jo",
        location="Cabinet / Bears",
        notes="Look at that dye: no two alike.",
    ),
    Example(
        "4000-spot-without-spot",
        status=WANTED,
        notes="Only with the tag in one piece. I can wait.",
        tags=("Original Nine",),
    ),
    Example(
        "4010-brownie-first-name-of-cubbie",
        status=WANTED,
        notes="To stand beside my Cubbie.",
        tags=("Original Nine",),
    ),
    Example(
        "4026-pinchers",
        swing_tag="4",
        tush_tag="4",
        condition="MWMT",
        paid=6,
        value=8,
        acquired=19970712,
        acquired_from="Toy shop at the corner",
        location="Box 3",
        notes="Bought with pocket money.",
        tags=("Original Nine",),
    ),
    Example(
        "4022-splash",
        swing_tag="4",
        tush_tag="3",
        condition="MWBT",
        paid=5,
        value=7,
        acquired=19970000,
        location="Box 3",
        tags=("Original Nine",),
    ),
    Example(
        "4067-bongo-tan-tail",
        status=FOR_TRADE,
        swing_tag="4",
        tush_tag="5",
        condition="MWMT",
        paid=6,
        value=8,
        acquired=20160300,
        acquired_from="Flea market",
        location="Swap box",
        notes="My second one. Looking for the brown tail.",
    ),
    Example(
        "4083-claude",
        status=FOR_TRADE,
        swing_tag="5",
        tush_tag="6",
        condition="MWCT",
        paid=4,
        value=6,
        acquired=20160300,
        acquired_from="Flea market",
        location="Swap box",
    ),
    Example(
        "4233-valentina",
        status=ORDERED,
        tush_tag="7",
        paid=9,
        acquired_from="Online auction",
        notes="Posted on Monday.",
    ),
    Example(
        "4186-erin",
        status=LOANED,
        tush_tag="6",
        condition="MWMT",
        paid=7,
        value=9,
        acquired=19980317,
        notes="At the library's green window until the end of the month.",
        tags=("Gifts",),
    ),
)


def sample_drafts(reference: Reference, currency: str) -> Iterator[Draft]:
    """Yield the examples as drafts, with amounts in a currency."""
    for example in EXAMPLES:
        piece = reference.piece(example.piece)
        if piece is not None:
            typed = Draft(
                copy=_copy(example, currency), location=example.location, tags=example.tags
            )
            yield propose(piece, reference.variants(piece), typed, {}, {}).draft


def _copy(example: Example, currency: str) -> Mapping[str, Value]:
    fields: dict[str, Value] = {
        "status": example.status,
        "swing_tag": example.swing_tag,
        "tush_tag": example.tush_tag,
        "condition": example.condition,
        "paid": example.paid and Money(example.paid * _MINOR, currency).pack(),
        "value": example.value and Money(example.value * _MINOR, currency).pack(),
        "acquired": example.acquired,
        "acquired_from": example.acquired_from,
        "notes": example.notes,
    }
    return {name: value for name, value in fields.items() if value}
