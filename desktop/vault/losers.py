"""The values that lost, within one transaction: kept until the collector has chosen."""

from sqlite3 import Cursor

import msgspec

from shared.domain.schema import Value
from shared.ids import RecordId

Loser = tuple[str, int]
"""A field, and the moment of the value that lost."""


class Losers:
    """A view of the table ``conflict``, which is mostly empty."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._any = cursor.execute("SELECT 1 FROM conflict LIMIT 1").fetchone() is not None
        self._known: dict[RecordId, set[Loser]] = {}

    def add(self, kind: str, record: RecordId, field: str, moment: int, value: Value) -> None:
        """Keep a value that lost."""
        known = self._of(record)
        if (field, moment) not in known:
            known.add((field, moment))
            self._any = True
            sql = "INSERT INTO conflict (kind, record, field, moment, value) VALUES (?, ?, ?, ?, ?)"
            packed = msgspec.msgpack.encode(value)
            self._cursor.execute(sql, (kind, record, field, moment, packed))

    def drop(self, record: RecordId, field: str, moment: int) -> None:
        """Forget a loser: it was decided about, or its own writer has replaced it since."""
        if self._any and (field, moment) in self._of(record):
            self._of(record).discard((field, moment))
            sql = "DELETE FROM conflict WHERE record = ? AND field = ? AND moment = ?"
            self._cursor.execute(sql, (record, field, moment))

    def drop_all(self, record: RecordId, field: str) -> None:
        """Forget every loser of a field."""
        if self._any:
            for loser in [loser for loser in self._of(record) if loser[0] == field]:
                self.drop(record, *loser)

    def with_value(self, record: RecordId, field: str, value: Value) -> list[int]:
        """Return the moments of the losers of a field that have a value."""
        if not self._any or all(name != field for name, _ in self._of(record)):
            return []
        sql = "SELECT moment FROM conflict WHERE record = ? AND field = ? AND value = ?"
        packed = msgspec.msgpack.encode(value)
        return [moment for (moment,) in self._cursor.execute(sql, (record, field, packed))]

    def _of(self, record: RecordId) -> set[Loser]:
        if record not in self._known:
            sql = "SELECT field, moment FROM conflict WHERE record = ?"
            self._known[record] = set(self._cursor.execute(sql, (record,)))
        return self._known[record]
