"""One server a data folder: SQLite's files stand several processes, what is in memory does not."""

import sqlite3
from pathlib import Path

from sync_server.storage.errors import HouseTakenError

_PRIMARY = 0xFF
"""The part of SQLite's error codes that says what kind it is."""


def hold_folder(folder: Path) -> sqlite3.Connection:
    """Hold a folder until this is closed or the process ends; SQLite knows how on every system.

    Raises HouseTakenError when another process has it; sqlite3.OperationalError.
    """
    lock = sqlite3.connect(
        folder / "lock", timeout=0, isolation_level=None, check_same_thread=False
    )
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        if error.sqlite_errorcode & _PRIMARY != sqlite3.SQLITE_BUSY:
            raise
        raise HouseTakenError from error
    return lock
