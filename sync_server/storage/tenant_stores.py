"""The only code that turns a tenant's id into open files. Only tenancy may use it."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

from shared.ids import LogId, TenantId
from shared.protocol.messages import LinkParcel
from sync_server.storage.database import Database
from sync_server.storage.durable import sync_folder
from sync_server.storage.entry_log import read_log_id
from sync_server.storage.limits import Limits
from sync_server.storage.link_shelf import put_link
from sync_server.storage.schema import TENANT, TENANT_UPGRADES, TENANT_VERSION
from sync_server.storage.tenant_store import DATABASE_NAME, TenantStore


class TenantStores:
    """A folder per tenant: ``tenants/<first two letters>/<id>``.

    A new one is made in ``staging`` and moved when it is whole; what a crash left there is
    removed at the next start.
    """

    def __init__(self, root: Path) -> None:
        self._tenants = root / "tenants"
        self._staging = root / "staging"
        self._moving = Lock()
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
        database = Database(draft / DATABASE_NAME, TENANT, TENANT_VERSION, TENANT_UPGRADES)
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

    def open(self, tenant: TenantId, limits: Limits) -> TenantStore:
        """Open the store of a tenant that was created."""
        return TenantStore(self._home(tenant), tenant, limits)

    def remove(self, tenant: TenantId) -> None:
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

    def log_of(self, tenant: TenantId) -> LogId:
        """Return the name of a tenant's log without opening the rest."""
        path = self._home(tenant) / DATABASE_NAME
        database = Database(path, TENANT, TENANT_VERSION, TENANT_UPGRADES)
        try:
            return read_log_id(database)
        finally:
            database.close()

    def _home(self, tenant: TenantId) -> Path:
        return home_of(self._tenants.parent, tenant)


def homes(root: Path) -> set[str]:
    """Return the names of all tenants' folders."""
    return {home.name for home in (root / "tenants").glob("*/*")}


def home_of(root: Path, tenant: TenantId) -> Path:
    """Return the folder of a tenant."""
    name = tenant.hex()
    return root / "tenants" / name[:2] / name
