"""Which backups of tenants there are, and the keys that they are wrapped with.

They lie in the directory's file: without its key a backup is noise, so whoever deletes the key has
deleted every copy of every backup.
"""

from collections.abc import Callable
from typing import NamedTuple

from shared.ids import TenantId
from sync_server.storage.ports import Database

KEY_BYTES = 32


class Backup(NamedTuple):
    """One backup: its number, when (milliseconds since 1970), its size, the path of its file."""

    n: int
    at: int
    bytes: int
    place: str


class BackupShelf:
    """Lists backups. ``random`` returns so many random bytes."""

    def __init__(self, database: Database, random: Callable[[int], bytes]) -> None:
        self._database = database
        self._random = random

    def key(self, tenant: TenantId) -> bytes:
        """Return the key of a tenant's backups; it is made when it is first asked for."""
        with self._database.write() as db:
            db.execute(
                "INSERT INTO backup_key (tenant, key) VALUES (?, ?)"
                " ON CONFLICT (tenant) DO NOTHING",
                (tenant, self._random(KEY_BYTES)),
            )
            row = db.execute("SELECT key FROM backup_key WHERE tenant = ?", (tenant,)).fetchone()
        return bytes(row[0])

    def of(self, tenant: TenantId) -> list[Backup]:
        """Return a tenant's backups, oldest first."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT n, at, bytes, place FROM backup WHERE tenant = ? ORDER BY n", (tenant,)
            )
            return [Backup(*row) for row in rows]

    def add(self, tenant: TenantId, backup: Backup) -> int:
        """Write down a backup whose file is on disk; return the number that it gets."""
        with self._database.write() as db:
            made = db.execute(
                "INSERT INTO backup (tenant, at, bytes, place) VALUES (?, ?, ?, ?) RETURNING n",
                (tenant, *backup[1:]),
            ).fetchone()
        return int(made[0])

    def forget(self, backup: Backup) -> None:
        """Strike a backup off the list; its file is gone."""
        with self._database.write() as db:
            db.execute("DELETE FROM backup WHERE n = ?", (backup.n,))
