"""What a collection holds at certain heads, as the pages of a snapshot."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from sqlite3 import Cursor
from typing import Any

import msgspec

from desktop.vault.entries import moments_behind
from desktop.vault.layout import layout_of, unpack_map
from desktop.vault.moments import Moments
from shared.domain.pages import (
    EDITS_A_PAGE,
    RECORDS_A_PAGE,
    Conflicts,
    Edits,
    Grave,
    Marks,
    Page,
    Records,
    Streams,
)
from shared.domain.schema import DELETED, Kind, Value
from shared.domain.stamps import Origin, Stamp
from shared.ids import RecordId
from shared.ledger.values import Heads

RawRow = tuple[Any, ...]
"""A record as ``Layout.scan`` gives it: id, born, stamps, extra, and the fields in their order."""
Spot = tuple[str, RecordId]
Mark = tuple[int, str, Any]

_FEW = 10
"""A field that fewer than one in so many records of a page have stands beside the columns."""


class State:
    """The collection without the edits of some moments.

    ``instead``: how records read without them, None for those that are not there at all.
    """

    def __init__(
        self, cursor: Cursor, late: set[int], instead: Mapping[Spot, RawRow | None]
    ) -> None:
        self._cursor = cursor
        self._late = late
        self._instead = instead
        self._numbers: dict[int, int] = {}
        self._stamps: dict[int, Stamp] = {}
        self._streams: dict[int, int] = {}

    def pages(self) -> Iterator[Page]:
        """Yield all pages, in the order in which they stand in a snapshot."""
        origins = self._number_streams()
        yield Streams(origins)
        yield from self._edits(origins)
        for kind in kinds(self._cursor):
            rows = self._rows(kind)
            names = tuple(layout_of(kind).types)
            while some := list(islice(rows, RECORDS_A_PAGE)):
                yield self._records(kind, names, some)
        yield from self._conflicts()

    def _number_streams(self) -> tuple[Origin, ...]:
        """Find the streams of edits that count, in order."""
        moments = Moments(self._cursor)
        sql = "SELECT stream, moment FROM edit"
        found = {stream for stream, moment in self._cursor.execute(sql) if moment not in self._late}
        ordered = sorted(found, key=moments.origin)
        self._streams = {stream: number for number, stream in enumerate(ordered)}
        return tuple(map(moments.origin, ordered))

    def _edits(self, origins: Sequence[Origin]) -> Iterator[Edits]:
        """Give all edits their numbers, and yield their pages."""
        sql = "SELECT reading, millis, label, moment FROM edit WHERE stream = ? ORDER BY reading"
        for stream, number in self._streams.items():
            origin = origins[number]
            lines = [
                line for line in self._cursor.execute(sql, (stream,)) if line[3] not in self._late
            ]
            for reading, _, _, moment in lines:
                self._numbers[moment] = len(self._numbers) + 1
                self._stamps[moment] = Stamp(reading, origin)
            for start in range(0, len(lines), EDITS_A_PAGE):
                readings, millis, labels, _ = zip(*lines[start : start + EDITS_A_PAGE], strict=True)
                yield Edits(number, readings, millis, labels)

    def _rows(self, kind: str) -> Iterator[RawRow]:
        """Yield the rows of a kind in the order of ids, as they read without the late edits."""
        instead = {record: row for (other, record), row in self._instead.items() if other == kind}
        for row in layout_of(kind).scan(self._cursor):
            standing = instead.get(row[0], row) if instead else row
            if standing is not None and standing[1] in self._numbers:
                yield standing

    def _records(self, kind: str, names: tuple[str, ...], rows: Sequence[RawRow]) -> Records:
        ids, born, stamps, extras, *columns = zip(*rows, strict=True)
        fields = dict(zip(names, columns, strict=True))
        births = [self._numbers[moment] for moment in born]
        empty = len(names) + 2  # all fields, stamps and extra
        own, graves = list[Mark](), list[Grave]()
        spread: dict[str, dict[int, Value]] = {}
        for place in range(len(rows)):
            if stamps[place] is None and extras[place] is None and rows[place].count(None) < empty:
                continue
            extra = unpack_map(extras[place])
            moments = unpack_map(stamps[place])
            if DELETED in moments:
                graves.append(self._grave(place, moments.pop(DELETED), *extra.pop(DELETED)))
            for name, value in extra.items():
                spread.setdefault(name, {})[place] = value
            held = {name for name, column in fields.items() if column[place] is not None}
            birth, marks = self._births(born[place], moments, held | extra.keys())
            births[place] = birth
            own += [(place, name, number) for name, number in sorted(marks.items())]
        dense, others = _sort_out(fields, spread, len(rows))
        chosen = tuple(sorted(dense))
        return Records(
            kind=kind,
            records=ids,
            born=births,
            fields=chosen,
            columns=tuple(dense[name] for name in chosen),
            own=_marks(own),
            others=_marks(sorted(others, key=lambda mark: mark[:2])),
            graves=tuple(graves),
        )

    def _births(
        self, born: int, moments: Mapping[str, int], held: set[str]
    ) -> tuple[int, dict[str, int]]:
        """Name the oldest edit of a record, and by field those that are another one.

        Which device made a record first differs from device to device; this does not. Of a record
        that holds nothing no edit is named.
        """
        written = {name: moments.get(name, born) for name in held | moments.keys()}
        if not written:
            return 0, {}
        oldest = min(written.values(), key=self._stamps.__getitem__)
        own = {
            name: self._numbers[moment]
            for name, moment in written.items()
            if moment != oldest or name not in held
        }
        return self._numbers[oldest], own

    def _grave(
        self, place: int, last: int, covered: Sequence[int] | None, returned: Sequence[int]
    ) -> Grave:
        edit, returns = self._numbers[last], tuple(sorted(map(self._numbers.__getitem__, returned)))
        if covered is None:
            return Grave(place, edit, None, returns)
        pairs = zip(covered[::2], covered[1::2], strict=True)
        known = [(self._streams[each], last) for each, last in pairs if each in self._streams]
        return Grave(place, edit, tuple(sorted(known)), returns)

    def _conflicts(self) -> Iterator[Conflicts]:
        sql = "SELECT kind, record, field, moment, value FROM conflict ORDER BY number"
        lines = [line for line in self._cursor.execute(sql) if line[3] in self._numbers]
        for start in range(0, len(lines), RECORDS_A_PAGE):
            some = lines[start : start + RECORDS_A_PAGE]
            kinds, records, fields, moments, values = zip(*some, strict=True)
            yield Conflicts(
                kinds,
                records,
                fields,
                [self._numbers[moment] for moment in moments],
                [msgspec.msgpack.decode(value) for value in values],
            )


def late_moments(cursor: Cursor, heads: Heads) -> set[int]:
    """Return the edits beyond some heads: pending ones, and those in later entries."""
    late = {m for (m,) in cursor.execute("SELECT moment FROM edit WHERE blob IS NOT NULL")}
    moments = Moments(cursor)
    for number, seq in cursor.execute("SELECT number, seq FROM stream").fetchall():
        head = heads.get(moments.origin(number))
        last = head.seq if head else 0
        if seq > last:
            late |= moments_behind(cursor, number, last)
    return late


def kinds(cursor: Cursor) -> list[str]:
    """Return the kinds of record that there can be here, those of newer versions included."""
    strangers = cursor.execute("SELECT DISTINCT kind FROM stranger").fetchall()
    return sorted({kind.value for kind in Kind} | {kind for (kind,) in strangers})


def _sort_out(
    fields: Mapping[str, Sequence[Value]], spread: Mapping[str, Mapping[int, Value]], count: int
) -> tuple[dict[str, Sequence[Value]], list[Mark]]:
    """Tell fields that many records have, as columns, from those that few have."""
    dense: dict[str, Sequence[Value]] = {}
    others: list[Mark] = []
    for name, column in fields.items():
        if (count - column.count(None)) * _FEW >= count:
            dense[name] = column
        else:
            others += [(place, name, v) for place, v in enumerate(column) if v is not None]
    for name, values in spread.items():
        if len(values) * _FEW >= count:
            dense[name] = [values.get(place) for place in range(count)]
        else:
            others += [(place, name, value) for place, value in values.items()]
    return dense, others


def _marks(marks: Sequence[Mark]) -> Marks:
    if not marks:
        return Marks()
    places, names, values = zip(*marks, strict=True)
    return Marks(places, names, values)
