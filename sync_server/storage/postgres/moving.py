"""A tenant's schema copied into another database while its devices write.

First everything is copied, as it is at one moment, while writes go on. Then the source is closed:
writes wait for its pulse; what they have added since is copied; the copy is compared, and kept;
and what waited is told that the data have moved. A crash before that undoes the closing.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sync_server.storage.errors import StorageError
from sync_server.storage.ports import TableShape
from sync_server.storage.postgres.cluster import PostgresConnection
from sync_server.storage.postgres.copying import put_rows


class _Growing(NamedTuple):
    """A table of which rows are added and dropped, but never changed, and what names them."""

    table: str
    key: tuple[str, ...]

    @property
    def keys(self) -> str:
        """What reads all names."""
        return f'SELECT {", ".join(self.key)} FROM "{self.table}"'  # noqa: S608 - our own names

    @property
    def those(self) -> str:
        """What picks one row."""
        return " AND ".join(f"{each} = ?" for each in self.key)


_GROWING = {
    each.table: each
    for each in (
        _Growing("entry", ("position",)),
        _Growing("object", ("hash",)),
        _Growing("chunk_bytes", ("file", "n")),
    )
}


def copy_all(
    source: PostgresConnection, target: PostgresConnection, shapes: Iterable[TableShape]
) -> None:
    """Copy every table into the empty ones of the target."""
    for shape in shapes:
        with source.scan(shape.selection, ()) as rows:
            put_rows(target, shape, rows)


def level(
    source: PostgresConnection, target: PostgresConnection, shapes: Iterable[TableShape]
) -> None:
    """Make the target's tables like the source's, of which most is there already.

    Raises StorageError if they do not come out alike.
    """
    for shape in shapes:
        if shape.name in _GROWING:
            _level(source, target, shape, _GROWING[shape.name])
        else:
            target.execute(f'DELETE FROM "{shape.name}"')  # noqa: S608 - our own names
            copy_all(source, target, (shape,))
        if _count(source, shape) != _count(target, shape):
            raise StorageError(f"The copy of the table {shape.name} is not whole.")


def _level(
    source: PostgresConnection,
    target: PostgresConnection,
    shape: TableShape,
    growing: _Growing,
) -> None:
    with source.scan(growing.keys, ()) as rows:
        wanted = set(rows)
    with target.scan(growing.keys, ()) as rows:
        held = set(rows)
    for key in held - wanted:
        target.execute(f'DELETE FROM "{shape.name}" WHERE {growing.those}', key)  # noqa: S608 - our own names
    put_rows(target, shape, _rows(source, shape, growing, wanted - held))


def _rows(
    source: PostgresConnection,
    shape: TableShape,
    growing: _Growing,
    keys: Iterable[tuple[object, ...]],
) -> Iterator[tuple[object, ...]]:
    for key in keys:
        yield from source.execute(f"{shape.selection} WHERE {growing.those}", key)


def _count(db: PostgresConnection, shape: TableShape) -> tuple[int, int]:
    counted = f'SELECT count(*), sum({shape.size}) FROM "{shape.name}"'  # noqa: S608 - our own names
    rows, size = db.execute(counted).fetchone()
    return int(rows), int(size or 0)
