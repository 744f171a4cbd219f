"""Which tenants there are, under which names: the only table that spans tenants."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from shared.ids import Slug, TenantId
from shared.protocol.problems import Code
from sync_server.storage.database import Database
from sync_server.storage.errors import RefusedError
from sync_server.storage.schema import DIRECTORY, DIRECTORY_VERSION


@dataclass(frozen=True, slots=True)
class Tenant:
    """One line of the directory. ``created`` is in milliseconds since 1970.

    ``pseudonym_key`` names the tenant and its devices in the log; without it the log's lines
    can no longer be assigned to anybody.
    """

    id: TenantId
    slug: Slug
    skin: str
    plan: str
    created: int
    suspended: bool
    pseudonym_key: bytes


class Directory:
    """Finds tenants by id and by name."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path, DIRECTORY, DIRECTORY_VERSION)

    def find(self, tenant: TenantId) -> Tenant | None:
        """Return the tenant with this id."""
        return self._one("SELECT * FROM tenant WHERE id = ?", tenant)

    def named(self, slug: Slug) -> Tenant | None:
        """Return the tenant with this name."""
        return self._one("SELECT * FROM tenant WHERE slug = ?", slug)

    def add(self, tenant: Tenant) -> None:
        """Write down a new tenant; from here on it exists. Raises RefusedError SLUG_TAKEN."""
        row = (
            tenant.id,
            tenant.slug,
            tenant.skin,
            tenant.plan,
            tenant.created,
            tenant.suspended,
            tenant.pseudonym_key,
        )
        try:
            with self._database.write() as db:
                db.execute("INSERT INTO tenant VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        except sqlite3.IntegrityError as error:
            raise RefusedError(Code.SLUG_TAKEN) from error

    def close(self) -> None:
        """Release the file."""
        self._database.close()

    def _one(self, query: str, value: bytes | str) -> Tenant | None:
        with self._database.read() as db:
            row = db.execute(query, (value,)).fetchone()
        if row is None:
            return None
        tenant, slug, skin, plan, created, suspended, key = row
        return Tenant(tenant, slug, skin, plan, created, bool(suspended), key)
