"""Who plays: two collectors, what they own, and the words that only they may ever read."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from desktop.collection.reference.catalogue import Reference
from desktop.collection.reference.pack import Piece

PIECES = 60
_SHORTEST_NAME = 6
"""Letters; shorter names could stand in random bytes by chance."""


@dataclass(frozen=True)
class Collector:
    """One tenant of the demo. ``slug`` and skin are known to the server, all else is not."""

    slug: str
    skin: str
    scheme: str
    collection: str
    password: str
    devices: tuple[str, str]
    place: str
    remark: str
    from_whom: str
    two_notes: tuple[str, str]
    rescued: str
    last_word: str
    pieces: tuple[Piece, ...]

    @cached_property
    def same(self) -> Piece:
        """The piece whose notes both devices write."""
        return self.pieces[7]

    @cached_property
    def different(self) -> Piece:
        """The piece of which each device writes another field."""
        return self.pieces[21]

    @cached_property
    def doomed(self) -> Piece:
        """The piece that one device deletes while the other one writes about it."""
        return self.pieces[33]

    @property
    def private_texts(self) -> Sequence[str]:
        """Everything that must never stand readable on a disk."""
        names = {piece.name for piece in self.pieces if len(piece.name) >= _SHORTEST_NAME}
        return (
            self.collection,
            self.password,
            *self.devices,
            *self.planted_texts,
            *sorted(names),
        )

    @property
    def planted_texts(self) -> Sequence[str]:
        """What is typed into fields in the course of the demo."""
        words = (self.place, self.remark, self.from_whom, self.rescued, self.last_word)
        return (*words, *self.two_notes)


def cast(reference: Reference) -> tuple[Collector, Collector]:
    """Return artmatt and begin, each with other pieces of the catalogue."""
    pieces = _one_of_each_name(reference)
    artmatt = Collector(
        slug="artmatt",
        skin="artmatt",
        scheme="light",
        collection="Spraycan Stash",
        password="lime pink violet ink",  # noqa: S106 - of a demo
        devices=("Matts Zeichentisch", "Matts Hosentasche"),
        place="Glasvitrine im Atelier",
        remark="Seam reopened behind the left paw",
        from_whom="Swapped at the Kreuzberg flea market",
        two_notes=("Laptop thinks the ink is faded", "Pocket thinks the ink is fresh"),
        rescued="Do not let this one go, it was a gift",
        last_word="Varnished on a rainy Sunday",
        pieces=tuple(pieces[0 : 2 * PIECES : 2]),
    )
    begin = Collector(
        slug="begin",
        skin="begin",
        scheme="dark",
        collection="Plush Kernel",
        password="ten print goto ten",  # noqa: S106 - of a demo
        devices=("kernel-workbench", "kernel-pocket"),
        place="Rack four, upper shelf",
        remark="Tag protector rev B fitted",
        from_whom="Auction lot 8086",
        two_notes=("workbench says nose stitching is loose", "pocket says nose stitching is tight"),
        rescued="checksum of this one matters",
        last_word="rebooted and dusted",
        pieces=tuple(pieces[1 : 2 * PIECES : 2]),
    )
    return artmatt, begin


def _one_of_each_name(reference: Reference) -> list[Piece]:
    """Return pieces whose name, typed alone, finds them first."""
    seen: dict[str, Piece] = {}
    for piece in reference.pieces:
        if piece.name not in seen and len(seen) < 2 * PIECES:
            seen[piece.name] = reference.search(piece.name, 1)[0]
    return list(seen.values())
