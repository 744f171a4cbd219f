"""What is held in memory of every copy: enough to list, count and sum without reading rows."""

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from sqlite3 import Cursor
from typing import cast, overload

from typing_extensions import override

from desktop.vault.values import Totals
from shared.domain.dates import LAST_YEAR
from shared.domain.money import CURRENCY_BITS, TooMuchError, UnknownCurrencyError, unpack
from shared.ids import RECORD_BYTES, RecordId

LIVING, TRASHED = 1, 2
_CODE = (1 << CURRENCY_BITS) - 1

_SELECT = """
SELECT c.rowid, c.id, c.deleted, c.status, c.location, c.paid, c.value,
       coalesce(m.introduced, 0) / 10000
FROM copy c LEFT JOIN model m ON m.id = c.model"""


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
    """One line for each copy, by its row number."""

    def __init__(self) -> None:
        self.ids = bytearray()
        self.state = bytearray()
        self.status: list[str | None] = []
        self.location: list[bytes | None] = []
        self.year = array("h")
        self.paid = array("q")
        self.value = array("q")
        self._grow(0)

    def read(self, cursor: Cursor, rows: Collection[int] | None = None) -> None:
        """Read some lines, or all that are there."""
        if rows is None:
            last = cursor.execute("SELECT coalesce(max(rowid), 0) FROM copy").fetchone()[0]
            self._grow(last)
            found = cursor.execute(_SELECT)
        else:
            self._grow(max(rows, default=0))
            marks = ",".join("?" * len(rows))
            found = cursor.execute(f"{_SELECT} WHERE c.rowid IN ({marks})", list(rows))
        same: dict[object, object] = {}
        for row, record, deleted, status, location, paid, value, year in found:
            self.ids[row * RECORD_BYTES : (row + 1) * RECORD_BYTES] = record
            self.state[row] = TRASHED if deleted else LIVING
            # Few are different: one object each keeps the lists small.
            self.status[row] = cast(str | None, same.setdefault(status, status))
            self.location[row] = cast(bytes | None, same.setdefault(location, location))
            self.paid[row] = paid or 0
            self.value[row] = value or 0
            self.year[row] = year if 0 < year <= LAST_YEAR else 0

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
    sums: Counter[int] = Counter()
    for row in rows:
        if packed := column[row]:
            sums[packed & _CODE] += packed >> CURRENCY_BITS
    return {currency: total for code, total in sums.items() if (currency := _currency(code))}


def _currency(code: int) -> str | None:
    """Return the letters of a currency; None for what another program has made up."""
    try:
        return unpack(code).currency
    except (UnknownCurrencyError, TooMuchError):
        return None
