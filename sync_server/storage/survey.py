"""What a tenant's tables hold, asked of the database itself: none can be left out."""

from collections.abc import Mapping

from shared.protocol.messages import AboutTable
from sync_server.storage.ports import Connection, Database, TableShape

_ROWS = 2
"""So many rows are shown whole of each table."""
_SHORT = 32
"""Bytes that are written out; of longer ones only the number is told."""


def survey(database: Database) -> tuple[AboutTable, ...]:
    """Count and describe every table, with the last rows of each."""
    with database.read() as db:
        return tuple(_table(db, shape) for shape in database.shapes(db))


def describe_row(table: str, row: Mapping[str, object]) -> AboutTable:
    """Describe a table of which the tenant has one row."""
    last = tuple(map(_text, row.values()))
    return AboutTable(table, tuple(row), 1, sum(map(len, last)), (last,))


def _table(db: Connection, shape: TableShape) -> AboutTable:
    # The names are those of our own schema, read back from the database.
    counted = f'SELECT count(*), sum({shape.size}) FROM "{shape.name}"'  # noqa: S608
    rows, size = db.execute(counted).fetchone()
    last = db.execute(f'SELECT * FROM "{shape.name}" ORDER BY 1 DESC LIMIT {_ROWS}')  # noqa: S608
    shown = tuple(tuple(map(_text, row)) for row in last)
    return AboutTable(shape.name, shape.columns, rows, int(size or 0), shown)


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex() if len(value) <= _SHORT else f"{len(value)} bytes"
    return "" if value is None else str(value)
