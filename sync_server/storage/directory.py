"""Which tenants there are, under which names: the only table that spans tenants."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from shared.ids import Slug, TenantId
from shared.protocol.problems import Code
from sync_server.storage.errors import RefusedError
from sync_server.storage.ports import Database
from sync_server.storage.skeletons import skeleton

ASKED = "asked"
LEFT = "-"
"""Stands before a shard in Tenant.moving when all was moved, and is to be removed there."""
_MANY = 500
_COLUMNS = (
    "id, slug, skin, plan, created, suspended, pseudonym_key, leaving, restoring, shard, moving"
)


@dataclass(frozen=True, slots=True)
class Tenant:
    """One line of the directory. ``created`` is in milliseconds since 1970.

    ``pseudonym_key`` names the tenant and its devices in the log; without it the log's lines
    can no longer be assigned to anybody. ``leaving``: empty; ``asked`` once a teardown was asked
    for; then the counts of what is being deleted, as JSON. ``restoring``: the number of the backup
    that is being put back, 0 for none. ``shard``: where its things are; ``moving``: where they are
    being moved to, or with LEFT before it, where they were; empty otherwise.
    """

    id: TenantId
    slug: Slug
    skin: str
    plan: str
    created: int
    suspended: bool
    pseudonym_key: bytes
    leaving: str = ""
    restoring: int = 0
    shard: str = ""
    moving: str = ""


class Directory:
    """Finds tenants by id and by name. Several processes may have it open."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._fill_skeletons()

    def find(self, tenant: TenantId) -> Tenant | None:
        """Return the tenant with this id."""
        return next(iter(self._read("WHERE id = ?", tenant)), None)

    def named(self, slug: Slug) -> Tenant | None:
        """Return the tenant with this name."""
        return next(iter(self._read("WHERE slug = ?", slug)), None)

    def alike(self, slug: Slug) -> Tenant | None:
        """Return a tenant whose name can be mistaken for this one, or is this one."""
        return next(iter(self._read("WHERE skeleton = ?", skeleton(slug))), None)

    def everybody(self) -> list[Tenant]:
        """Return all tenants by name."""
        return self._read("ORDER BY slug")

    def leaving(self) -> list[Tenant]:
        """Return those whose teardown was asked for."""
        return self._read("WHERE leaving <> ''")

    def restoring(self) -> list[Tenant]:
        """Return those of whom a backup is to be put back."""
        return self._read("WHERE restoring <> 0")

    def moving(self) -> list[Tenant]:
        """Return those who are to be on another shard."""
        return self._read("WHERE moving <> ''")

    def on_shard(self, shard: str) -> list[Tenant]:
        """Return those who are on a shard."""
        return self._read("WHERE shard = ? ORDER BY slug", shard)

    def of(self, tenants: Sequence[TenantId]) -> dict[TenantId, Tenant]:
        """Return those of many who are here."""
        found: list[Tenant] = []
        for at in range(0, len(tenants), _MANY):
            some = tenants[at : at + _MANY]
            marks = ", ".join("?" for _ in some)
            found += self._read(f"WHERE id IN ({marks})", *some)
        return {tenant.id: tenant for tenant in found}

    def count_by_shard(self) -> dict[str, int]:
        """Return how many tenants are on each shard."""
        with self._database.read() as db:
            return dict(db.execute("SELECT shard, count(*) FROM tenant GROUP BY shard").fetchall())

    def alone(self, tenant: Tenant, chore: Callable[[Tenant], None]) -> bool:
        """Do something that only one process may do with a tenant that is still here.

        Returns False if another one is at it.
        """
        with self._database.alone(tenant.id) as alone:
            if alone and (found := self.find(tenant.id)) is not None:
                chore(found)
            return alone

    def uses_plan(self, plan: str) -> bool:
        """Tell whether a tenant is on a plan."""
        return bool(self._read("WHERE plan = ? LIMIT 1", plan))

    def count(self) -> tuple[int, int]:
        """Return how many tenants there are, and how many of them are shut out."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT count(*), count(*) FILTER (WHERE suspended = 1 OR leaving <> '')"
                " FROM tenant"
            ).fetchone()
        return row[0], row[1]

    def changed_elsewhere(self) -> bool:
        """Tell whether another process has written since this was last asked; at first, yes."""
        return self._database.has_moved_on()

    def add(self, tenant: Tenant) -> None:
        """Write down a new tenant; from here on it exists. Raises RefusedError SLUG_TAKEN."""
        row = (
            tenant.id,
            tenant.slug,
            tenant.skin,
            tenant.plan,
            tenant.created,
            int(tenant.suspended),
            tenant.pseudonym_key,
            tenant.leaving,
            tenant.restoring,
            tenant.shard,
            tenant.moving,
            skeleton(tenant.slug),
        )
        with self._database.write() as db:
            made = db.execute(
                f"INSERT INTO tenant ({_COLUMNS}, skeleton)"  # noqa: S608 - a constant of this module
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
                row,
            ).fetchone()
        if made is None:
            raise RefusedError(Code.SLUG_TAKEN)

    def suspend(self, tenant: TenantId, *, suspended: bool) -> None:
        """Suspend a tenant, or let it go on."""
        self._set("UPDATE tenant SET suspended = ? WHERE id = ?", int(suspended), tenant)

    def assign_plan(self, tenant: TenantId, plan: str) -> None:
        """Put a tenant on another plan."""
        self._set("UPDATE tenant SET plan = ? WHERE id = ?", plan, tenant)

    def settle(self, tenant: TenantId, shard: str, moving: str) -> None:
        """Write down where a tenant is and where it is to be; see Tenant.moving."""
        with self._database.write() as db:
            sql = "UPDATE tenant SET shard = ?, moving = ? WHERE id = ?"
            db.execute(sql, (shard, moving, tenant))

    def let_go(self, tenant: TenantId, leaving: str) -> None:
        """Write down how far the teardown of a tenant is; see Tenant.leaving."""
        self._set("UPDATE tenant SET leaving = ? WHERE id = ?", leaving, tenant)

    def put_back(self, tenant: TenantId, backup: int) -> None:
        """Write down which backup of a tenant is to be put back; 0 once it was."""
        self._set("UPDATE tenant SET restoring = ? WHERE id = ?", backup, tenant)

    def _fill_skeletons(self) -> None:
        """Say what the names look like that an older server wrote down."""
        with self._database.read() as db:
            old = db.execute("SELECT slug FROM tenant WHERE skeleton = ''").fetchall()
        for (slug,) in old:
            with self._database.write() as db:
                db.execute("UPDATE tenant SET skeleton = ? WHERE slug = ?", (skeleton(slug), slug))

    def _set(self, statement: str, value: str | int, tenant: TenantId) -> None:
        with self._database.write() as db:
            db.execute(statement, (value, tenant))

    def _read(self, which: str, *values: bytes | str) -> list[Tenant]:
        with self._database.read() as db:
            # Both parts are constants of this module.
            rows = db.execute(f"SELECT {_COLUMNS} FROM tenant {which}", values).fetchall()  # noqa: S608
        return [replace(Tenant(*row), suspended=bool(row[5])) for row in rows]
