"""Has a tenant moved by the operator's command, and kills it at one commit after another.

``python -m tests.sync_server.postgres.breaking DSN FOLDER NAME SHARD SHARD``: the command dies
right before the n-th commit that writes something, is run again to its end, and so to and fro until
a run ends before it could be killed. Prints how often it was killed.
"""

import os
import sys
from collections.abc import Sequence
from functools import partialmethod

import psycopg

from sync_server.application.main import main

KILLED = 9
_WRITES = (b"INSERT", b"UPDATE", b"DELETE", b"CREATE", b"DROP")


class Fuse:
    """Ends the process right before a commit."""

    def __init__(self, n: int) -> None:
        self._left = n
        self._plain = psycopg.Connection.execute
        self._writing: set[psycopg.Connection] = set()

    def execute(
        self, connection: psycopg.Connection, query: object, *rest: object, **named: object
    ):
        if query == "COMMIT" and connection in self._writing:
            self._writing.discard(connection)
            if not self._left:
                os._exit(KILLED)
            self._left -= 1
        elif isinstance(query, bytes) and query.startswith(_WRITES):
            self._writing.add(connection)
        return self._plain(connection, query, *rest, **named)


def _burning(connection: psycopg.Connection, fuse: Fuse, *rest: object, **named: object):
    return fuse.execute(connection, *rest, **named)


def run(words: Sequence[str], n: int | None) -> int:
    """Run the command in a process of its own; return its exit code."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if n is not None:
        fuse = Fuse(n)
        psycopg.Connection.execute = partialmethod(_burning, fuse)
    os._exit(main(words))


def kill_everywhere(dsn: str, folder: str, name: str, shards: Sequence[str]) -> int:
    n, code = -1, KILLED
    while code == KILLED:
        n += 1
        words = ["tenant", "move", name, shards[n % 2], "--data", folder, "--directory", dsn]
        code = run(words, n)
        again = run(words, None)
        assert again == 0, (n, code, again)
    assert code == 0
    return n


if __name__ == "__main__":
    print(kill_everywhere(*sys.argv[1:4], sys.argv[4:]))
