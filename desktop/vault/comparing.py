"""Two states of a collection side by side, record by record, and the way from one to the other."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from sqlite3 import Cursor
from typing import Any, NamedTuple

from desktop.vault.database import Database
from desktop.vault.layout import Layout, layout_of, unpack_map
from shared.domain.merge import same
from shared.domain.operations import Delete, Operation, PutMany, Restore
from shared.domain.schema import DELETED, Kind, Value
from shared.ids import RecordId

KINDS = tuple(kind for kind in Kind if kind not in {Kind.DEVICE, Kind.SETTING})
"""What the collection is made of. Names of devices and preferences belong to no day."""

Progress = Callable[[int, int], None]
"""Hears how much is done, and of how much; what it raises ends the work."""
Spot = tuple[Kind, RecordId]
Fields = Mapping[str, Value]


class Turn(NamedTuple):
    """A field that holds something else."""

    field: str
    before: Value
    after: Value


class Side(NamedTuple):
    """A record in one of the states; ``lives`` is false in the trash."""

    lives: bool
    fields: Fields


@dataclass(slots=True)
class Compared:
    """What is different in the later state, by kind.

    ``came``: records as they live there; ``went``: as they lived before; ``turns``: the fields
    that hold something else, of those that live in both.
    """

    came: dict[Kind, dict[RecordId, Fields]] = field(default_factory=dict)
    went: dict[Kind, dict[RecordId, Fields]] = field(default_factory=dict)
    turns: dict[Kind, dict[RecordId, Sequence[Turn]]] = field(default_factory=dict)

    def add(self, kind: Kind, record: RecordId, was: Side | None, now: Side | None) -> None:
        """Sort one record in that is not the same."""
        if was is not None and was.lives:
            if now is None or not now.lives:
                self.went[kind][record] = was.fields
            elif turned := _turns(was.fields, now.fields):
                self.turns[kind][record] = turned
        elif now is not None and now.lives:
            self.came[kind][record] = now.fields


class _Pair(NamedTuple):
    record: RecordId
    before: Side | None
    after: Side | None


def compare(before: Database, after: Database, progress: Progress) -> Compared:
    """Say what is different in ``after``. Raises what ``progress`` raises."""
    compared = Compared()
    with before.reading() as old, after.reading() as new:
        for done, kind in enumerate(KINDS):
            progress(done, len(KINDS))
            compared.came[kind], compared.went[kind], compared.turns[kind] = {}, {}, {}
            for record, was, now in _pairs(layout_of(kind.value), old, new):
                compared.add(kind, record, was, now)
        progress(len(KINDS), len(KINDS))
    return compared


class Way:
    """Gathers the operations that lead from one state to another, by column."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._deletes: list[RecordId] = []
        self._restores: list[RecordId] = []
        self._puts: dict[tuple[str, ...], dict[RecordId, list[Value]]] = {}

    def add(self, record: RecordId, now: Side | None, wanted: Side | None) -> None:
        """Let a record become what is wanted; None is one that was not there."""
        if wanted is None or not wanted.lives:
            if now is not None and now.lives:
                self._deletes.append(record)
            return
        if now is not None and not now.lives:
            self._restores.append(record)
        turns = _turns(now.fields if now else {}, wanted.fields)
        if turns:
            names = tuple(turn.field for turn in turns)
            self._puts.setdefault(names, {})[record] = [turn.after for turn in turns]

    def operations(self) -> Iterator[Operation]:
        """Yield them: what was in the trash comes out first, what is not wanted goes last."""
        if self._restores:
            yield Restore(self._kind, self._restores)
        for names, puts in self._puts.items():
            columns = tuple(list(column) for column in zip(*puts.values(), strict=True))
            yield PutMany(self._kind, list(puts), names, columns)
        if self._deletes:
            yield Delete(self._kind, self._deletes)


def way_back(
    past: Database, present: Database, missing: Container[RecordId], progress: Progress
) -> list[Operation]:
    """Return what makes the present hold what the past did.

    ``missing``: records that stay as they are, for what they speak of is not to be had.
    """
    operations: list[Operation] = []
    with past.reading() as old, present.reading() as new:
        for done, kind in enumerate(KINDS):
            progress(done, len(KINDS))
            way = Way(kind)
            for record, wanted, now in _pairs(layout_of(kind.value), old, new):
                if record not in missing:
                    way.add(record, now, wanted)
            operations += way.operations()
        progress(len(KINDS), len(KINDS))
    return operations


def read_sides(cursor: Cursor, spots: Iterable[Spot]) -> dict[Spot, Side]:
    """Read single records."""
    sides = {}
    for kind, record in spots:
        row = layout_of(kind.value).read(cursor, [record]).get(record)
        if row is not None:
            sides[kind, record] = Side(not row.deleted, row.fields())
    return sides


def _pairs(layout: Layout, before: Cursor, after: Cursor) -> Iterator[_Pair]:
    """Walk two tables side by side; records that are the same in both are left out."""
    olds, news = layout.contents(before), layout.contents(after)
    old, new = next(olds, None), next(news, None)
    while old or new:
        record = min(line[0] for line in (old, new) if line)
        was = old if old and old[0] == record else None
        now = new if new and new[0] == record else None
        if was != now:
            yield _Pair(RecordId(record), _side(layout, was), _side(layout, now))
        old = next(olds, None) if was else old
        new = next(news, None) if now else new


def _side(layout: Layout, line: tuple[Any, ...] | None) -> Side | None:
    if line is None:
        return None
    _, deleted, extra, *values = line
    held = zip(layout.types, values, strict=True)
    fields: dict[str, Value] = {name: value for name, value in held if value is not None}
    others = {name: value for name, value in unpack_map(extra).items() if name != DELETED}
    return Side(not deleted, fields | others)


def _turns(before: Fields, after: Fields) -> list[Turn]:
    """Return the fields that hold something else, sorted, so that the same ones look the same."""
    return [
        Turn(name, before.get(name), after.get(name))
        for name in sorted(before.keys() | after.keys())
        if not same(before.get(name), after.get(name))
    ]
