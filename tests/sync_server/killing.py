"""Runs an operator's command over copies of a data folder and kills it at one write after another.

``python -m tests.sync_server.killing TEMPLATE COPIES WORDS...``: in ``COPIES/<n>`` the command died
right before its write number ``n``, and was then run again to its end.
"""

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from sync_server.application.main import main

KILLED = 9
_FILE_WRITES = frozenset({"os.rename", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree"})
_SQL_WRITES = ("COMMIT", "INSERT", "UPDATE", "DELETE", "PRAGMA WAL_CHECKPOINT")


class Fuse:
    """Ends the process right before its n-th write."""

    def __init__(self, n: int) -> None:
        self._left = n

    def burn(self) -> None:
        self._left -= 1
        if not self._left:
            os._exit(KILLED)

    def watch_files(self, event: str, _arguments: object) -> None:
        if event in _FILE_WRITES:
            self.burn()

    def watch_sql(self, statement: str) -> None:
        if statement.upper().startswith(_SQL_WRITES):
            self.burn()

    def connect(self, plain: Callable[..., sqlite3.Connection], *args: object, **named: object):
        connection = plain(*args, **named)
        connection.set_trace_callback(self.watch_sql)
        return connection


def run(words: Sequence[str], n: int | None) -> int:
    """Run the command in a process of its own; return its exit code."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if n is not None:
        fuse = Fuse(n)
        sys.addaudithook(fuse.watch_files)
        sqlite3.connect = partial(fuse.connect, sqlite3.connect)
    os._exit(main(words))


def kill_everywhere(template: Path, copies: Path, words: Sequence[str]) -> None:
    n, code = 0, KILLED
    while code == KILLED:
        n += 1
        folder = copies / str(n)
        shutil.copytree(template, folder)
        code = run([*words, "--data", str(folder)], n)
        again = run([*words, "--data", str(folder)], None)
        assert again == 0, (n, code, again)
    assert code == 0


if __name__ == "__main__":
    kill_everywhere(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
