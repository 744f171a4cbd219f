"""Pages of a snapshot become rows again: numbers of edits become moments, columns become tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from desktop.vault.layout import Layout, Row, layout_of, pack_map, unpack_map
from desktop.vault.moments import Moments
from shared.domain.edits import MalformedEditError
from shared.domain.merge import lies_dead
from shared.domain.pages import Conflicts, Edits, Grave, MalformedPageError, Records, Streams
from shared.domain.schema import DELETED, Value

RawRow = tuple[Any, ...]
"""A record as ``Layout.insert_sql`` takes it, with all its fields."""
_Maps = dict[int, dict[str, Any]]


class Unfolding:
    """Reads the pages of one snapshot in their order, within one transaction.

    The edits of a page must be in the table ``edit`` before it is read.
    """

    def __init__(self, moments: Moments) -> None:
        self._moments = moments
        self._edits = [0]
        self.streams: list[int] = []

    def name_streams(self, page: Streams) -> None:
        """Take the page of streams; those that are new here get their numbers."""
        self.streams = [self._moments.stream(origin) for origin in page.streams]

    def stream(self, number: int) -> int:
        """Return the number here of a stream, or raise MalformedPageError."""
        return _at(self.streams, number)

    def number(self, page: Edits) -> None:
        """Take a page of edits."""
        known = self._moments.moments_of(self.stream(page.stream))
        self._edits += [known[reading] for reading in page.readings]

    def moment(self, edit: int) -> int:
        """Return the moment of an edit by its number from 1, or raise MalformedPageError."""
        if edit < 1:
            raise MalformedPageError
        return _at(self._edits, edit)

    @property
    def moments(self) -> Sequence[int]:
        """The moments of all edits so far."""
        return self._edits[1:]

    def columns(self, page: Records) -> dict[str, Sequence[Any]]:
        """Return the columns of the table in which the records of a page hold anything.

        Raises MalformedPageError.
        """
        columns, stamps, extras = self._spread(layout_of(page.kind), page)
        for grave in page.graves:
            stamps.setdefault(grave.place, {})[DELETED] = self.moment(grave.edit)
            returns = list(map(self.moment, grave.returns))
            extras.setdefault(grave.place, {})[DELETED] = self._seen(grave), returns
        # A record that holds nothing names no edit, but a row has one: any will do.
        births = {edit: self.moment(edit or 1) for edit in set(page.born)}
        born = list(map(births.__getitem__, page.born))
        count = len(page.records)
        maps = {"stamps": _packed(stamps, count)} if stamps else {}
        maps |= {"extra": _packed(extras, count)} if extras else {}
        return {"id": page.records, "born": born, **maps, **columns}

    def rows(self, page: Records) -> list[RawRow]:
        """Return the records of a page whole, in its order; raise MalformedPageError."""
        columns, nothing = self.columns(page), [None] * len(page.records)
        names = ("id", "born", "stamps", "extra", *layout_of(page.kind).types)
        return list(zip(*(columns.get(name, nothing) for name in names), strict=True))

    def read(self, kind: str, raw: RawRow) -> Row:
        """Return one of those rows in a form that can be asked."""
        record, born, stamps, extra, *values = raw
        fields = dict(zip(layout_of(kind).types, values, strict=True))
        moments = unpack_map(stamps)
        row = Row(record, record, born, False, moments, unpack_map(extra), fields)  # noqa: FBT003 - a row's parts in their order
        live = map(self._moments.stamp, row.live_moments())
        row.deleted = lies_dead(self._moments.tombstone(row), live)
        return row

    def conflicts(self, page: Conflicts) -> list[tuple[str, bytes, str, int, Value]]:
        """Return conflicts as kind, record, field, moment and value."""
        moments = [self.moment(edit) for edit in page.edits]
        lines = zip(page.kinds, page.records, page.fields, moments, page.values, strict=True)
        return list(lines)

    def _spread(
        self, layout: Layout, page: Records
    ) -> tuple[dict[str, Sequence[Value]], _Maps, _Maps]:
        """Sort the values of a page into the table's columns and what has none there."""
        _check(layout, page.fields, page.columns)
        held = dict(zip(page.fields, page.columns, strict=True))
        columns: dict[str, Any] = {name: held.pop(name) for name in layout.types if name in held}
        extras: _Maps = {}
        for name, column in held.items():
            for place, value in enumerate(column):
                if value is not None:
                    extras.setdefault(place, {})[name] = value
        others = page.others
        for place, name, value in zip(others.places, others.names, others.values, strict=True):
            if name in layout.types:
                _check(layout, [name], [[value]])
                columns[name] = list(columns.get(name) or [None] * len(page.records))
                columns[name][place] = value
            else:
                extras.setdefault(place, {})[name] = value
        stamps: _Maps = {}
        for place, name, edit in zip(page.own.places, page.own.names, page.own.values, strict=True):
            stamps.setdefault(place, {})[name] = self.moment(int(edit or 0))
        if any(DELETED in marks for marks in (*extras.values(), *stamps.values())):
            raise MalformedPageError
        return columns, stamps, extras

    def _seen(self, grave: Grave) -> list[int] | None:
        if grave.seen is None:
            return None
        return [part for number, last in grave.seen for part in (self.stream(number), last)]


def _check(layout: Layout, names: Sequence[str], columns: Sequence[Sequence[Value]]) -> None:
    try:
        layout.check(names, columns)
    except MalformedEditError as error:
        raise MalformedPageError from error


def _packed(maps: Mapping[int, dict[str, Any]], count: int) -> list[bytes | None]:
    packed: list[bytes | None] = [None] * count
    for place, entries in maps.items():
        packed[place] = pack_map(entries)
    return packed


def _at(numbers: Sequence[int], place: int) -> int:
    try:
        return numbers[place]
    except IndexError as error:
        raise MalformedPageError from error
