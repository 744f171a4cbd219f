"""One PostgreSQL database that can be reached: its connections, and what its errors mean to us."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import errors
from psycopg.abc import Buffer
from psycopg.types.numeric import NumericBinaryLoader
from psycopg_pool import ConnectionPool, PoolTimeout
from typing_extensions import override

from shared.protocol.problems import Code
from sync_server.storage.errors import RefusedError
from sync_server.storage.ports import MovedError, Rows

MOST_CONNECTIONS = 16
"""Of one process to one database."""
_CONNECT_SECONDS = 3
_AGAIN_SECONDS = 1
_LEAST_ROWS, _MOST_ROWS, _MUCH = 16, 1024, 1024 * 1024
_GONE = (
    errors.UndefinedTable,
    errors.InvalidSchemaName,
    errors.UndefinedObject,
    errors.InvalidParameterValue,  # a role that does not exist
)
_BUSY = (
    errors.LockNotAvailable,
    errors.DeadlockDetected,
    errors.SerializationFailure,
    errors.TooManyConnections,
    errors.InternalError_,  # a relation that is just being dropped
)


class _Whole(NumericBinaryLoader):
    """Reads sums as whole numbers: there are no others here."""

    @override
    def load(self, data: Buffer) -> int:  # type: ignore[override] # Decimal otherwise
        return int(super().load(data))


Raw = psycopg.Connection[tuple[Any, ...]]


class PostgresConnection:
    """Speaks the shelves' SQL: ``?`` stands for a value."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Rows:
        """Run a statement."""
        return self.raw.execute(_translated(sql), parameters, binary=True)

    def executemany(self, sql: str, parameters: Sequence[Sequence[Any]], /) -> object:
        """Run a statement that returns nothing once for each row."""
        if len(parameters) == 1:  # executemany would open a pipeline for it
            return self.raw.execute(_translated(sql), parameters[0])
        with self.raw.cursor() as cursor:
            cursor.executemany(_translated(sql), parameters)
        return None

    @contextmanager
    def scan(self, sql: str, parameters: Sequence[Any]) -> Generator[Iterator[tuple[Any, ...]]]:
        """Lend the rows of a query; they come in pieces of about a megabyte."""
        cursor = self.raw.cursor("scan", binary=True)
        try:
            cursor.execute(_translated(sql), parameters)
            yield _pieces(cursor)
        finally:
            self._close(cursor)

    def _close(self, cursor: psycopg.ServerCursor[tuple[Any, ...]]) -> None:
        """Close a cursor, also of a database that died just now: psycopg leaves that one open."""
        try:
            cursor.close()
        except psycopg.OperationalError:
            self.raw.close()
            cursor.close()
            raise


class Cluster:
    """A pool of connections to one database. ``dsn`` as libpq reads it."""

    def __init__(self, dsn: str, most: int = MOST_CONNECTIONS) -> None:
        self.dsn = dsn
        self._pool: ConnectionPool[Raw] = ConnectionPool(
            dsn,
            # Prepared statements would not survive a pooler that lends by the transaction.
            kwargs={
                "autocommit": True,
                "prepare_threshold": None,
                "connect_timeout": _CONNECT_SECONDS,
            },
            min_size=0,
            max_size=most,
            open=True,
            configure=_configure,
            timeout=_CONNECT_SECONDS,
            reconnect_timeout=_AGAIN_SECONDS,
        )

    @contextmanager
    def lend(self) -> Generator[Raw]:
        """Lend a connection outside of any transaction; what fails is told in our words."""
        try:
            with self._pool.connection() as raw:
                yield raw
        except errors.DiskFull as error:
            raise RefusedError(Code.DISK_FULL) from error
        except _GONE as error:
            raise MovedError from error
        except (PoolTimeout, *_BUSY) as error:
            raise RefusedError(Code.UNAVAILABLE, retry_after=_AGAIN_SECONDS) from error
        except psycopg.OperationalError as error:
            self._pool.check()  # what else is broken is dropped
            raise RefusedError(Code.UNAVAILABLE, retry_after=_AGAIN_SECONDS) from error

    @contextmanager
    def transaction(self, begin: str) -> Generator[PostgresConnection]:
        """Lend a connection for one transaction that starts with these statements."""
        with self.lend() as raw:
            try:
                raw.execute(begin.encode())
                yield PostgresConnection(raw)
                raw.execute("COMMIT")
            except BaseException:
                if not raw.closed:
                    raw.rollback()
                raise

    @contextmanager
    def opening(self, begin: str) -> Generator[tuple[PostgresConnection, tuple[Any, ...] | None]]:
        """Lend a connection for a transaction, and what its first statements found.

        One way to the server and back for these, one for all that follow and the commit, unless
        something is read in between.
        """
        with self.lend() as raw:
            try:
                found = _last_row(raw, begin)
                with raw.pipeline():
                    yield PostgresConnection(raw), found
                    raw.execute("COMMIT")
            except BaseException:
                if not raw.closed:
                    raw.rollback()
                raise

    def ask(self, question: str) -> tuple[Any, ...] | None:
        """Run statements in one way to the server and back; return the last row found."""
        with self.lend() as raw:
            return _last_row(raw, question)

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class Clusters:
    """Every database that is reached from here, once."""

    def __init__(self) -> None:
        self._reached: dict[str, Cluster] = {}

    def __getitem__(self, dsn: str) -> Cluster:
        """Return the pool of a database."""
        if dsn not in self._reached:
            self._reached[dsn] = Cluster(dsn)
        return self._reached[dsn]

    def close(self) -> None:
        """Close all connections."""
        for cluster in self._reached.values():
            cluster.close()


def _last_row(raw: Raw, statements: str) -> tuple[Any, ...] | None:
    """Run several statements at once: there are no values in them, so that can be."""
    row = None
    for result in raw.execute(statements.encode()).results():
        row = result.fetchone() if result.description else row
    return row


def _configure(raw: Raw) -> None:
    raw.adapters.register_loader("numeric", _Whole)


@lru_cache(512)
def _translated(sql: str) -> bytes:
    return sql.replace("%", "%%").replace("?", "%s").encode()


def _pieces(cursor: psycopg.ServerCursor[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    count = _LEAST_ROWS
    while rows := cursor.fetchmany(count):
        yield from rows
        size = sum(len(value) for row in rows for value in row if isinstance(value, bytes))
        count = min(_MOST_ROWS, count * 2) if size < _MUCH else max(1, count // 2)
