"""Connections to the encrypted file: one writer at a time, and readers that never wait for it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from sqlite3 import Connection, Cursor  # for their types: sqlcipher3 has the same, undeclared
from types import NoneType
from typing import TypeVar

from sqlcipher3 import dbapi2 as sqlcipher

from desktop.vault.errors import (
    ClosedVaultError,
    DamagedVaultError,
    DiskTroubleError,
    FullDiskError,
    NotDurableError,
    ReadOnlyFolderError,
    VaultError,
    VaultInUseError,
)

_MOST_IDLE = 4
_CACHE_KIB = 32 * 1024
_FULL = 2
_WAIT_SECONDS = 10.0
_LARGEST_WAL = 16 * 1024 * 1024
_FLAGS = (
    sqlcipher.SQLITE_OPEN_READWRITE | sqlcipher.SQLITE_OPEN_CREATE | sqlcipher.SQLITE_OPEN_NOMUTEX
)
"""A connection serves one thread at a time, so SQLite need not lock it for each value."""
_SETTINGS = (
    "PRAGMA cipher_log_level = none",
    "PRAGMA cipher_memory_security = off",
    "PRAGMA synchronous = full",
    "PRAGMA temp_store = memory",
    "PRAGMA trusted_schema = off",
    "PRAGMA cell_size_check = on",
    f"PRAGMA cache_size = -{_CACHE_KIB}",
    f"PRAGMA journal_size_limit = {_LARGEST_WAL}",
)

_MEANINGS: tuple[tuple[str, type[VaultError]], ...] = (
    ("database or disk is full", FullDiskError),
    ("readonly database", ReadOnlyFolderError),
    ("unable to open database file", ReadOnlyFolderError),
    ("not a database", DamagedVaultError),
    ("malformed", DamagedVaultError),
    ("vtable constructor failed", DamagedVaultError),
    ("disk I/O error", DiskTroubleError),
    ("database is locked", VaultInUseError),
)


_T = TypeVar("_T")


def _as_it_is(value: _T) -> _T:
    return value


for _kind in (bytes, NoneType):
    # The driver asks each value of these two whether it can be turned into something else, which
    # takes ten times as long as storing it. Being told what to turn it into, it does not ask.
    sqlcipher.register_adapter(_kind, _as_it_is)


class Database:
    """The file ``vault.db`` behind its key.

    ``functions`` are handed to SQL by name; each takes one value.
    """

    def __init__(
        self, path: Path, key: bytes, functions: dict[str, Callable[..., str | None]]
    ) -> None:
        self._path = path
        self._key = key
        self._functions = functions
        self._writer = threading.RLock()
        self._open = True
        self._idle: list[Connection] = []
        self._lending = threading.Lock()

    def connect(self) -> Connection:
        """Open one more connection; raise DamagedVaultError if the key does not fit the file."""
        with meaning():
            connection: Connection = sqlcipher.connect(
                self._path,
                isolation_level=None,
                check_same_thread=False,
                timeout=_WAIT_SECONDS,
                flags=_FLAGS,
            )
            try:
                # The key must come before any other statement.
                connection.execute(f"PRAGMA key = \"x'{self._key.hex()}'\"")
                for setting in _SETTINGS:
                    connection.execute(setting).fetchall()
                connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
            except sqlcipher.Error:
                connection.close()
                raise
        for name, function in self._functions.items():
            connection.create_function(name, 1, function)
        return connection

    @contextmanager
    def reading(self) -> Iterator[Cursor]:
        """Lend a cursor that sees one state of the file, whatever is written meanwhile."""
        with self._lent() as cursor:
            cursor.execute("BEGIN")
            try:
                yield cursor
            finally:
                cursor.execute("COMMIT")

    @contextmanager
    def writing(self) -> Iterator[Cursor]:
        """Lend the writer's cursor in a transaction: all of it is kept, or nothing."""
        with self._writer, self._lent() as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            try:
                yield cursor
                cursor.execute("COMMIT")
            except BaseException:
                if cursor.connection.in_transaction:
                    cursor.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close every connection; the last one folds the -wal into the file."""
        with self._writer, self._lending:
            self._open = False
            while self._idle:
                self._idle.pop().close()

    @contextmanager
    def _lent(self) -> Iterator[Cursor]:
        with meaning():
            connection = self._take()
            try:
                yield connection.cursor()
            finally:
                self._give_back(connection)

    def _take(self) -> Connection:
        """Take the connection that was used last, for it has the pages at hand, or a new one."""
        with self._lending:
            if not self._open:
                raise ClosedVaultError
            if self._idle:
                return self._idle.pop()
        return self.connect()

    def _give_back(self, connection: Connection) -> None:
        with self._lending:
            if self._open and len(self._idle) < _MOST_IDLE:
                self._idle.append(connection)
                return
        connection.close()


@contextmanager
def meaning() -> Iterator[None]:
    """Turn what the database reports into what the collector can do about it."""
    try:
        yield
    except sqlcipher.DatabaseError as error:
        for sign, meant in _MEANINGS:
            if sign in str(error):
                raise meant from error
        raise


def make_durable(database: Database, patience_millis: int = 5_000) -> None:
    """Switch the file to a write-ahead log and see that it stays so.

    The switch can fail unnoticed, so the answer is read, and read again by another connection.
    Raises NotDurableError.
    """
    for _ in range(2):
        try:
            with meaning(), closing(database.connect()) as connection:
                connection.execute(f"PRAGMA busy_timeout = {patience_millis}")
                mode = connection.execute("PRAGMA journal_mode = wal").fetchone()
                level = connection.execute("PRAGMA synchronous").fetchone()
        except VaultInUseError as error:
            raise NotDurableError from error
        if mode != ("wal",) or level != (_FULL,):
            raise NotDurableError
