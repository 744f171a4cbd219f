"""Steps back and forth: new edits that bring back what own edits, or others', have overwritten.

A field is brought back only while it still holds what the undone edit wrote. What an earlier
undo or redo has brought back counts as what was there in the first place.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from sqlite3 import Cursor
from typing import NamedTuple

import msgspec

from desktop.vault.archive import Archive, compress, decompress
from desktop.vault.files import Files
from desktop.vault.layout import Row, layout_of
from desktop.vault.moments import Moments
from desktop.vault.references import fitting
from desktop.vault.writing import Writing
from shared.domain.edits import Group, Shape
from shared.domain.operations import Delete, Operation, PutMany, Restore
from shared.domain.schema import DELETED, EMPTIED, Kind, Value
from shared.ids import RecordId

MOST_STEPS = 500
"""At least so many steps can be taken back."""
_A_CLEARING = 100
_KINDS = {kind.value: kind for kind in Kind}
_UNDO, _REDO = "Undo: ", "Redo: "

Spot = tuple[str, RecordId, str]
"""A kind, a record and a field."""


class Step(NamedTuple):
    """What one undo or redo works on: the edits from ``first`` to ``last``.

    ``number``: as in their rows, below zero if the step is undone.
    """

    number: int
    label: str
    first: int
    last: int


def begin(writing: Writing) -> None:
    """Let what is written now be one new step."""
    sql = "SELECT coalesce(max(step), 0) + 1 FROM edit WHERE step > 0"
    (writing.step,) = writing.cursor.execute(sql).fetchone()


def finish(writing: Writing) -> None:
    """Let a step that has written something be the last one: nothing can be redone any more."""
    writing.cursor.execute("UPDATE edit SET step = NULL WHERE step < 0")
    oldest = (writing.step or 0) - MOST_STEPS
    if oldest % _A_CLEARING == 0:  # each time would touch old rows with every edit
        sql = "UPDATE edit SET step = NULL WHERE step BETWEEN 1 AND ?"
        writing.cursor.execute(sql, (oldest,))


def next_undo(cursor: Cursor) -> Step | None:
    """Return the step that undo takes back."""
    return _step(cursor, "step > 0")


def next_redo(cursor: Cursor) -> Step | None:
    """Return the step that redo does again."""
    return _step(cursor, "step < 0")


def _step(cursor: Cursor, which: str) -> Step | None:
    sql = f"""SELECT step, label, min(moment), max(moment) FROM edit
        WHERE step = (SELECT max(step) FROM edit WHERE {which}) GROUP BY step"""  # noqa: S608 - ours
    found = cursor.execute(sql).fetchone()
    if found is None:
        return None
    number, label, first, last = found
    return Step(number, label.removeprefix(_UNDO).removeprefix(_REDO), first, last)


def take(writing: Writing, step: Step) -> tuple[str, tuple[str, ...]]:
    """Write the inverse of a step and turn the step round.

    Returns the label of that edit, and the fields left out.
    """
    inverse = Inverse(writing.cursor, writing.moments)
    for moment in range(step.last, step.first - 1, -1):
        inverse.add(moment)
    label = (_UNDO if step.number > 0 else _REDO) + step.label
    writing.step = -step.number
    moments = writing.write(label, inverse.operations())
    inverse.remember(moments)
    writing.cursor.execute("UPDATE edit SET step = NULL WHERE step = ?", (step.number,))
    return label, tuple(sorted(inverse.skipped))


def take_back(writing: Writing, files: Files, label: str, moments: Iterable[int]) -> set[str]:
    """Write the inverse of any edits as one new step; return the names of fields left alone."""
    begin(writing)
    inverse = Inverse(writing.cursor, writing.moments)
    for moment in sorted(moments, key=writing.moments.stamp, reverse=True):
        inverse.add(moment)
    made = writing.write(label, fitting(writing.cursor, files, inverse.operations()))
    if made:
        inverse.remember(made)
        finish(writing)
    return inverse.skipped


@dataclass(slots=True)
class _Way:
    """What brings the records of one kind back."""

    puts: dict[RecordId, dict[str, Value]] = field(default_factory=dict)
    deletes: set[RecordId] = field(default_factory=set)
    restores: set[RecordId] = field(default_factory=set)
    unmade: set[RecordId] = field(default_factory=set)

    def operations(self, kind: Kind) -> Iterator[Operation]:
        """Yield operations: a record is taken out of the trash before it is written to."""
        yield Restore(kind, sorted(self.restores - self.unmade))
        alike: dict[tuple[str, ...], list[RecordId]] = {}
        for record, fields in self.puts.items():
            if record not in self.unmade:
                alike.setdefault(tuple(fields), []).append(record)
        for names, records in alike.items():
            columns = tuple([self.puts[record][name] for record in records] for name in names)
            yield PutMany(kind, records, names, columns)
        yield Delete(kind, sorted(self.deletes | self.unmade))


class Inverse:
    """Gathers what takes edits back, the last one first."""

    def __init__(self, cursor: Cursor, moments: Moments) -> None:
        self._cursor = cursor
        self._moments = moments
        self._archive = Archive(cursor, moments)
        self._ways: dict[Kind, _Way] = {}
        self._rows: dict[tuple[str, RecordId], Row] = {}
        self._brought_back: dict[Spot, int] = {}
        self._stand_ins: dict[int, dict[Spot, int]] = {}
        self.skipped: set[str] = set()

    def add(self, moment: int) -> None:
        """Take one edit back, on what the later ones have left; raise ForgottenEditError."""
        edit = self._archive.edit(moment)
        for group in reversed(edit.groups):
            if group.kind not in _KINDS:  # of a newer version, which wrote it on another device
                self.skipped.add(group.kind)
                continue
            way = self._ways.setdefault(_KINDS[group.kind], _Way())
            rows = self._read(group)
            match group.shape:
                case Shape.UPDATE:
                    self._bring_back(group, moment, rows, way)
                case Shape.INSERT:
                    self._unmake(group, moment, rows, way)
                case Shape.DELETE | Shape.RESTORE:
                    self._turn(group, moment, rows, way)
                case _:
                    pass  # a choice between two values is not taken back, only what it wrote

    def operations(self) -> list[Operation]:
        """Return what takes the edits back."""
        return [operation for kind, way in self._ways.items() for operation in way.operations(kind)]

    def remember(self, moments: Sequence[int]) -> None:
        """Keep with the new edits whose values they have brought back."""
        for moment in moments:
            spots = [spot for group in self._archive.edit(moment).groups for spot in _spots(group)]
            kept = [
                (*spot, self._brought_back[spot]) for spot in spots if spot in self._brought_back
            ]
            packed = compress(msgspec.msgpack.encode(kept))
            sql = "UPDATE edit SET restores = ? WHERE moment = ?"
            self._cursor.execute(sql, (packed, moment))

    def _bring_back(self, group: Group, moment: int, rows: Sequence[Row], way: _Way) -> None:
        """Let fields hold again what they held before."""
        for name, replaced in zip(group.fields, self._replaced(group, moment), strict=True):
            for row, prior in zip(rows, replaced, strict=True):
                spot = (group.kind, row.record, name)
                lost = bool(prior) and not self._archive.tells(prior, spot)
                if lost or _is_emptied(row) or not self._untouched(row, spot, moment):
                    self.skipped.add(name)
                    continue
                value = self._archive.value(prior, spot) if prior else None
                way.puts.setdefault(row.record, {})[name] = value
                self._brought_back[spot] = self._origin_of(prior, spot)
                row.hold(name, value, prior)

    def _unmake(self, group: Group, moment: int, rows: Sequence[Row], way: _Way) -> None:
        """Put a record that was made into the trash, unless somebody else has written to it."""
        for row in rows:
            foreign = {
                name
                for name in (*row.values, *row.extra)
                if name != DELETED
                and row.moment(name)
                and self._origin_of(row.moment(name), (group.kind, row.record, name))
                not in {moment, 0}
            }
            self.skipped |= foreign
            if not foreign and not row.deleted:
                way.unmade.add(row.record)
                row.deleted = True

    def _turn(self, group: Group, moment: int, rows: Sequence[Row], way: _Way) -> None:
        """Take records out of the trash that were put there, or the other way round."""
        (replaced,) = self._replaced(group, moment)
        buried = group.shape == Shape.DELETE
        for row, prior in zip(rows, replaced, strict=True):
            spot = (group.kind, row.record, DELETED)
            if _is_emptied(row) or not self._untouched(row, spot, moment):
                self.skipped.add(DELETED)
                continue
            (way.restores if buried else way.deletes).add(row.record)
            (way.deletes if buried else way.restores).discard(row.record)
            self._brought_back[spot] = self._origin_of(prior, spot)
            row.moments[DELETED] = prior
            row.deleted = not buried

    def _untouched(self, row: Row, spot: Spot, moment: int) -> bool:
        """Tell whether a field still holds what the edit of a moment let it hold."""
        held = row.moment(spot[2])
        return held == moment or self._origin_of(held, spot) == self._origin_of(moment, spot)

    def _replaced(self, group: Group, moment: int) -> list[list[int]]:
        """Return the moments that a group's writes replaced, by field."""
        stamps = self._archive.edit(moment).stamps
        known = [0, *(max(self._moments.moment(stamp), 0) for stamp in stamps)]
        return [[known[index] for index in column] for column in group.replaces]

    def _origin_of(self, moment: int, spot: Spot) -> int:
        """Return whose value a moment has brought back, or the moment itself."""
        if moment not in self._stand_ins:
            sql = "SELECT restores FROM edit WHERE moment = ?"
            found = self._cursor.execute(sql, (moment,)).fetchone()
            kept = msgspec.msgpack.decode(decompress(found[0])) if found and found[0] else []
            self._stand_ins[moment] = {(kind, record, name): at for kind, record, name, at in kept}
        return self._stand_ins[moment].get(spot, moment)

    def _read(self, group: Group) -> list[Row]:
        """Return a group's rows as they will be once the later edits are taken back."""
        missing = [record for record in group.records if (group.kind, record) not in self._rows]
        read = layout_of(group.kind).read(self._cursor, missing)
        for record in missing:  # others may have spoken of what never came here
            self._rows[group.kind, record] = read.get(record) or _nothing(record)
        return [self._rows[group.kind, record] for record in group.records]


def _nothing(record: RecordId) -> Row:
    return Row(record, record, born=0, deleted=True, moments={}, extra={}, values={})


def _is_emptied(row: Row) -> bool:
    """Tell whether a photo's pictures are gone for good."""
    return row.deleted and row.extra.get(EMPTIED) is True


def _spots(group: Group) -> Iterator[Spot]:
    fields = group.fields if group.shape == Shape.UPDATE else (DELETED,)
    return ((group.kind, record, name) for name in fields for record in group.records)
