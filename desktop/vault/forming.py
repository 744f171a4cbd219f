"""Operations, as the program states them, become an edit, as devices exchange it.

Here the stamps that are overwritten and the knowledge behind a delete are looked up, and what
would change nothing is left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from sqlite3 import Cursor

from desktop.vault.errors import TooLongError
from desktop.vault.layout import Layout, Row, layout_of
from desktop.vault.moments import Moments
from shared.domain.edits import LONGEST_LABEL, MOST_RECORDS, Cover, Edit, Group, Shape
from shared.domain.merge import cover_of, same
from shared.domain.operations import Delete, Operation, Put, PutMany, Restore
from shared.domain.schema import DELETED, Kind, Value
from shared.domain.stamps import Stamp
from shared.ids import RecordId

LONGEST_TEXT = 200_000
"""Characters of one value, so that every record fits into an entry."""


def parts_of(operations: Sequence[Operation]) -> Iterator[list[Operation]]:
    """Cut operations into parts that fit an edit each: no record twice, and not too many."""
    part: list[Operation] = []
    taken: set[tuple[Kind, RecordId]] = set()
    for operation in _pieces(_gathered(operations)):
        records = {(operation.kind, record) for record in _records(operation)}
        if part and (len(taken) + len(records) > MOST_RECORDS or not taken.isdisjoint(records)):
            yield part
            part, taken = [], set()
        part.append(operation)
        taken |= records
    if part:
        yield part


def halves(part: Sequence[Operation]) -> tuple[list[Operation], list[Operation]]:
    """Cut a part that came out too large; raise TooLongError if it is a single record."""
    if len(part) > 1:
        middle = len(part) // 2
        return list(part[:middle]), list(part[middle:])
    count = len(_records(part[0]))
    if count <= 1:
        raise TooLongError
    return [_slice(part[0], 0, count // 2)], [_slice(part[0], count // 2, count)]


def _gathered(operations: Iterable[Operation]) -> Iterator[Operation]:
    """Join single puts in a row: those of one record, and those of the same fields."""
    for single, run in groupby(operations, lambda operation: isinstance(operation, Put)):
        if single:
            yield from _joined(operation for operation in run if isinstance(operation, Put))
        else:
            yield from run


def _joined(puts: Iterable[Put]) -> Iterator[PutMany]:
    wanted: dict[tuple[Kind, RecordId], dict[str, Value]] = {}
    for put in puts:
        wanted.setdefault((put.kind, put.record), {}).update(put.fields)
    alike: dict[tuple[Kind, tuple[str, ...]], list[RecordId]] = {}
    for (kind, record), fields in wanted.items():
        alike.setdefault((kind, tuple(fields)), []).append(record)
    for (kind, names), records in alike.items():
        columns = tuple([wanted[kind, record][name] for record in records] for name in names)
        yield PutMany(kind, records, names, columns)


def _pieces(operations: Iterable[Operation]) -> Iterator[Operation]:
    for operation in operations:
        count = len(_records(operation))
        if count <= MOST_RECORDS and len(set(_records(operation))) == count:
            yield operation
            continue
        step = MOST_RECORDS if len(set(_records(operation))) == count else 1
        for start in range(0, count, step):
            yield _slice(operation, start, start + step)


def _records(operation: Operation) -> Sequence[RecordId]:
    return [operation.record] if isinstance(operation, Put) else operation.records


def _slice(operation: Operation, start: int, end: int) -> Operation:
    if isinstance(operation, Put):
        return operation
    part = replace(operation, records=operation.records[start:end])
    if isinstance(part, PutMany):
        return replace(part, columns=tuple(column[start:end] for column in part.columns))
    return part


@dataclass(slots=True)
class Forming:
    """Makes the groups of one edit against what is stored now."""

    cursor: Cursor
    moments: Moments
    _groups: list[Group] = field(default_factory=list)
    _stamps: dict[int, int] = field(default_factory=dict)

    def form(self, operations: Iterable[Operation]) -> None:
        """Add what operations change."""
        for operation in operations:
            match operation:
                case Put():
                    fields = tuple(operation.fields)
                    columns = tuple([value] for value in operation.fields.values())
                    self._put(operation.kind, [operation.record], fields, columns)
                case PutMany():
                    self._put(
                        operation.kind, operation.records, operation.fields, operation.columns
                    )
                case Delete():
                    self._delete(operation.kind, operation.records)
                case Restore():
                    self._restore(operation.kind, operation.records)

    def settle(self, kind: str, record: RecordId, field_name: str, loser: int) -> None:
        """Add that a conflict is decided. ``loser`` is a moment."""
        loser_column = ([self._index(loser)],)
        group = Group(Shape.SETTLE, kind, [record], (field_name,), (), loser_column)
        self._groups.append(group)

    @property
    def empty(self) -> bool:
        """Whether nothing would change."""
        return not self._groups

    def edit(self, label: str, stamp: Stamp, millis: int) -> Edit:
        """Return the edit with that stamp."""
        stamps = tuple(map(self.moments.stamp, self._stamps))
        groups = tuple(self._groups)
        return Edit(label[:LONGEST_LABEL], stamp.reading, millis, stamp.origin, groups, stamps)

    def _put(
        self,
        kind: Kind,
        records: Sequence[RecordId],
        fields: tuple[str, ...],
        columns: tuple[Sequence[Value], ...],
    ) -> None:
        layout = layout_of(kind.value)
        _check(layout, fields, columns)
        held = layout.read(self.cursor, records, fields)
        if not held:
            self._insert(kind, records, fields, columns)
            return
        fresh = [place for place, record in enumerate(records) if record not in held]
        if fresh:
            some = tuple([column[place] for place in fresh] for column in columns)
            self._insert(kind, [records[place] for place in fresh], fields, some)
        self._update(kind, records, fields, columns, held)

    def _insert(
        self,
        kind: Kind,
        records: Sequence[RecordId],
        fields: tuple[str, ...],
        columns: tuple[Sequence[Value], ...],
    ) -> None:
        filled = [
            (name, column)
            for name, column in zip(fields, columns, strict=True)
            if any(value is not None for value in column)
        ]
        names = tuple(name for name, _ in filled)
        values = tuple(column for _, column in filled)
        self._groups.append(Group(Shape.INSERT, kind.value, records, names, values))

    def _update(
        self,
        kind: Kind,
        records: Sequence[RecordId],
        fields: tuple[str, ...],
        columns: tuple[Sequence[Value], ...],
        held: dict[RecordId, Row],
    ) -> None:
        """Group records by which of the fields change; take those out of the trash."""
        changing: dict[tuple[int, ...], list[int]] = {}
        numbered = list(enumerate(zip(fields, columns, strict=True)))
        for place, record in enumerate(records):
            row = held.get(record)
            differs = tuple(
                number
                for number, (name, column) in numbered
                if row and not same(row.value(name), column[place])
            )
            if differs:
                changing.setdefault(differs, []).append(place)
        changed = [held[records[place]] for places in changing.values() for place in places]
        self._restore(kind, [row.record for row in changed if row.deleted])
        for numbers, places in changing.items():
            rows = [held[records[place]] for place in places]
            names = tuple(fields[number] for number in numbers)
            self._groups.append(
                Group(
                    Shape.UPDATE,
                    kind.value,
                    [row.record for row in rows],
                    names,
                    tuple([columns[number][place] for place in places] for number in numbers),
                    tuple([self._index(row.moment(name)) for row in rows] for name in names),
                )
            )

    def _delete(self, kind: Kind, records: Sequence[RecordId]) -> None:
        held = layout_of(kind.value).read(self.cursor, records)
        rows = [row for record in records if (row := held.get(record)) and not row.deleted]
        if not rows:
            return
        covers = tuple(map(self._cover, rows))
        self._groups.append(self._word(Shape.DELETE, kind, rows, covers))

    def _cover(self, row: Row) -> Cover:
        """Return what a deleter sees in a record: its values, and that it was taken out before."""
        tombstone = self.moments.tombstone(row)
        returns = tombstone.returns if tombstone else ()
        cover = cover_of((*map(self.moments.stamp, row.live_moments()), *returns))
        for stamp in cover:
            self._index(self.moments.moment(stamp))
        return cover

    def _restore(self, kind: Kind, records: Sequence[RecordId]) -> None:
        held = layout_of(kind.value).read(self.cursor, records, ()) if records else {}
        rows = [row for record in records if (row := held.get(record)) and self._was_deleted(row)]
        if rows:
            self._groups.append(self._word(Shape.RESTORE, kind, rows))

    def _word(
        self, shape: Shape, kind: Kind, rows: Sequence[Row], covers: tuple[Cover, ...] = ()
    ) -> Group:
        """Make the group that says where records are now: in the trash, or out of it."""
        replaces = ([self._index(row.moment(DELETED)) for row in rows],)
        records = [row.record for row in rows]
        return Group(shape, kind.value, records, replaces=replaces, covers=covers)

    def _was_deleted(self, row: Row) -> bool:
        """Tell whether a delete was said last, whether it holds or somebody overruled it."""
        tombstone = self.moments.tombstone(row)
        return tombstone is not None and tombstone.ends_deleted

    def _index(self, moment: int) -> int:
        """Return how the edit refers to the stamp of a moment."""
        return self._stamps.setdefault(moment, len(self._stamps) + 1) if moment else 0


def _check(layout: Layout, fields: Sequence[str], columns: Sequence[Sequence[Value]]) -> None:
    for column in columns:
        if any(len(value) > LONGEST_TEXT for value in column if isinstance(value, (str, bytes))):
            raise TooLongError
    layout.check(fields, columns)
