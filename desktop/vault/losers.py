"""The values that lost, within one transaction: kept until the collector has chosen."""

from sqlite3 import Cursor

import msgspec

from shared.domain.schema import Value
from shared.ids import RecordId


class Losers:
    """A view of the table ``conflict``, of which there are few rows."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._open: set[tuple[bytes, str, int]] = set(
            cursor.execute("SELECT record, field, moment FROM conflict")
        )

    def add(self, kind: str, record: RecordId, field: str, moment: int, value: Value) -> None:
        """Keep a value that lost."""
        if (record, field, moment) not in self._open:
            self._open.add((record, field, moment))
            sql = "INSERT INTO conflict (kind, record, field, moment, value) VALUES (?, ?, ?, ?, ?)"
            packed = msgspec.msgpack.encode(value)
            self._cursor.execute(sql, (kind, record, field, moment, packed))

    def drop(self, record: RecordId, field: str, moment: int) -> None:
        """Forget a loser: it was decided about, or its own writer has replaced it since."""
        if (record, field, moment) in self._open:
            self._open.discard((record, field, moment))
            sql = "DELETE FROM conflict WHERE record = ? AND field = ? AND moment = ?"
            self._cursor.execute(sql, (record, field, moment))

    def drop_all(self, record: RecordId, field: str) -> None:
        """Forget every loser of a field."""
        if self._open:
            for key in [key for key in self._open if key[:2] == (record, field)]:
                self.drop(record, field, key[2])
