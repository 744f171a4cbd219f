"""An edit, from here or from elsewhere, becomes rows.

Whole columns are read and written at once. A field whose writer saw what is held here passes by
the comparison of two small numbers; the rules of shared.domain.merge decide about the others.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from sqlite3 import Cursor
from typing import Any

from desktop.vault.layout import Layout, Row, layout_of, pack_map
from desktop.vault.losers import Losers
from desktop.vault.moments import UNKNOWN, Moments
from desktop.vault.repeats import Repeats
from shared.domain.edits import Edit, Group, Shape
from shared.domain.merge import (
    Verdict,
    Written,
    deletion,
    joined,
    judge,
    lies_dead,
    restoration,
)
from shared.domain.schema import DELETED, Value
from shared.domain.stamps import Stamp
from shared.ids import RecordId


@dataclass(slots=True)
class Footprint:
    """Where edits left something: for the search index and for the views.

    ``made``: records that are new, by kind. ``old``: those that were written to and had been
    there before, and ``fields``: the names that were written in these.
    """

    made: dict[str, set[RecordId]] = field(default_factory=dict)
    old: dict[str, set[RecordId]] = field(default_factory=dict)
    fields: dict[str, set[str]] = field(default_factory=dict)

    def add(
        self,
        kind: str,
        made: Collection[RecordId],
        old: Collection[RecordId],
        fields: Iterable[str],
    ) -> None:
        """Note records that were made, and the fields that were written in old ones."""
        self.made.setdefault(kind, set()).update(made)
        self.old.setdefault(kind, set()).update(old)
        if old:
            self.fields.setdefault(kind, set()).update(fields)

    def count(self, *kinds: str) -> int:
        """Return how many records of some kinds were made or written to, or more."""
        parts = (self.made, self.old)
        return sum(len(part.get(kind, ())) for kind in kinds for part in parts)

    def of(self, kind: str) -> set[RecordId]:
        """Return all records of a kind that were made or written to."""
        return self.made.get(kind, set()) | self.old.get(kind, set())


@dataclass(frozen=True, slots=True)
class _Arrival:
    """An edit on its way into the tables. ``seen[i]``: the moment behind its stamp index i."""

    stamp: Stamp
    moment: int
    seen: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Write:
    """One value for one field. ``replaced``: the moment that its writer overwrote, 0 for none."""

    name: str
    value: Value
    replaced: int


class Merging:
    """Writes edits into the tables, within one transaction.

    ``repeats``: where the history lies, if it is not in these tables. ``passed``: edits that are
    left out because history was put together, while all others come in the order of their stamps.
    Whoever replaced what one of them wrote is taken to have seen what stands here.
    """

    def __init__(
        self,
        cursor: Cursor,
        moments: Moments,
        repeats: Repeats | None = None,
        *,
        passed: Collection[int] = (),
    ) -> None:
        self._cursor = cursor
        self._passed = passed
        self._repeats = repeats or Repeats(cursor)
        self._moments = moments
        self._losers = Losers(cursor)
        self.footprint = Footprint()

    def look_again(self) -> None:
        """Read anew which conflicts there are: somebody else has changed them."""
        self._losers = Losers(self._cursor)

    def merge(self, edit: Edit, moment: int) -> None:
        """Write an edit that is stored under ``moment``, and that ``read_edit`` would return."""
        arrival = _Arrival(edit.stamp, moment, self._moments_seen(edit))
        for group in edit.groups:
            layout = layout_of(group.kind)
            match group.shape:
                case Shape.INSERT | Shape.UPDATE:
                    self._put(layout, group, arrival)
                case Shape.DELETE | Shape.RESTORE:
                    self._bury(layout, group, arrival)
                case Shape.SETTLE:
                    self._settle(group, arrival)
                case _:
                    pass  # a newer version's; its bytes are kept and passed on

    def _moments_seen(self, edit: Edit) -> list[int]:
        """Look up the edit's stamps. One later than its own cannot have been replaced by it."""
        moments = [
            self._moments.moment(stamp) if stamp < edit.stamp else UNKNOWN for stamp in edit.stamps
        ]
        return [0, *moments]

    def _put(self, layout: Layout, group: Group, arrival: _Arrival) -> None:
        held = layout.read(self._cursor, group.records, group.fields)
        fresh = _without(group, held) if held else group
        if fresh.records:
            statement = layout.insert_sql([name for name in fresh.fields if name in layout.types])
            self._cursor.executemany(statement, _new_rows(layout, fresh, arrival.moment))
        if held:
            self._touch(held.values(), arrival)
            changed = [
                held[record]
                for record, writes in _writes(group, arrival)
                if record in held and self._overwrite(layout, held[record], writes, arrival)
            ]
            self._store(layout, changed, group.fields)
        self.footprint.add(group.kind, fresh.records, held, group.fields)

    def _overwrite(
        self, layout: Layout, row: Row, writes: Sequence[_Write], arrival: _Arrival
    ) -> bool:
        """Change a row in memory where the arriving values win; tell whether any did."""
        changed = False
        for write in writes:
            held = row.moment(write.name)
            self._losers.drop(row.record, write.name, write.replaced)
            self._speak_for_others(row.record, write, arrival.stamp)
            seen = held == write.replaced or write.replaced in self._passed
            if seen or self._wins(layout, row, write, arrival, held):
                row.hold(write.name, write.value, arrival.moment)
                changed = True
        return changed

    def _wins(
        self, layout: Layout, row: Row, write: _Write, arrival: _Arrival, moment: int
    ) -> bool:
        """Let the rules decide about one field, and keep the loser of a conflict."""
        value = row.value(write.name)
        held = Written(value, self._moments.stamp(moment)) if moment else None
        arriving = Written(write.value, arrival.stamp)
        verdict = judge(held, arriving, self._stamp(write.replaced))
        if verdict is Verdict.WINS:
            self._losers.add(layout.kind, row.record, write.name, moment, value)
        elif verdict is Verdict.LOSES:
            spot = (layout.kind, row.record, write.name)
            if not self._repeats.has(spot, arriving):
                self._losers.add(*spot, arrival.moment, write.value)
        if verdict is Verdict.AGREES and held is not None:
            return arrival.stamp > held.stamp
        return verdict in {Verdict.FOLLOWS, Verdict.WINS}

    def _speak_for_others(self, record: RecordId, write: _Write, stamp: Stamp) -> None:
        """Forget losers of the same value that were written before."""
        for moment in self._losers.with_value(record, write.name, write.value):
            if self._moments.stamp(moment) < stamp:
                self._losers.drop(record, write.name, moment)

    def _stamp(self, moment: int) -> Stamp | None:
        return self._moments.stamp(moment) if moment > 0 else None

    def _store(self, layout: Layout, rows: Sequence[Row], fields: Iterable[str]) -> None:
        """Write rows back, then see whether an edit brings any out of the trash."""
        names = [name for name in fields if name in layout.types]
        self._cursor.executemany(
            layout.update_sql(names),
            [
                (
                    *map(row.values.__getitem__, names),
                    pack_map(row.moments),
                    pack_map(row.extra),
                    row.deleted,
                    row.key,
                )
                for row in rows
            ],
        )
        buried = [row.record for row in rows if DELETED in row.moments]
        if buried:
            self._reconsider(layout, layout.read(self._cursor, buried).values())

    def _bury(self, layout: Layout, group: Group, arrival: _Arrival) -> None:
        """Take what is said about records' places in the trash."""
        held = layout.read(self._cursor, group.records)
        covers = group.covers or [None] * len(group.records)
        for record, cover in zip(group.records, covers, strict=True):
            row = held.get(record)
            if row is None:
                continue
            stamp = arrival.stamp
            word = restoration(stamp) if cover is None else deletion(stamp, cover)
            tombstone = joined(self._moments.tombstone(row), word)
            self._moments.store_tombstone(row, tombstone)
        self._touch(held.values(), arrival)
        self._reconsider(layout, held.values())
        self.footprint.add(group.kind, (), held, [DELETED])

    def _reconsider(self, layout: Layout, rows: Iterable[Row]) -> None:
        """Decide anew which records lie in the trash, and flag those that an edit saved."""
        known = []
        for row in rows:
            tombstone = self._moments.tombstone(row)
            row.deleted = lies_dead(tombstone, map(self._moments.stamp, row.live_moments()))
            self._losers.drop_all(row.record, DELETED)
            if tombstone is not None and tombstone.ends_deleted and not row.deleted:
                moment = row.moments[DELETED]
                self._losers.add(layout.kind, row.record, DELETED, moment, value=True)
            known.append(
                (pack_map(row.moments), pack_map(row.extra), row.deleted, row.key),
            )
        self._cursor.executemany(layout.update_sql(()), known)

    def _settle(self, group: Group, arrival: _Arrival) -> None:
        for name, losers in zip(group.fields, group.replaces, strict=True):
            for record, loser in zip(group.records, losers, strict=True):
                self._losers.drop(record, name, arrival.seen[loser])
        self.footprint.add(group.kind, (), group.records, ())

    def _touch(self, rows: Iterable[Row], arrival: _Arrival) -> None:
        """Note for the history that an edit wrote to records which were there before it."""
        touched = [(row.record, arrival.moment) for row in rows if row.born != arrival.moment]
        self._cursor.executemany("INSERT OR IGNORE INTO touched VALUES (?, ?)", touched)


def _without(group: Group, held: dict[RecordId, Row]) -> Group:
    """Return the part of a group whose records are not here."""
    fresh = [record not in held for record in group.records]
    return replace(
        group,
        records=list(compress(group.records, fresh)),
        columns=tuple(list(compress(column, fresh)) for column in group.columns),
    )


def _new_rows(layout: Layout, group: Group, moment: int) -> Iterator[tuple[Any, ...]]:
    """Yield what ``Layout.insert_sql`` takes.

    A value that was cleared by an update gets a moment of its own: it was written once.
    """
    pairs = list(zip(group.fields, group.columns, strict=True))
    known = [column for name, column in pairs if name in layout.types]
    others = [(name, column) for name, column in pairs if name not in layout.types]
    cleared = group.shape == Shape.UPDATE
    for place, (record, *values) in enumerate(zip(group.records, *known, strict=True)):
        extra = {name: column[place] for name, column in others if column[place] is not None}
        stamps = {name: moment for name, column in pairs if cleared and column[place] is None}
        yield (record, moment, pack_map(stamps), pack_map(extra), *values)


def _writes(group: Group, arrival: _Arrival) -> Iterator[tuple[RecordId, list[_Write]]]:
    """Turn columns into what is written to each record. An insert's None writes nothing."""
    insert = group.shape == Shape.INSERT
    replaces = group.replaces or [[0] * len(group.records)] * len(group.fields)
    columns = list(zip(group.fields, group.columns, replaces, strict=True))
    for place, record in enumerate(group.records):
        yield (
            record,
            [
                _Write(name, column[place], arrival.seen[replaced[place]])
                for name, column, replaced in columns
                if not (insert and column[place] is None)
            ],
        )
