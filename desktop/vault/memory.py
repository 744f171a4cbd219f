"""A database without a file: it is gone when it is closed, and nothing of it was on a disk."""

from collections.abc import Callable
from pathlib import Path
from sqlite3 import Connection
from threading import Lock

from sqlcipher3 import dbapi2 as sqlcipher
from typing_extensions import override

from desktop.vault.database import Database, meaning
from desktop.vault.errors import ClosedVaultError


class MemoryDatabase(Database):
    """One connection, which serves everybody, one after the other."""

    def __init__(self, functions: dict[str, Callable[..., str | None]]) -> None:
        super().__init__(Path(), b"", functions)
        self._turn = Lock()
        self._one = self.connect()

    @override
    def connect(self) -> Connection:
        with meaning():
            connection: Connection = sqlcipher.connect(
                ":memory:", isolation_level=None, check_same_thread=False
            )
        connection.execute("PRAGMA temp_store = memory")
        for name, function in self._functions.items():
            connection.create_function(name, 1, function)
        return connection

    @override
    def close(self) -> None:
        with self._turn:
            if self._open:
                self._open = False
                self._one.close()

    @override
    def _take(self) -> Connection:
        self._turn.acquire()
        if not self._open:
            self._turn.release()
            raise ClosedVaultError
        return self._one

    @override
    def _give_back(self, connection: Connection) -> None:
        self._turn.release()
