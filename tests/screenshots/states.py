"""The states of a collection that are worth a look: empty, few, many, hostile letters."""

from collections.abc import Callable, Mapping

from desktop.collection.collection import Collection
from desktop.collection.reference.catalogue import Reference
from desktop.collection.reference.pack import Piece
from desktop.collection.sample import sample_drafts
from desktop.collection.values import Draft, Query
from desktop.drawing.portraits import portrait
from shared.domain.money import Money

FEW, MANY, PICTURED = 5, 2_000, 24
FAVOURITES = ("peanut", "patti", "garcia", "princess", "lucky")
LONG = (
    "A name that somebody once pasted from a web page with everything around it, " * 4,
    "\U0001f9f8\U0001f496 Bear of many \U0001f308 pictures",
    "\u0627\u0644\u062f\u0628 \u0627\u0644\u0623\u0632\u0631\u0642 Blue",
    "<b>bold</b> & ../../etc",
    "Donaudampfschifffahrtsgesellschaftskapit\u00e4nsb\u00e4r",
)


def leave_empty(_collection: Collection, _reference: Reference) -> None:
    """Add nothing."""


def add_sample(collection: Collection, reference: Reference) -> None:
    """Add the sample that the first run offers; one of its pictures is on the first page."""
    drafts = sample_drafts(reference, "USD")
    copies = collection.copies.add_many("Add", drafts)
    for row in collection.rows(copies):
        collection.photos.add(row.copy, portrait(row.name, row.animal, row.variant, 1))


def add_few(collection: Collection, reference: Reference) -> None:
    """Add five well-known pieces, each with its photo."""
    pieces = [reference.search(name, 1)[0] for name in FAVOURITES[:FEW]]
    copies = collection.copies.add_many("Add", [_draft(n, piece) for n, piece in enumerate(pieces)])
    for copy, piece in zip(copies, pieces, strict=True):
        collection.photos.add(copy, portrait(piece.name, piece.animal, piece.variant, 1))


def add_many(collection: Collection, reference: Reference) -> None:
    """Add 2,000 copies; those that are listed first have photos."""
    pieces = [reference.pieces[n % len(reference.pieces)] for n in range(MANY)]
    collection.copies.add_many("Add", [_draft(n, piece) for n, piece in enumerate(pieces)])
    listed = collection.find(Query()).ids[:PICTURED]
    for row in collection.rows(listed):
        collection.photos.add(row.copy, portrait(row.name, row.animal, row.variant, 1))


def add_long(collection: Collection, _reference: Reference) -> None:
    """Add names that are long, right to left, full of pictures or look like markup."""
    for name in LONG:
        collection.copies.add(
            Draft({"notes": name}, {"name": name}, {"label": name}, location=name)
        )


def _draft(number: int, piece: Piece) -> Draft:
    fields = {
        "swing_tag": piece.swing_tags[-1] if piece.swing_tags else None,
        "condition": ("MWMT", "MINT", "NM", "EX")[number % 4],
        "paid": Money(500 + number * 37 % 4_000, "USD").pack(),
        "value": Money(800 + number * 91 % 9_000, "USD").pack(),
    }
    return Draft(
        fields,
        {"name": piece.name, "animal": piece.animal, "style_number": piece.style_number},
        {"label": piece.variant},
        piece=piece.key,
        location=("Cabinet", "Attic", "Box 3")[number % 3],
    )


STATES: Mapping[str, Callable[[Collection, Reference], None]] = {
    "empty": leave_empty,
    "5": add_few,
    "sample": add_sample,
    "2000": add_many,
    "long": add_long,
}
