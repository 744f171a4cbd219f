"""The only code that turns a tenant's id into a schema and a role. Only tenancy may use it."""

import base64
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from shared.ids import FileId, LogId, TenantId
from shared.protocol.messages import LinkParcel
from shared.signing import sha256
from sync_server.storage.errors import StorageError
from sync_server.storage.link_shelf import put_link
from sync_server.storage.ports import Connection, Home, Stores, TableShape
from sync_server.storage.postgres.chunk_table import ChunkTable
from sync_server.storage.postgres.cluster import Cluster
from sync_server.storage.postgres.copying import put_rows, run_all
from sync_server.storage.postgres.database import PATIENCE, TenantDatabase
from sync_server.storage.postgres.migrations import Step, Version, bring_up, is_current
from sync_server.storage.postgres.moving import copy_all, level
from sync_server.storage.postgres.tables import TENANT_TABLES
from sync_server.storage.schema import TENANT_VERSION
from sync_server.storage.sqlite.stores import open_home

_STEPS: dict[int, Step] = {}
VERSION = Version(TENANT_VERSION, _STEPS)
OLDEST = 2
"""The first version of a server that can work with the tables as they are made now."""
_TENANT_BYTES = 32
_MAKING = 8642
"""Tells these locks from those of the directory."""


class PostgresStores:
    """A schema and a role per tenant, in one database.

    The role may read and write the rows of its schema and has no other right anywhere; the tables
    belong to the server's own user, who needs CREATE on the database and CREATEROLE, no more.
    """

    def __init__(self, cluster: Cluster, version: Version = VERSION) -> None:
        self.cluster = cluster
        self._version = version
        with cluster.lend() as raw:
            row = raw.execute("SELECT current_database()").fetchone()
        # Roles belong to the whole cluster, schemas to one database of it.
        self._suffix = sha256(str(row[0] if row else "").encode()).hex()[:6]

    def tidy(self) -> None:
        """Do nothing: what is half made is rolled back."""

    def create(self, tenant: TenantId, parcels: Sequence[LinkParcel], log: LogId) -> None:
        """Make a tenant's schema from its checked first links; nothing if it is there."""
        with self.cluster.transaction(self.alone(tenant)) as db:
            if self._holds(db, tenant):
                return
            self.make(db, tenant)
            db.execute("INSERT INTO fact (name, value) VALUES ('log', ?)", (log,))
            for n, parcel in enumerate(parcels, 1):
                put_link(db, n, parcel)

    def home(self, tenant: TenantId) -> Home:
        """Open what a tenant has, if it was created; its tables are brought up to date."""
        database = TenantDatabase(self.cluster, schema_of(tenant), self._role(tenant))
        with database.read() as db:
            current = is_current(db, self._version)
        if not current:
            with self.cluster.transaction(self.as_owner(tenant)) as db:
                bring_up(db, self._version)
                db.execute(self._grants(tenant))
        return Home(database, ChunkTable(database))

    def holds(self, tenant: TenantId) -> bool:
        """Tell whether a tenant was created here."""
        with self.cluster.transaction("BEGIN") as db:
            return self._holds(db, tenant)

    def remove(self, tenant: TenantId, *, moved: bool = False) -> None:  # noqa: ARG002 - nothing is shared here
        """Delete a tenant's schema and role; again is fine."""
        with self.cluster.transaction(self.alone(tenant)) as db:
            self.unmake(db, tenant)

    def tenants(self) -> set[str]:
        """Return the ids of all tenants that have something here, hexadecimal."""
        with self.cluster.transaction("BEGIN") as db:
            rows = db.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 't\\_%'")
            return {tenant.hex() for (name,) in rows if (tenant := _tenant_in(name))}

    def export(self, tenant: TenantId, folder: Path) -> None:
        """Write all of a tenant, as it is at one moment, into an empty folder."""
        target = open_home(folder)
        with closing(target.database), self.cluster.transaction(self._moment(tenant)) as source:
            with target.database.write() as db:
                for shape in target.database.shapes(db):
                    with source.scan(shape.selection, ()) as rows:
                        for row in rows:
                            db.execute(shape.insertion, row)
            with target.database.read() as db, source.scan(CHUNKS.selection, ()) as rows:
                for file, n, content in rows:
                    target.chunks.put(db, FileId(file), n, content)

    def take_in(self, tenant: TenantId, folder: Path) -> None:
        """Put what such a folder holds, checked, in the place of what a tenant has."""
        source = open_home(folder)
        with closing(source.database), self.cluster.transaction(self.alone(tenant)) as db:
            self.unmake(db, tenant)
            self.make(db, tenant)
            with source.database.read() as old:
                for shape in source.database.shapes(old):
                    put_rows(db, shape, old.execute(shape.selection))
                listed = old.execute("SELECT file, n FROM chunk").fetchall()
            chunks = ((file, n, source.chunks.get(FileId(file), n)) for file, n in listed)
            put_rows(db, CHUNKS, (chunk for chunk in chunks if chunk[2] is not None))

    def move(self, tenant: TenantId, target: Stores) -> None:
        """Move all of a tenant to another shard, while it is used; again goes on."""
        if not isinstance(target, PostgresStores):
            raise StorageError("A tenant can be moved to shards in PostgreSQL only.")
        if self._has_left(tenant):
            return
        shapes = self._shapes(tenant)
        with (
            self.cluster.transaction(self._moment(tenant)) as old,
            target.cluster.transaction(target.alone(tenant)) as new,
        ):
            target.unmake(new, tenant)
            target.make(new, tenant)
            copy_all(old, new, shapes)
        with self.cluster.transaction(self.as_owner(tenant)) as old:
            old.execute("UPDATE pulse SET moved = true")  # from here on writes wait
            with target.cluster.transaction(target.as_owner(tenant)) as new:
                level(old, new, shapes)

    def _has_left(self, tenant: TenantId) -> bool:
        with self.cluster.transaction(self.as_owner(tenant)) as db:
            return bool(db.execute("SELECT moved FROM pulse").fetchone()[0])

    def _shapes(self, tenant: TenantId) -> list[TableShape]:
        database = self.home(tenant).database
        with self.cluster.transaction(self.as_owner(tenant)) as db:
            return [shape for shape in database.shapes(db) if shape.name != "pulse"]

    def _moment(self, tenant: TenantId) -> str:
        return self.as_owner(tenant).replace("BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ")

    def make(self, db: Connection, tenant: TenantId) -> None:
        """Make an empty schema and its role; what follows in the transaction is in it."""
        schema, role = schema_of(tenant), self._role(tenant)
        db.execute(f'CREATE ROLE "{role}" NOLOGIN')
        db.execute(f'GRANT "{role}" TO CURRENT_USER')
        db.execute(f'CREATE SCHEMA "{schema}"')
        db.execute(f'SET LOCAL search_path TO "{schema}"')
        run_all(db, TENANT_TABLES)
        db.execute(
            "INSERT INTO pulse (revision, version, oldest) VALUES (1, ?, ?)",
            (TENANT_VERSION, OLDEST),
        )
        db.execute(f'GRANT USAGE ON SCHEMA "{schema}" TO "{role}"')
        db.execute(self._grants(tenant))

    def unmake(self, db: Connection, tenant: TenantId) -> None:
        """Drop a schema and its role, if they are there."""
        schema, role = schema_of(tenant), self._role(tenant)
        db.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')
        db.execute(f'DROP ROLE IF EXISTS "{role}"')

    def _grants(self, tenant: TenantId) -> str:
        schema, role = schema_of(tenant), self._role(tenant)
        return (
            f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "{schema}" TO "{role}"'
        )

    def _holds(self, db: Connection, tenant: TenantId) -> bool:
        sql = "SELECT 1 FROM pg_namespace WHERE nspname = ?"
        return db.execute(sql, (schema_of(tenant),)).fetchone() is not None

    def as_owner(self, tenant: TenantId) -> str:
        """Begin a transaction in a tenant's schema as the one to whom its tables belong."""
        return f'BEGIN; {PATIENCE}; SET LOCAL search_path TO "{schema_of(tenant)}"'

    def alone(self, tenant: TenantId) -> str:
        """Begin a transaction that waits for others that make or remove the same tenant."""
        key = int.from_bytes(tenant[:4], signed=True)
        return f"BEGIN; {PATIENCE}; SELECT pg_advisory_xact_lock({_MAKING}, {key})"

    def _role(self, tenant: TenantId) -> str:
        return f"{schema_of(tenant)}_{self._suffix}"


CHUNKS = TableShape("chunk_bytes", ("file", "n", "content"), "")


def schema_of(tenant: TenantId) -> str:
    """Return what a tenant's schema is called: a name may have 63 letters, so base 32."""
    return "t_" + base64.b32encode(tenant).decode().rstrip("=").lower()


def _tenant_in(name: str) -> bytes:
    raw = name.removeprefix("t_").upper()
    try:
        tenant = base64.b32decode(raw + "=" * (-len(raw) % 8))
    except ValueError:
        return b""
    return tenant if len(tenant) == _TENANT_BYTES else b""
