"""The operator's books: the server's own keys and switches, locked names, receipts, the audit.

They lie in the directory's file, so that a tenant's leaving is one transaction.
"""

from collections.abc import Callable
from typing import NamedTuple

from shared.ids import Slug, TenantId
from sync_server.storage.ports import Connection, Database


class AuditLine(NamedTuple):
    """What an operator did: when (milliseconds since 1970), what, to whom (a pseudonym)."""

    at: int
    action: str
    tenant: str
    detail: str


class Invitation(NamedTuple):
    """A name that somebody was invited to take, on which plan, until when (milliseconds)."""

    slug: Slug
    plan: str
    until: int


class Farewell(NamedTuple):
    """What stays of a tenant that leaves: the lock on its name, its receipt."""

    tenant: TenantId
    slug: Slug
    pseudonym: str
    name_mac: bytes
    locked_until: int
    receipt: bytes


class Books:
    """Reads and writes the books. ``random`` returns so many random bytes."""

    def __init__(self, database: Database, random: Callable[[int], bytes]) -> None:
        self._database = database
        self._random = random

    def random(self, size: int) -> bytes:
        """Return fresh random bytes."""
        return self._random(size)

    def secret(self, name: str, size: int) -> bytes:
        """Return one of the server's own keys; it is made when it is first asked for."""
        with self._database.write() as db:
            db.execute(
                "INSERT INTO fact (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
                (name, self._random(size)),
            )
            row = db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return bytes(row[0])

    def setting(self, name: str) -> str:
        """Return how a switch of the server is set; empty if it never was."""
        with self._database.read() as db:
            found = db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return found[0].decode() if found else ""

    def set(self, name: str, value: str) -> None:
        """Set a switch."""
        with self._database.write() as db:
            db.execute(
                "INSERT INTO fact (name, value) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, value.encode()),
            )

    def invitation(self, name: Slug, *, now: int) -> Invitation | None:
        """Return the invitation to a name, if there is one that still counts."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT slug, plan, until FROM invitation WHERE slug = ? AND until > ?", (name, now)
            ).fetchone()
        return Invitation(*row) if row else None

    def invite(self, invitation: Invitation) -> None:
        """Write down an invitation; an older one to the same name counts no more."""
        with self._database.write() as db:
            db.execute(
                "INSERT INTO invitation (slug, plan, until) VALUES (?, ?, ?) ON CONFLICT (slug)"
                " DO UPDATE SET plan = excluded.plan, until = excluded.until",
                invitation,
            )

    def forget_invitation(self, name: Slug) -> None:
        """Drop an invitation: it was taken up."""
        with self._database.write() as db:
            db.execute("DELETE FROM invitation WHERE slug = ?", (name,))

    def plans(self) -> dict[str, bytes]:
        """Return the limits of the plans that the operator defined, as they were written."""
        with self._database.read() as db:
            return dict(db.execute("SELECT name, limits FROM plan ORDER BY name").fetchall())

    def define_plan(self, name: str, limits: bytes) -> None:
        """Write down a plan, or another one under its name."""
        with self._database.write() as db:
            db.execute(
                "INSERT INTO plan (name, limits) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET limits = excluded.limits",
                (name, limits),
            )

    def remove_plan(self, name: str) -> None:
        """Forget a plan."""
        with self._database.write() as db:
            db.execute("DELETE FROM plan WHERE name = ?", (name,))

    def invites_to(self, plan: str, *, now: int) -> bool:
        """Tell whether somebody is invited to a plan."""
        with self._database.read() as db:
            found = db.execute(
                "SELECT 1 FROM invitation WHERE plan = ? AND until > ?", (plan, now)
            ).fetchone()
        return found is not None

    def last_owner(self, name_mac: bytes, *, now: int) -> TenantId | None:
        """Return whose a name was that is still kept from new tenants; None if it is not kept."""
        with self._database.read() as db:
            found = db.execute(
                "SELECT tenant FROM locked_name WHERE mac = ? AND until > ?", (name_mac, now)
            ).fetchone()
        return TenantId(found[0]) if found else None

    def forget_old(self, *, now: int) -> None:
        """Drop the locks and invitations that have run out."""
        with self._database.read() as db:
            due = "SELECT 1 FROM {} WHERE until <= ? LIMIT 1"
            tables = ("invitation", "locked_name")
            if not any(db.execute(due.format(each), (now,)).fetchone() for each in tables):
                return
        with self._database.write() as db:
            db.execute("DELETE FROM invitation WHERE until <= ?", (now,))
            db.execute("DELETE FROM locked_name WHERE until <= ?", (now,))

    def note(self, line: AuditLine) -> None:
        """Add a line to the audit."""
        with self._database.write() as db:
            _put_audit(db, line)

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
            db.execute("DELETE FROM invitation WHERE slug = ?", (farewell.slug,))
            db.execute("DELETE FROM audit WHERE tenant = ?", (farewell.pseudonym,))
            db.execute("DELETE FROM backup WHERE tenant = ?", (farewell.tenant,))
            db.execute("DELETE FROM backup_key WHERE tenant = ?", (farewell.tenant,))
            _put_audit(db, line)
            db.execute(
                "INSERT INTO locked_name (mac, tenant, until) VALUES (?, ?, ?) ON CONFLICT (mac)"
                " DO UPDATE SET tenant = excluded.tenant, until = excluded.until",
                (farewell.name_mac, farewell.tenant, farewell.locked_until),
            )
            db.execute(
                "INSERT INTO receipt (tenant, receipt) VALUES (?, ?)"
                " ON CONFLICT (tenant) DO UPDATE SET receipt = excluded.receipt",
                (farewell.tenant, farewell.receipt),
            )

    def forget_deleted(self) -> None:
        """Leave no trace of deleted rows where the database writes ahead."""
        self._database.forget_deleted()


def _put_audit(db: Connection, line: AuditLine) -> None:
    db.execute("INSERT INTO audit (at, action, tenant, detail) VALUES (?, ?, ?, ?)", line)
