"""The operator's books: the server's own keys and switches, locked names, receipts, the audit.

They lie in the directory's file, so that a tenant's leaving is one transaction.
"""

from collections.abc import Callable
from typing import NamedTuple

from shared.ids import TenantId
from sync_server.storage.database import Database


class AuditLine(NamedTuple):
    """What an operator did: when (milliseconds since 1970), what, to whom (a pseudonym)."""

    at: int
    action: str
    tenant: str
    detail: str


class Farewell(NamedTuple):
    """What stays of a tenant that leaves: the lock on its name, its receipt."""

    tenant: TenantId
    pseudonym: str
    name_mac: bytes
    locked_until: int
    receipt: bytes


class Books:
    """Reads and writes the books. ``random`` returns so many random bytes."""

    def __init__(self, database: Database, random: Callable[[int], bytes]) -> None:
        self._database = database
        self._random = random

    def secret(self, name: str, size: int) -> bytes:
        """Return one of the server's own keys; it is made when it is first asked for."""
        with self._database.write() as db:
            db.execute("INSERT OR IGNORE INTO fact VALUES (?, ?)", (name, self._random(size)))
            row = db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return bytes(row[0])

    def is_on(self, switch: str) -> bool:
        """Tell whether a switch is on."""
        with self._database.read() as db:
            found = db.execute("SELECT 1 FROM fact WHERE name = ?", (switch,)).fetchone()
        return found is not None

    def turn(self, switch: str, *, on: bool) -> None:
        """Turn a switch on or off."""
        with self._database.write() as db:
            db.execute("DELETE FROM fact WHERE name = ?", (switch,))
            if on:
                db.execute("INSERT INTO fact VALUES (?, x'01')", (switch,))

    def last_owner(self, name_mac: bytes, *, now: int) -> TenantId | None:
        """Return whose a name was that is still kept from new tenants; None if it is not kept."""
        with self._database.read() as db:
            found = db.execute(
                "SELECT tenant FROM locked_name WHERE mac = ? AND until > ?", (name_mac, now)
            ).fetchone()
        return TenantId(found[0]) if found else None

    def forget_locks(self, *, now: int) -> None:
        """Drop the locks that have run out."""
        with self._database.write() as db:
            db.execute("DELETE FROM locked_name WHERE until <= ?", (now,))

    def note(self, line: AuditLine) -> None:
        """Add a line to the audit."""
        with self._database.write() as db:
            db.execute("INSERT INTO audit VALUES (NULL, ?, ?, ?, ?)", line)

    def audit(self) -> list[AuditLine]:
        """Return the audit, oldest first."""
        with self._database.read() as db:
            rows = db.execute("SELECT at, action, tenant, detail FROM audit ORDER BY n")
            return [AuditLine(*row) for row in rows]

    def receipt(self, tenant: TenantId) -> bytes | None:
        """Return the receipt of a tenant that left."""
        with self._database.read() as db:
            row = db.execute("SELECT receipt FROM receipt WHERE tenant = ?", (tenant,)).fetchone()
        return row[0] if row else None

    def part(self, farewell: Farewell, line: AuditLine) -> None:
        """Take a tenant out of the directory; leave the lock, the receipt and one audit line."""
        with self._database.write() as db:
            db.execute("DELETE FROM tenant WHERE id = ?", (farewell.tenant,))
            db.execute("DELETE FROM audit WHERE tenant = ?", (farewell.pseudonym,))
            db.execute("INSERT INTO audit VALUES (NULL, ?, ?, ?, ?)", line)
            db.execute(
                "INSERT OR REPLACE INTO locked_name VALUES (?, ?, ?)",
                (farewell.name_mac, farewell.tenant, farewell.locked_until),
            )
            db.execute(
                "INSERT OR REPLACE INTO receipt VALUES (?, ?)",
                (farewell.tenant, farewell.receipt),
            )

    def empty_log(self) -> None:
        """Leave no trace of deleted rows in the file's log."""
        self._database.empty_log()
