"""One SQLite file: opened durably, used by one thread at a time."""

import sqlite3
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path
from threading import RLock
from typing import Any

from shared.protocol.problems import Code
from sync_server.storage.errors import RefusedError, StorageError
from sync_server.storage.ports import Connection, Database, TableShape

CACHE_KIB = 256
"""Page cache of one file. Small: hundreds of tenants' files are open at once."""
WAL_BYTES = 8 * 1024 * 1024
"""To what size the write-ahead log is cut back after a checkpoint."""


class SqliteDatabase:
    """An open file. What ``write`` yields is on disk when the block ends, or not there at all."""

    def __init__(
        self, path: Path, schema: str, version: int, upgrades: Mapping[int, str] | None = None
    ) -> None:
        """Open ``path``; make it with ``schema`` if it is new.

        ``upgrades`` brings a file of an older version to the next one, in one transaction each.

        Raises StorageError when the file is from a newer server, or cannot keep a
        write-ahead log.
        """
        self._lock = RLock()
        self._connection = _connect(path)
        found = _pragma(self._connection, "user_version")
        if found == 0:  # new, or its making was interrupted
            _fill(self._connection, schema, version)
            self._connection.close()
            self._connection = _connect(path)
        elif found != version and not _upgrade(self._connection, version, upgrades or {}):
            self._connection.close()
            raise StorageError(f"{path.name} has version {found}, this server knows {version}")
        _require_durable(self._connection)
        self._data_version: object = None

    @property
    def is_shared(self) -> bool:
        """Tell whether other processes may write too: not a tenant's file."""
        return False

    def turn(self) -> AbstractContextManager[object]:
        """Keep other threads out; they wait."""
        return self._lock

    @contextmanager
    def read(self) -> Generator[sqlite3.Connection]:
        """Lend the connection for reading."""
        with self._lock:
            yield self._connection

    @contextmanager
    def write(self) -> Generator[sqlite3.Connection]:
        """Lend the connection for one transaction: flushed to disk, or rolled back."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException as error:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error) and _is_disk_full(error):
                    raise RefusedError(Code.DISK_FULL) from error
                raise

    @contextmanager
    def scan(self, sql: str, parameters: Sequence[Any]) -> Generator[Iterator[tuple[Any, ...]]]:
        """Lend the rows of a query one by one."""
        with self._lock, closing(self._connection.execute(sql, parameters)) as rows:
            yield rows

    def shapes(self, db: Connection) -> list[TableShape]:
        """Return every table of the file."""
        names = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return [_shape(db, name) for (name,) in names.fetchall()]

    def forget_deleted(self) -> None:
        """Empty the write-ahead log; in the file itself, what is deleted is overwritten at once."""
        with self._lock:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def alone(self, _name: bytes) -> AbstractContextManager[bool]:
        """Give True: whoever has the folder is alone."""
        return nullcontext(enter_result=True)

    def has_moved_on(self) -> bool:
        """Tell whether another process has written since this was last asked."""
        with self._lock:
            before, self._data_version = (
                self._data_version,
                _pragma(self._connection, "data_version"),
            )
        return before != self._data_version

    def is_sound(self) -> bool:
        """Read the whole file and tell whether it is undamaged."""
        with self._lock:
            return _pragma(self._connection, "quick_check") == "ok"

    def follow(self, other: Database) -> None:
        """Do nothing: a file is not moved while it is open."""

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._connection.close()


def _shape(db: Connection, name: str) -> TableShape:
    columns = [column for _, column, *_ in db.execute(f'PRAGMA table_info("{name}")')]
    sizes = (f'coalesce(length(CAST("{column}" AS BLOB)), 0)' for column in columns)
    return TableShape(name, tuple(columns), " + ".join(sizes))


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute(f"PRAGMA journal_size_limit = {WAL_BYTES}")
    return connection


def _fill(connection: sqlite3.Connection, schema: str, version: int) -> None:
    # Without reading the answer an I/O error in this switch would go unseen.
    connection.execute("PRAGMA journal_mode = wal").fetchone()
    connection.executescript(f"BEGIN; {schema} PRAGMA user_version = {version}; COMMIT;")


def _upgrade(connection: sqlite3.Connection, version: int, upgrades: Mapping[int, str]) -> bool:
    """Bring an older file up to this version; False if nobody knows how."""
    while (found := _pragma(connection, "user_version")) != version:
        if not isinstance(found, int) or found not in upgrades:
            return False
        script = f"BEGIN IMMEDIATE; {upgrades[found]} PRAGMA user_version = {found + 1}; COMMIT;"
        connection.executescript(script)
    return True


def _require_durable(connection: sqlite3.Connection) -> None:
    """Check on the re-opened file what ``_fill`` asked for."""
    journal, synchronous = _pragma(connection, "journal_mode"), _pragma(connection, "synchronous")
    if (journal, synchronous) != ("wal", 2):
        connection.close()
        raise StorageError(f"journal {journal}, synchronous {synchronous}")


def _is_disk_full(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL


def _pragma(connection: sqlite3.Connection, name: str) -> object:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]
