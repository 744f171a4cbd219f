"""How the records of a kind lie in their table, and the SQL that reads and writes them in bulk."""
# ruff: noqa: S608 - the names in these statements come from the schema, never from a person

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from sqlite3 import Cursor
from typing import Any

import msgspec

from shared.domain.edits import MalformedEditError
from shared.domain.schema import DELETED, FIELDS, FieldType, Kind, Value
from shared.ids import RecordId

GHOST = 2
"""``deleted`` of a copy's row that stands for nothing any more: neither on a shelf nor in the
trash. Rows of copies are never taken away, for their numbers count on in memory."""

_STRANGER = "stranger"
_NONE = type(None)
_PYTHON_TYPES: Mapping[FieldType, type] = {
    FieldType.TEXT: str,
    FieldType.LONG_TEXT: str,
    FieldType.CHOICE: str,
    FieldType.NUMBER: int,
    FieldType.MONEY: int,
    FieldType.DATE: int,
    FieldType.YES_NO: bool,
    FieldType.LINK: bytes,
    FieldType.BYTES: bytes,
}
_MOST_PARAMETERS = 20_000
_MANY = 1_000
"""So many records of one edit were probably made together."""


@dataclass(slots=True)
class Row:
    """A record as it lies in its table, with the values that were asked for.

    ``key`` finds the row again. ``moments`` and ``extra`` are the maps of the columns ``stamps``
    and ``extra``; see desktop.vault.schema.
    """

    record: RecordId
    key: int | bytes
    born: int
    deleted: bool
    moments: dict[str, int]
    extra: dict[str, Any]
    values: dict[str, Value]

    def value(self, field: str) -> Value:
        """Return what a field holds; None if nothing."""
        return self.values[field] if field in self.values else self.extra.get(field)

    def moment(self, field: str) -> int:
        """Return when a field was written; 0 if never."""
        own = self.moments.get(field)
        if own is not None:
            return own
        written = self.values.get(field) is not None or field in self.extra
        return self.born if written else 0

    def hold(self, field: str, value: Value, moment: int) -> None:
        """Let a field hold a value."""
        self.moments[field] = moment
        if field in self.values:
            self.values[field] = value
        elif value is None:
            self.extra.pop(field, None)
        else:
            self.extra[field] = value

    def live_moments(self) -> set[int]:
        """Return the moments of all values held; the row must have been read whole."""
        live = {moment for field, moment in self.moments.items() if field != DELETED}
        held = (field for field, value in self.values.items() if value is not None)
        if any(field not in self.moments for field in (*held, *self.extra)):
            live.add(self.born)
        return live

    def fields(self) -> dict[str, Value]:
        """Return every field that has a value, but not whether the record is deleted."""
        held = {field: value for field, value in self.values.items() if value is not None}
        return held | {name: value for name, value in self.extra.items() if name != DELETED}


@dataclass(frozen=True, slots=True)
class Layout:
    """The table of one kind. ``types``: its columns, and what Python type each holds."""

    kind: str
    table: str
    types: Mapping[str, type]

    @property
    def key(self) -> str:
        """The column that finds a row again."""
        return "rowid" if self.kind == Kind.COPY.value else "id"

    def check(self, fields: Sequence[str], columns: Sequence[Sequence[Value]]) -> None:
        """Raise MalformedEditError if a column holds what its field cannot."""
        if DELETED in fields:
            raise MalformedEditError  # that is said by shapes of their own
        for field, column in zip(fields, columns, strict=True):
            expected = self.types.get(field)
            if expected is not None and not set(map(type, column)) <= {expected, _NONE}:
                raise MalformedEditError

    def read(
        self, cursor: Cursor, records: Sequence[RecordId], fields: Iterable[str] | None = None
    ) -> dict[RecordId, Row]:
        """Return the rows of those records that are there, with some fields or all."""
        if not self._any_between(cursor, records):
            return {}
        wanted = [name for name in self.types if fields is None or name in fields]
        found: dict[RecordId, Row] = {}
        for start in range(0, len(records), _MOST_PARAMETERS):
            ids = records[start : start + _MOST_PARAMETERS]
            where = f"{self._mine}id IN ({','.join('?' * len(ids))})"
            for row in self._select(cursor, wanted, where, ids):
                found[row.record] = row
        return found

    def read_living(self, cursor: Cursor) -> list[Row]:
        """Return all rows that are not in the trash, in the order of their ids."""
        where = f"{self._mine}NOT deleted ORDER BY id"
        return list(self._select(cursor, list(self.types), where, ()))

    def born_otherwise(
        self, cursor: Cursor, records: Sequence[RecordId], moment: int
    ) -> list[RecordId]:
        """Return those of some records that are here and were not made at this moment."""
        if len(records) < _MANY:
            marks = ",".join("?" * len(records))
            where, parameters = f"id IN ({marks})", list[Any](records)
        else:  # they mostly count on: reading along is cheaper than looking up each
            where, parameters = "id BETWEEN ? AND ?", [min(records), max(records)]
        sql = f"SELECT id FROM {self.table} WHERE {self._mine}{where} AND born <> ?"
        wanted = set(records)
        found = cursor.execute(sql, (*parameters, moment))
        return [RecordId(record) for (record,) in found if record in wanted]

    def scan(self, cursor: Cursor) -> Iterator[tuple[Any, ...]]:
        """Yield every record as id, born, stamps, extra and all fields, in the order of ids.

        Rows that stand for no record any more are left out.
        """
        names = "".join(f', "{name}"' for name in self.types)
        where = f"{self._mine}deleted <> {GHOST} ORDER BY id"
        sql = f"SELECT id, born, stamps, extra{names} FROM {self.table} WHERE {where}"
        reading = cursor.connection.cursor()
        reading.execute(sql)
        yield from reading

    def contents(self, cursor: Cursor) -> Iterator[tuple[Any, ...]]:
        """Yield every record as id, deleted, extra and all fields, in the order of ids."""
        names = "".join(f', "{name}"' for name in self.types)
        where = f"{self._mine}deleted <> {GHOST} ORDER BY id"
        reading = cursor.connection.cursor()
        reading.execute(f"SELECT id, deleted, extra{names} FROM {self.table} WHERE {where}")
        yield from reading

    def raw(self, row: Row) -> tuple[Any, ...]:
        """Return a row that was read whole as ``scan`` gives it."""
        values = map(row.values.__getitem__, self.types)
        return (row.record, row.born, pack_map(row.moments), pack_map(row.extra), *values)

    def replace_sql(self) -> str:
        """Return a statement like ``insert_sql`` for all fields; it overwrites what is there."""
        names = ("born", "stamps", "extra", *self.types)
        values = ", ".join(f'"{name}" = excluded."{name}"' for name in names)
        insert = self.insert_sql(list(self.types))
        return f"{insert} ON CONFLICT (id) DO UPDATE SET {values}, deleted = 0"

    def bury_sql(self) -> str:
        """Return a statement that takes whether a record lies in the trash, and its id."""
        return f"UPDATE {self.table} SET deleted = ? WHERE {self._mine}id = ?"

    def insert_sql(self, fields: Sequence[str]) -> str:
        """Return a statement that takes id, moment, stamps, extra and the fields' values."""
        return self.fill_sql(("id", "born", "stamps", "extra", *fields))

    def fill_sql(self, columns: Sequence[str]) -> str:
        """Return a statement that takes the values of these columns for a new row."""
        quoted = ", ".join(f'"{name}"' for name in columns)
        marks = ", ".join("?" * len(columns))
        if self._kind:
            return (
                f"INSERT INTO {self.table} ({quoted}, deleted, kind)"
                f" VALUES ({marks}, 0, {self._kind})"
            )
        return f"INSERT INTO {self.table} ({quoted}, deleted) VALUES ({marks}, 0)"

    def update_sql(self, fields: Sequence[str]) -> str:
        """Return a statement that takes the fields' values, stamps, extra, deleted and key."""
        names = (*fields, "stamps", "extra", "deleted")
        assignments = ", ".join(f'"{name}" = ?' for name in names)
        return f"UPDATE {self.table} SET {assignments} WHERE {self.key} = ?"

    @property
    def _mine(self) -> str:
        """The condition that leaves out other kinds in the strangers' table."""
        return f"kind = {self._kind} AND " if self._kind else ""

    @property
    def _kind(self) -> str:
        """A stranger's kind in SQL; in hex, for a newer version chose it."""
        return f"CAST(x'{self.kind.encode().hex()}' AS TEXT)" if self.table == _STRANGER else ""

    def _any_between(self, cursor: Cursor, records: Sequence[RecordId]) -> bool:
        """Tell cheaply that none of many new ids is there yet: they mostly count on."""
        if len(records) <= 1:
            return bool(records)
        bounds = (min(records), max(records))
        sql = f"SELECT 1 FROM {self.table} WHERE id BETWEEN ? AND ? LIMIT 1"
        return cursor.execute(sql, bounds).fetchone() is not None

    def _select(
        self, cursor: Cursor, fields: Sequence[str], where: str, parameters: Sequence[bytes]
    ) -> Iterable[Row]:
        names = "".join(f', "{name}"' for name in fields)
        sql = (
            f"SELECT id, {self.key}, born, deleted, stamps, extra{names}"
            f" FROM {self.table} WHERE {where}"
        )
        for record, key, born, deleted, stamps, extra, *values in cursor.execute(sql, parameters):
            yield Row(
                RecordId(record),
                key,
                born,
                bool(deleted),
                unpack_map(stamps),
                unpack_map(extra),
                dict(zip(fields, values, strict=True)),
            )


@cache
def layout_of(kind: str) -> Layout:
    """Return the layout of a kind, also of one that this version does not know."""
    known = {each.value: each for each in Kind}.get(kind)
    if known is None:
        return Layout(kind, _STRANGER, {})
    types = {field.name: _PYTHON_TYPES[field.type] for field in FIELDS[known]}
    return Layout(kind, kind, types)


def pack_map(map_: Mapping[str, Any]) -> bytes | None:
    """Return the bytes of a map, None for an empty one."""
    return msgspec.msgpack.encode(map_) if map_ else None


def unpack_map(raw: bytes | None) -> dict[str, Any]:
    """Return the map of some bytes."""
    return msgspec.msgpack.decode(raw) if raw else {}
