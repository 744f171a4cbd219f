"""From one version of the tables to the next, while servers of both versions work with them.

A change is made in two steps, one release apart. First it *expands*: columns with a default, tables
and indexes are added, and a server that knows nothing of them goes on: no statement of ours takes
columns by their place. ``oldest`` stays. A later release *contracts*: it drops what no server uses
any more, and sets ``oldest`` to the first version that did not. A server refuses tables that are
too new for it, and nothing else.
"""

from collections.abc import Mapping
from typing import NamedTuple

from sync_server.storage.errors import StorageError
from sync_server.storage.ports import Connection
from sync_server.storage.postgres.copying import run_all


class Step(NamedTuple):
    """What leads to the next version; ``oldest``: which servers can work with that."""

    sql: str
    oldest: int


class Version(NamedTuple):
    """What a server knows: its version of the tables, and the way there from older ones."""

    number: int
    steps: Mapping[int, Step]


def is_current(db: Connection, wanted: Version) -> bool:
    """Tell whether nothing has to be done, or raise StorageError if this server is too old."""
    row = db.execute("SELECT version, oldest FROM pulse").fetchone()
    if row is None or row[1] > wanted.number:
        raise StorageError("These data are of a newer server. Update this one.")
    return bool(row[0] >= wanted.number)


def bring_up(db: Connection, wanted: Version) -> None:
    """Go all steps, in this transaction; other servers wait for it, and then go on."""
    version, oldest = db.execute("SELECT version, oldest FROM pulse FOR UPDATE").fetchone()
    while version < wanted.number:
        if version not in wanted.steps:
            raise StorageError(f"Nobody knows the way from version {version} of these tables.")
        step = wanted.steps[version]
        run_all(db, step.sql)
        version, oldest = version + 1, max(oldest, step.oldest)
    db.execute("UPDATE pulse SET version = ?, oldest = ?", (version, oldest))
