"""A schema of a PostgreSQL database, and nothing but it: a tenant's, or the directory's.

A connection is lent for one transaction. For a tenant it takes the tenant's role and schema first,
so whatever the code above asks for, PostgreSQL itself refuses what is another's. A row called
``pulse`` counts the writes: it makes those of several processes wait for each other, and tells
each whether what it has in memory is still true.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from threading import RLock
from typing import Any

import psycopg
from typing_extensions import override

from sync_server.storage.ports import Connection, Database, MovedError, OutdatedError, TableShape
from sync_server.storage.postgres.cluster import Cluster

PATIENCE = "SET LOCAL lock_timeout = '15s'"
"""How long a write waits while the tenant is being moved, before the device is told to wait."""


_LOOK = "SELECT revision FROM pulse"
_BEAT = "UPDATE pulse SET revision = revision + 1 WHERE NOT moved RETURNING revision"


class PostgresDatabase:
    """What both kinds have in common."""

    def __init__(self, cluster: Cluster, schema: str, role: str = "") -> None:
        self.cluster = cluster
        self.schema = schema
        become = f'SET LOCAL ROLE "{role}"; ' if role else ""
        self.begin = f'BEGIN; {become}SET LOCAL search_path TO "{schema}"; {PATIENCE}'
        self._turn = RLock()
        self._seen: int | None = None

    @property
    def is_shared(self) -> bool:
        """Tell whether other processes may write too: always."""
        return True

    def turn(self) -> AbstractContextManager[object]:
        """Keep other threads of this process out; they wait."""
        return self._turn

    @contextmanager
    def read(self) -> Generator[Connection]:
        """Lend a connection for reading."""
        with self._turn, self.cluster.transaction(self.begin) as db:
            yield db

    @contextmanager
    def scan(self, sql: str, parameters: Sequence[Any]) -> Generator[Iterator[tuple[Any, ...]]]:
        """Lend the rows of a query one by one."""
        with (
            self._turn,
            self.cluster.transaction(self.begin) as db,
            db.scan(sql, parameters) as rows,
        ):
            yield rows

    def shapes(self, db: Connection) -> list[TableShape]:
        """Return every table of the schema that the role may read."""
        found = db.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position"
        )
        columns: dict[str, dict[str, str]] = {}
        for table, column, kind in found:
            columns.setdefault(table, {})[column] = _size(column, kind)
        return [
            TableShape(table, tuple(sizes), " + ".join(sizes.values()))
            for table, sizes in columns.items()
        ]

    def is_sound(self) -> bool:
        """Read everything; PostgreSQL checks its pages while it does."""
        try:
            with self.read() as db:
                for shape in self.shapes(db):
                    content = " || ".join(f'md5("{column}"::text)' for column in shape.columns)
                    # The names are those of our own schema, read back from the database.
                    db.execute(f'SELECT max(md5({content})) FROM "{shape.name}"').fetchone()  # noqa: S608
        except psycopg.DatabaseError:
            return False
        return True

    def forget_deleted(self) -> None:
        """Do nothing: when deleted bytes are overwritten is PostgreSQL's own affair."""

    def close(self) -> None:
        """Do nothing: the connections are the cluster's."""


class TenantDatabase(PostgresDatabase):
    """One tenant's schema. Writes begin with the pulse."""

    @contextmanager
    def write(self) -> Generator[Connection]:
        """Lend a connection for one transaction.

        Raises OutdatedError, MovedError, and nothing has changed.
        """
        with self._turn:
            with self.cluster.opening(f"{self.begin}; {_BEAT}") as (db, found):
                if found is None:
                    raise MovedError
                if self._seen is None or found[0] != self._seen + 1:
                    raise OutdatedError
                yield db
                self._seen = None  # nobody knows, if the answer to the commit is lost
            self._seen = found[0]

    @contextmanager
    def alone(self, _name: bytes) -> Generator[bool]:
        """Give True: a tenant's writes wait for each other anyway."""
        yield True

    def has_moved_on(self) -> bool:
        """Tell whether another process has written since this was last asked; at first, yes."""
        with self._turn:
            found = self.cluster.ask(f"{self.begin}; {_LOOK} WHERE NOT moved; COMMIT")
            if found is None:
                raise MovedError
            before, self._seen = self._seen, int(found[0])
        return before != self._seen

    def follow(self, other: Database) -> None:
        """Go on where the data were moved to."""
        if isinstance(other, TenantDatabase):
            with self._turn:
                self.cluster, self.begin, self._seen = other.cluster, other.begin, None


class DirectoryDatabase(PostgresDatabase):
    """The directory's schema. Writes end with the pulse: others look at it now and then."""

    @contextmanager
    def write(self) -> Generator[Connection]:
        """Lend a connection for one transaction."""
        with self._turn, self.cluster.transaction(self.begin) as db:
            yield db
            db.execute(_BEAT)

    @contextmanager
    def quietly(self) -> Generator[Connection]:
        """Lend a connection for one transaction of which nobody needs to hear."""
        with self.cluster.transaction(self.begin) as db:
            yield db

    @contextmanager
    def alone(self, name: bytes) -> Generator[bool]:
        """Give True if no other process is at the thing of this name, and keep them off it.

        The lock is the session's: it goes with the process, however that ends.
        """
        key = int.from_bytes(name[:8], signed=True)
        with self.cluster.lend() as raw:
            row = raw.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone()
            alone = bool(row and row[0])
            try:
                yield alone
            finally:
                if alone and not raw.closed:
                    raw.execute("SELECT pg_advisory_unlock(%s)", (key,))

    def has_moved_on(self) -> bool:
        """Tell whether anybody has written since this was last asked; at first, yes."""
        found = self.cluster.ask(f"{self.begin}; {_LOOK}; COMMIT")
        before, self._seen = self._seen, found[0] if found else None
        return before != self._seen

    def follow(self, other: Database) -> None:
        """Do nothing: a directory does not move."""

    @override
    @contextmanager
    def read(self) -> Generator[Connection]:
        """Lend a connection for reading; threads need not wait for each other."""
        with self.cluster.transaction(self.begin) as db:
            yield db


def _size(column: str, kind: str) -> str:
    if kind == "bytea":
        return f'coalesce(length("{column}"), 0)'
    return f'coalesce(octet_length("{column}"::text), 0)'
