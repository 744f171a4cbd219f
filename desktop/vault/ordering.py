"""The copies in the order of one column, kept in memory and mended after each edit.

Sorting a page in SQL would read every row of an encrypted file; here each copy has a rank.
"""

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from itertools import chain
from sqlite3 import Cursor
from typing import Any, cast

from desktop.vault.places import Places
from desktop.vault.values import Column
from shared.domain.schema import Value

Ranks = Mapping[str, Mapping[str, int]]
"""By field, the place of each code among the choices of its vocabulary."""

_SOURCES: Mapping[Column, str] = {
    Column.NAME: "m.name",
    Column.STYLE_NUMBER: "m.style_number",
    Column.ANIMAL: "m.animal",
    Column.SWING_TAG: "c.swing_tag",
    Column.TUSH_TAG: "c.tush_tag",
    Column.CONDITION: "c.condition",
    Column.PAID: "c.paid",
    Column.VALUE: "c.value",
    Column.ACQUIRED: "c.acquired",
    Column.LOCATION: "c.location",
    Column.ADDED: "c.id",
}
_FROM = "FROM copy c LEFT JOIN model m ON m.id = c.model"
_NUMBER = re.compile(r"[0-9]+")
_DIGITS = 12
_SPARSE = 8
_LAST = 1 << 30

_Key = tuple[bool, object, str, int]
"""Whether there is nothing to sort by, the value, the name, the row."""
_BEFORE_ALL: _Key = (False, (), "", 0)


class Ordering:
    """All copies by one column; those that have nothing there come last, either way."""

    def __init__(self, column: Column, ranks: Ranks, places: Places) -> None:
        self.column = column
        self._ranks = ranks.get(column.value, {})
        self._places = places
        self._rows = array("l")
        self._filled = 0
        self._rank: array[int] | None = None

    def read(self, cursor: Cursor) -> None:
        """Sort everything."""
        lines = cursor.execute(f"{self._select} ORDER BY c.rowid").fetchall()
        columns = zip(*lines, strict=True) if lines else ((), (), ())
        self.arrange(*columns)

    def arrange(
        self, rows: Sequence[int], values: Sequence[Value], names: Sequence[str | None]
    ) -> None:
        """Sort everything, given in the order of rows."""
        natural_once = cache(natural)
        by_name = [natural_once(name or "") for name in names]
        folded = [self._fold(value, natural_once) for value in values]
        order: Sequence[int] = range(len(rows))
        if self.column is not Column.NAME:
            order = sorted(order, key=by_name.__getitem__)
        # Sorting is stable, so equal values stay in the order of their names and rows.
        filled = [place for place in order if folded[place] is not None]
        filled.sort(key=cast(list[Any], folded).__getitem__)
        empty = [place for place in order if folded[place] is None]
        self._rows = array("l", map(rows.__getitem__, chain(filled, empty)))
        self._filled = len(filled)
        self._rank = None

    def mend(self, cursor: Cursor, rows: Iterable[int]) -> None:
        """Move a few copies to where they belong now."""
        self._rank = None
        for row in rows:
            with suppress(ValueError):  # it is new
                place = self._rows.index(row)
                self._filled -= place < self._filled
                del self._rows[place]
        for row in rows:
            key = self._look_up(cursor, row)
            if key is not None:
                place = bisect_left(
                    self._rows, key, key=lambda at: self._look_up(cursor, at) or _BEFORE_ALL
                )
                self._filled += not key[0]
                self._rows.insert(place, row)

    def pick(self, rows: Collection[int] | None, *, descending: bool) -> "array[int]":
        """Return some copies in order, or all."""
        if rows is None:
            picked, filled = self._rows, self._filled
        else:
            ranks = self._ranked()
            if len(rows) * _SPARSE < len(self._rows):
                ordered = sorted(rows, key=ranks.__getitem__)
            else:
                wanted = set(rows)
                ordered = [row for row in self._rows if row in wanted]
            picked = array("l", ordered)
            filled = bisect_left(ordered, self._filled, key=ranks.__getitem__)
        return picked[:filled][::-1] + picked[filled:] if descending else picked[:]

    def _ranked(self) -> "array[int]":
        """Return the place of every row."""
        if self._rank is None:
            self._rank = array("l", bytes(array("l").itemsize * (max(self._rows, default=0) + 1)))
            for place, row in enumerate(self._rows):
                self._rank[row] = place
        return self._rank

    @property
    def _select(self) -> str:
        return f"SELECT c.rowid, {_SOURCES[self.column]}, m.name {_FROM}"

    def _look_up(self, cursor: Cursor, row: int) -> "_Key | None":
        found = cursor.execute(f"{self._select} WHERE c.rowid = ?", (row,)).fetchone()
        return self._key(found) if found else None

    def _key(self, line: tuple[int, Value, str | None]) -> "_Key":
        row, value, name = line
        folded = self._fold(value, natural)
        by_name = "" if self.column is Column.NAME else natural(name or "")
        return (folded is None, 0 if folded is None else folded, by_name, row)

    def _fold(self, value: Value, fold: Callable[[str], str]) -> object:
        """Return what a value sorts by; None if there is nothing."""
        if self.column is Column.LOCATION and isinstance(value, bytes):
            value = self._places.path(value)
        if not isinstance(value, str):
            return value
        folded = fold(value)
        if not self._ranks:
            return folded or None
        return (self._ranks.get(value, _LAST), folded) if value else None


def natural(text: str) -> str:
    """Return what texts sort by: without case and accents, numbers by their size."""
    if not text.isascii():
        split = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in split if not unicodedata.combining(letter))
    folded = text.casefold()
    if folded.isalpha():
        return folded
    return _NUMBER.sub(lambda found: found.group().zfill(_DIGITS), folded)
