"""The only code that turns a tenant's id into open files. Only tenancy may use it."""

import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from threading import Lock

from shared.ids import LogId, TenantId
from shared.protocol.messages import LinkParcel
from sync_server.storage.durable import sync_folder
from sync_server.storage.errors import StorageError
from sync_server.storage.link_shelf import put_link
from sync_server.storage.ports import Home, Stores
from sync_server.storage.schema import TENANT, TENANT_UPGRADES, TENANT_VERSION
from sync_server.storage.sqlite.chunk_folder import ChunkFolder
from sync_server.storage.sqlite.database import SqliteDatabase

DATABASE_NAME = "tenant.db"
FILES_NAME = "files"
_PATIENCE_SECONDS = 30


class SqliteStores:
    """A folder per tenant: ``tenants/<first two letters>/<id>``.

    A new one is made in ``staging`` and moved when it is whole.
    """

    def __init__(self, root: Path) -> None:
        self._tenants = root / "tenants"
        self._staging = root / "staging"
        self._moving = Lock()

    def tidy(self) -> None:
        """Make the folders, and remove what a crash left in ``staging``."""
        if self._staging.exists():
            shutil.rmtree(self._staging)
        for folder in (self._tenants, self._staging):
            folder.mkdir(parents=True, exist_ok=True)

    def create(self, tenant: TenantId, parcels: Sequence[LinkParcel], log: LogId) -> None:
        """Make a tenant's files from its checked first links; nothing if they are there."""
        with self._moving:
            self._create(tenant, parcels, log)

    def _create(self, tenant: TenantId, parcels: Sequence[LinkParcel], log: LogId) -> None:
        home = self._home(tenant)
        if home.exists():
            return
        draft = self._staging / home.name
        if draft.exists():  # an attempt that failed, as on a full disk
            shutil.rmtree(draft)
        draft.mkdir()
        database = open_home(draft).database
        with database.write() as db:
            db.execute("INSERT INTO fact (name, value) VALUES ('log', ?)", (log,))
            for n, parcel in enumerate(parcels, 1):
                put_link(db, n, parcel)
        database.close()
        sync_folder(draft)
        home.parent.mkdir(exist_ok=True)
        draft.rename(home)
        sync_folder(home.parent)
        sync_folder(self._tenants)

    def home(self, tenant: TenantId) -> Home:
        """Open what a tenant has, if it was created."""
        return open_home(self._home(tenant))

    def holds(self, tenant: TenantId) -> bool:
        """Tell whether a tenant was created here."""
        return self._home(tenant).exists()

    def move(self, _tenant: TenantId, _target: Stores) -> None:
        """Refuse: all are in one folder."""
        raise StorageError("Tenants in files cannot be moved; export and import them.")

    def tenants(self) -> set[str]:
        """Return the names of all tenants' folders."""
        return {home.name for home in self._tenants.glob("*/*")}

    def export(self, tenant: TenantId, folder: Path) -> None:
        """Write all of a tenant that is here into an empty folder, beside a server that writes."""
        home, copy = self._home(tenant), folder / DATABASE_NAME
        with closing(sqlite3.connect(home / DATABASE_NAME, timeout=_PATIENCE_SECONDS)) as db:
            db.execute("VACUUM INTO ?", (str(copy),))
        with closing(sqlite3.connect(copy)) as db:
            db.execute("PRAGMA journal_mode = wal").fetchone()
            rows = db.execute("SELECT file, n FROM chunk").fetchall()
        source, target = ChunkFolder(home / FILES_NAME), ChunkFolder(folder / FILES_NAME)
        for file, n in rows:
            if source.path(file, n).exists():
                _link(source.path(file, n), target.path(file, n))

    def take_in(self, tenant: TenantId, folder: Path) -> None:
        """Put what such a folder holds in the place of what a tenant has: by renaming."""
        home = self._home(tenant)
        with self._moving:
            if home.exists():  # what is replaced, or what an interrupted attempt left
                shutil.rmtree(home)
            home.parent.mkdir(parents=True, exist_ok=True)
            folder.rename(home)
            sync_folder(home.parent)

    def remove(self, tenant: TenantId, *, moved: bool = False) -> None:  # noqa: ARG002 - nothing is shared here
        """Delete all files of a tenant; nothing may have them open. Again is fine."""
        with self._moving:
            self._remove(tenant)

    def _remove(self, tenant: TenantId) -> None:
        home, leaving = self._home(tenant), self._staging / f"{tenant.hex()}-leaving"
        if home.exists():
            home.rename(leaving)  # from here on they are gone, whatever happens
            sync_folder(home.parent)
        if leaving.exists():
            shutil.rmtree(leaving)
            sync_folder(self._staging)
        if home.parent.exists() and not any(home.parent.iterdir()):
            home.parent.rmdir()
            sync_folder(self._tenants)

    def _home(self, tenant: TenantId) -> Path:
        name = tenant.hex()
        return self._tenants / name[:2] / name


def open_home(folder: Path) -> Home:
    """Open a tenant's folder, or make its file if it is empty."""
    database = SqliteDatabase(folder / DATABASE_NAME, TENANT, TENANT_VERSION, TENANT_UPGRADES)
    return Home(database, ChunkFolder(folder / FILES_NAME))


def _link(source: Path, target: Path) -> None:
    """Give a chunk a second name, or copy it where that cannot be: it never changes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
