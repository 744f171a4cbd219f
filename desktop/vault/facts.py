"""What is held in memory of every copy: enough to list, count and sum without reading rows."""

from array import array
from collections.abc import Collection, Iterable, Sequence
from sqlite3 import Cursor
from typing import Any, overload

from typing_extensions import override

from desktop.vault.values import Totals
from shared.domain.dates import LAST_YEAR
from shared.domain.money import CURRENCY_BITS, TooMuchError, UnknownCurrencyError, unpack
from shared.ids import RECORD_BYTES, RecordId

LIVING, TRASHED = 1, 2
_CODE = (1 << CURRENCY_BITS) - 1

_SELECT = f"""
SELECT c.rowid, c.id, c.deleted + {LIVING}, c.status, c.location,
       max(0, min(coalesce(m.introduced, 0) / 10000, {LAST_YEAR})),
       coalesce(c.paid, 0), coalesce(c.value, 0), m.name
FROM copy c LEFT JOIN model m ON m.id = c.model"""  # noqa: S608 - two numbers of our own
_AT_ONCE = 512
"""Lines that are read before they are sorted into columns: all of 100,000 would take 45 MiB, and
keep the garbage collector busy."""


class Copies(Sequence[RecordId]):
    """Ids of copies in an order: row numbers, and the table of ids that they lead into."""

    def __init__(self, rows: Sequence[int], ids: bytearray) -> None:
        self.rows = rows
        self._ids = ids

    @override
    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> RecordId: ...

    @overload
    def __getitem__(self, place: slice) -> "Copies": ...

    @override
    def __getitem__(self, place: int | slice) -> "RecordId | Copies":
        if isinstance(place, slice):
            return Copies(self.rows[place], self._ids)
        start = self.rows[place] * RECORD_BYTES
        return RecordId(bytes(self._ids[start : start + RECORD_BYTES]))


class Facts:
    """One line for each copy, by its row number: 1, 2, 3, for rows are never taken away."""

    def __init__(self) -> None:
        self.ids = bytearray(RECORD_BYTES)
        self.state = bytearray(1)
        self.status: list[str | None] = [None]
        self.location: list[bytes | None] = [None]
        self.year = array("h", [0])
        self.paid = array("q", [0])
        self.value = array("q", [0])

    @classmethod
    def read(cls, cursor: Cursor) -> tuple["Facts", Sequence[str | None]]:
        """Read all lines, column by column; and, while at it, the copies' names."""
        facts = cls()
        found: list[str | None] = []
        one: dict[Any, Any] = {}  # few values are different: one object each keeps the lists small
        lines = cursor.execute(f"{_SELECT} ORDER BY c.rowid")
        while some := lines.fetchmany(_AT_ONCE):
            columns = zip(*some, strict=True)
            _, ids, states, statuses, locations, years, paid, values, names = columns
            facts.ids += b"".join(ids)
            facts.state += bytes(states)
            facts.status += map(one.setdefault, statuses, statuses)
            facts.location += map(one.setdefault, locations, locations)
            facts.year.extend(years)
            facts.paid.extend(paid)
            facts.value.extend(values)
            found += map(one.setdefault, names, names)
        return facts, found

    def update(self, cursor: Cursor, rows: Collection[int]) -> None:
        """Read some lines again, or for the first time."""
        marks = ",".join("?" * len(rows))
        self._grow(max(rows, default=0))
        found = cursor.execute(f"{_SELECT} WHERE c.rowid IN ({marks})", list(rows))
        for row, record, state, status, location, year, paid, value, _ in found:
            self.ids[row * RECORD_BYTES : (row + 1) * RECORD_BYTES] = record
            self.state[row] = state
            self.status[row], self.location[row] = status, location
            self.year[row], self.paid[row], self.value[row] = year, paid, value

    def living(self) -> list[int]:
        """Return the rows that are not in the trash."""
        return [row for row, state in enumerate(self.state) if state == LIVING]

    def totals(self, rows: Collection[int]) -> Totals:
        """Sum money by currency."""
        return Totals(len(rows), _sums(self.paid, rows), _sums(self.value, rows))

    def _grow(self, last: int) -> None:
        more = last + 1 - len(self.state)
        if more > 0:
            self.ids.extend(bytes(RECORD_BYTES * more))
            self.state.extend(bytes(more))
            self.status.extend([None] * more)
            self.location.extend([None] * more)
            for column in (self.year, self.paid, self.value):
                column.extend([0] * more)


def _sums(column: "array[int]", rows: Iterable[int]) -> dict[str, int]:
    money = [packed for packed in map(column.__getitem__, rows) if packed]
    sums: dict[str, int] = {}
    for code in {packed & _CODE for packed in money}:
        same = [packed for packed in money if packed & _CODE == code]
        if currency := _currency(code):
            sums[currency] = (sum(same) - code * len(same)) >> CURRENCY_BITS
    return sums


def _currency(code: int) -> str | None:
    """Return the letters of a currency; None for what another program has made up."""
    try:
        return unpack(code).currency
    except (UnknownCurrencyError, TooMuchError):
        return None
