"""The collection at other times: looked at, compared in words, brought back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.collection.copies import Write
from desktop.collection.values import CopyRow, Query, Span, Step, Turn
from desktop.vault.comparing import Compared
from desktop.vault.past import Progress, reading_at
from desktop.vault.past_vault import PastVault
from desktop.vault.vault import Vault
from shared.domain.operations import Change
from shared.domain.schema import DELETED, Kind
from shared.ids import RecordId

if TYPE_CHECKING:  # a collection has its times, and a time has its collection
    from desktop.collection.collection import Collection

MOST_LISTED = 200
"""So many pieces of each sort are listed; all are counted."""


@dataclass(frozen=True, slots=True)
class PieceChange:
    """A piece that reads differently. ``photos``: how many came and how many went."""

    row: CopyRow
    turns: tuple[Turn, ...] = ()
    photos: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Difference:
    """What is different at a later time. The lists name some, the counts tell of all.

    ``others``: how many records of other kinds came, went or changed.
    """

    added: tuple[PieceChange, ...]
    changed: tuple[PieceChange, ...]
    removed: tuple[PieceChange, ...]
    counts: tuple[int, int, int]
    others: Mapping[Kind, int]

    @property
    def empty(self) -> bool:
        """Whether both times are the same."""
        return not any(self.counts) and not self.others


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """What was done. ``missing``: photos whose pictures are not on this device."""

    change: Change
    missing: int


class Bygone:
    """The collection as it was at a moment. ``collection`` reads it; close it when done."""

    def __init__(
        self, vault: PastVault, collection: "Collection", millis: int, write: Write
    ) -> None:
        self._vault = vault
        self._write = write
        self.collection = collection
        self.millis = millis

    def bring_back(self, label: str, progress: Progress) -> BroughtBack:
        """Make the collection of today what this one is, in one step that undo takes back."""
        way = self._vault.way_back(progress)
        return BroughtBack(self._write(label, way.operations), way.missing)

    def until(self, later: "Bygone | None", today: "Collection", progress: Progress) -> Difference:
        """Say what was different later; None stands for ``today``."""
        compared = self._vault.compare(later._vault if later else None, progress)  # noqa: SLF001 - of this class
        return _Telling(self.collection, later.collection if later else today, compared).tell()

    def close(self) -> None:
        """Let go of the memory that it takes."""
        self._vault.close()


class Times:
    """``open_past`` makes a collection of a vault as it was."""

    def __init__(
        self, vault: Vault, open_past: Callable[[PastVault], "Collection"], write: Write
    ) -> None:
        self._vault = vault
        self._open_past = open_past
        self._write = write

    def span(self) -> Span:
        """Tell how far back the collection can be looked at."""
        return self._vault.chronicle.span()

    def at(self, millis: int, progress: Progress) -> Bygone:
        """Return the collection at the end of a millisecond since 1970.

        ``progress`` hears how far it is and may raise to end the work. Raises UnknownPastError.
        """
        past = PastVault(self._vault, reading_at(millis), progress)
        return Bygone(past, self._open_past(past), millis, self._write)

    def steps(self, copy: RecordId) -> list[Step]:
        """Return what was done to a piece, with its model, variant and photos, the last first."""
        detail = self._vault.records.detail(copy)
        if detail is None:
            return []
        photos = self._vault.records.photos_ever(copy)
        owners = ((Kind.MODEL, detail.model), (Kind.VARIANT, detail.variant))
        records = [(Kind.COPY, copy), *((Kind.PHOTO, photo) for photo in photos)]
        records += [(kind, record) for kind, record in owners if record is not None]
        return self._vault.chronicle.diary.of_piece(records)

    def bring_piece_back(self, copy: RecordId, step: Step, label: str) -> BroughtBack:
        """Make a piece what it was after a step; raise UnknownPastError."""
        way = self._vault.chronicle.piece_back(copy, step.reading)
        return BroughtBack(self._write(label, way.operations), way.missing)


class _Telling:
    """Turns what is different of records into what is different of pieces."""

    def __init__(self, before: "Collection", after: "Collection", compared: Compared) -> None:
        self._before = before
        self._after = after
        self._compared = compared
        self._turns: dict[RecordId, list[Turn]] = {}
        self._photos: dict[RecordId, list[int]] = {}

    def tell(self) -> Difference:
        """Say it."""
        compared = self._compared
        came, went = compared.came[Kind.COPY], compared.went[Kind.COPY]
        self._gather()
        living = set(self._after.find(Query()).ids) if self._photos else self._turns
        changed = [
            copy
            for copy in {**self._turns, **self._photos}
            if copy not in came and copy not in went and (copy in self._turns or copy in living)
        ]
        return Difference(
            added=self._listed(self._after, list(came)),
            changed=self._listed(self._after, changed),
            removed=self._listed(self._before, list(went)),
            counts=(len(came), len(changed), len(went)),
            others=self._others(),
        )

    def _gather(self) -> None:
        compared = self._compared
        for copy, turns in compared.turns[Kind.COPY].items():
            self._turns.setdefault(copy, []).extend(turns)
        for kind in (Kind.MODEL, Kind.VARIANT):
            turned = compared.turns[kind]
            for copy, owner in self._after.copies_of(kind, turned).items():
                self._turns.setdefault(copy, []).extend(turned[owner])
        for side, photos in enumerate((compared.came[Kind.PHOTO], compared.went[Kind.PHOTO])):
            for fields in photos.values():
                owner_of = fields.get("copy")
                if isinstance(owner_of, bytes):
                    self._photos.setdefault(RecordId(owner_of), [0, 0])[side] += 1

    def _listed(
        self, collection: "Collection", copies: Sequence[RecordId]
    ) -> tuple[PieceChange, ...]:
        rows = collection.rows(copies[:MOST_LISTED])
        return tuple(
            PieceChange(
                row,
                tuple(turn for turn in self._turns.get(row.copy, ()) if turn.field != DELETED),
                (photos[0], photos[1]) if (photos := self._photos.get(row.copy)) else (0, 0),
            )
            for row in rows
        )

    def _others(self) -> dict[Kind, int]:
        compared = self._compared
        kinds = (Kind.LOCATION, Kind.TAG, Kind.FIELD, Kind.TERM)
        counts = {
            kind: len(compared.came[kind]) + len(compared.went[kind]) + len(compared.turns[kind])
            for kind in kinds
        }
        return {kind: count for kind, count in counts.items() if count}
