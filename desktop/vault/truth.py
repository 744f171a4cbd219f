"""The truth of a collection: the few tables from which everything else in its file is told again.

They hold the log (a snapshot that was taken in, the entries behind it, edits not sealed yet), the
chain of devices and the device's own secrets.
"""
# ruff: noqa: S608 - what is put into these statements are constants of this module

from collections.abc import Iterable, Iterator
from sqlite3 import Cursor
from typing import Any, NamedTuple

from desktop.vault.database import meaning
from desktop.vault.errors import DamagedVaultError

_SEALED = ("hash", "header", "signature", "salt", "body")
TRUTH = {
    "secret": ("name", "value"),
    "stream": ("number", "device", "incarnation"),
    "link": ("number", "link"),
    "base": ("number", "taken", *_SEALED, "approvals"),
    "part": ("number", "kind", *_SEALED),
    "entry": ("number", "stream", "seq", "sent", *_SEALED),
    "edit": ("moment", "blob"),
    "file": ("id", "sent"),
}
"""The tables and their columns, in the order in which they are told; the first is the key."""

_NUMBERED = {"part", "entry", "edit"}
_ONLY = {"edit": "blob IS NOT NULL"}


class Fact(NamedTuple):
    """One row of one of the tables."""

    table: str
    row: tuple[Any, ...]


def facts(cursor: Cursor, tables: Iterable[str] = TRUTH) -> Iterator[Fact]:
    """Yield the truth of some tables, or all; raise DamagedVaultError where it cannot be read."""
    for table in tables:
        yield from _rows(cursor, table)


def readable_facts(cursor: Cursor, lost: list[str]) -> Iterator[Fact]:
    """Yield what can be read; add the name of a table to ``lost`` for each row that cannot be."""
    for table, columns in TRUTH.items():
        last = 0
        try:
            with meaning():
                for fact in _rows(cursor, table):
                    last = fact.row[0] if table in _NUMBERED else 0
                    yield fact
        except DamagedVaultError:
            lost.append(table)
            if table in _NUMBERED:
                yield from _one_by_one(cursor, table, columns, last, lost)


def _rows(cursor: Cursor, table: str) -> Iterator[Fact]:
    columns = TRUTH[table]
    # An index may be of another time than its table.
    sql = f"SELECT {', '.join(columns)} FROM {table} NOT INDEXED WHERE {_ONLY.get(table, '1')}"
    reading = cursor.connection.cursor()
    for row in reading.execute(f"{sql} ORDER BY {columns[0]}"):
        yield Fact(table, row)


def _one_by_one(
    cursor: Cursor, table: str, columns: tuple[str, ...], last: int, lost: list[str]
) -> Iterator[Fact]:
    """Go past a page that cannot be read, as far as the highest number that can be."""
    try:
        with meaning():
            (top,) = cursor.execute(
                f"SELECT coalesce(max({columns[0]}), 0) FROM {table}"
            ).fetchone()
    except DamagedVaultError:
        return
    which = f"{columns[0]} = ? AND {_ONLY.get(table, '1')}"
    sql = f"SELECT {', '.join(columns)} FROM {table} WHERE {which}"
    for number in range(last + 1, top + 1):
        try:
            with meaning():
                found = cursor.execute(sql, (number,)).fetchone()
        except DamagedVaultError:
            lost.append(table)
            continue
        if found:
            yield Fact(table, found)
