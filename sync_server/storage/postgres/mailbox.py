"""Pairing mailboxes that several processes share: a table that nothing writes ahead.

A crash of PostgreSQL empties it, as a restart empties those in memory.
"""

from collections.abc import Callable

from shared.ids import PairId
from shared.protocol.limits import MIB, PAIR_SECONDS, SLOTS_PER_BOX
from shared.protocol.problems import Code
from sync_server.storage.errors import RefusedError
from sync_server.storage.ports import Connection
from sync_server.storage.postgres.database import DirectoryDatabase

MOST_BYTES = 16 * MIB
"""What all mailboxes together may hold."""


class PostgresMailboxes:
    """All open mailboxes. ``now`` returns milliseconds since 1970."""

    def __init__(self, directory: DirectoryDatabase, now: Callable[[], int]) -> None:
        self._database = directory
        self._now = now

    def put(self, name: PairId, slot: int, message: bytes) -> None:
        """Leave a message; see Mailboxes."""
        if slot not in range(SLOTS_PER_BOX) or not message:
            raise RefusedError(Code.NOT_FOUND)
        now = self._now()
        with self._database.quietly() as db:
            db.execute("DELETE FROM mailbox WHERE deadline <= ?", (now,))
            first = db.execute("SELECT min(deadline) FROM mailbox WHERE box = ?", (name,))
            deadline = first.fetchone()[0] or now + PAIR_SECONDS * 1000
            _require_room(db, len(message))
            made = db.execute(
                "INSERT INTO mailbox (box, slot, message, deadline) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (box, slot) DO NOTHING RETURNING slot",
                (name, slot, message, deadline),
            ).fetchone()
            if made is None:
                _require_same(db, name, slot, message)

    def read(self, name: PairId, slot: int) -> bytes:
        """Return a message, or raise RefusedError NOT_FOUND."""
        with self._database.quietly() as db:
            found = db.execute(
                "SELECT message FROM mailbox WHERE box = ? AND slot = ? AND deadline > ?",
                (name, slot, self._now()),
            ).fetchone()
        if found is None:
            raise RefusedError(Code.NOT_FOUND)
        return bytes(found[0])


def _require_room(db: Connection, size: int) -> None:
    held = db.execute("SELECT coalesce(sum(length(message)), 0) FROM mailbox").fetchone()[0]
    if held + size > MOST_BYTES:
        raise RefusedError(Code.TOO_MANY, retry_after=PAIR_SECONDS // 10)


def _require_same(db: Connection, name: PairId, slot: int, message: bytes) -> None:
    sql = "SELECT message FROM mailbox WHERE box = ? AND slot = ?"
    found = db.execute(sql, (name, slot)).fetchone()
    if found is None or found[0] != message:
        raise RefusedError(Code.SLOT_USED)
