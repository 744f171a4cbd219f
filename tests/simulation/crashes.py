"""The moments at which a server may go off: right before each write, and before it answers."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

_WRITES = ("COMMIT", "INSERT", "UPDATE", "DELETE")


@contextmanager
def watched(burn: Callable[[], None]) -> Iterator[None]:
    """Let what SQLite writes through connections that are made in this block pass a fuse.

    Where the bytes of a picture lie beside the file, the row that lists them is the next write.
    """
    plain = sqlite3.connect
    sqlite3.connect = partial(_connect, plain, burn)  # type: ignore[assignment] # as it is called
    try:
        yield
    finally:
        sqlite3.connect = plain


def _connect(
    plain: Callable[..., sqlite3.Connection], burn: Callable[[], None], *args: Any, **named: Any
) -> sqlite3.Connection:
    connection = plain(*args, **named)
    connection.set_trace_callback(lambda sql: burn() if sql.startswith(_WRITES) else None)
    return connection
