"""What lies in a tenant's file, table by table, asked of the file itself: none can be left out."""

from collections.abc import Mapping
from sqlite3 import Connection

from shared.protocol.messages import AboutTable

_ROWS = 2
"""So many rows are shown whole of each table."""
_SHORT = 32
"""Bytes that are written out; of longer ones only the number is told."""


def survey(db: Connection) -> tuple[AboutTable, ...]:
    """Count and describe every table of a file, with the last rows of each."""
    names = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return tuple(_table(db, name) for (name,) in names.fetchall())


def describe_row(table: str, row: Mapping[str, object]) -> AboutTable:
    """Describe a table of which the tenant has one row."""
    last = tuple(map(_text, row.values()))
    return AboutTable(table, tuple(row), 1, sum(map(len, last)), (last,))


def _table(db: Connection, name: str) -> AboutTable:
    columns = [column for _, column, *_ in db.execute(f'PRAGMA table_info("{name}")')]
    sizes = " + ".join(f'length(CAST("{column}" AS BLOB))' for column in columns)
    # The names are those of our own schema, read back from the file.
    rows, size = db.execute(f'SELECT count(*), sum({sizes}) FROM "{name}"').fetchone()  # noqa: S608
    last = db.execute(f'SELECT * FROM "{name}" ORDER BY 1 DESC LIMIT {_ROWS}')  # noqa: S608
    return AboutTable(
        name, tuple(columns), rows, size or 0, tuple(tuple(map(_text, row)) for row in last)
    )


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex() if len(value) <= _SHORT else f"{len(value)} bytes"
    return "" if value is None else str(value)
