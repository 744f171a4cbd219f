"""Where everything is kept, opened: the directory, the stores of the tenants, the mailboxes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.signing import SigningKey
from sync_server.storage.backup_shelf import BackupShelf
from sync_server.storage.books import Books
from sync_server.storage.directory import Directory, Tenant
from sync_server.storage.limits import Limits
from sync_server.storage.ports import Database, Stores
from sync_server.storage.schema import DIRECTORY, DIRECTORY_UPGRADES, DIRECTORY_VERSION
from sync_server.storage.sqlite.database import SqliteDatabase
from sync_server.storage.sqlite.stores import SqliteStores
from sync_server.storage.tenant_store import TenantStore

_SEED_BYTES = 32


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything is to be kept. ``folder``: drafts, backups, and all else by default."""

    folder: Path


class Shards:
    """The stores, each with a part of the tenants; the directory says which."""

    def __init__(self, stores: Mapping[str, Stores]) -> None:
        self._stores = stores

    def pick(self) -> str:
        """Return where a newcomer's things are to be."""
        return next(iter(self._stores))

    def of(self, tenant: Tenant) -> Stores:
        """Return the stores that a tenant's things are in."""
        return self[tenant.shard]

    def __getitem__(self, name: str) -> Stores:
        """Return one of the stores."""
        return self._stores[name]

    def open(self, tenant: Tenant, limits: Limits) -> TenantStore:
        """Open the store of a tenant that was created."""
        return TenantStore(self.of(tenant).home(tenant.id), tenant.id, limits)

    def tenants(self) -> set[str]:
        """Return the ids of all that have something anywhere, hexadecimal."""
        return set[str]().union(*(each.tenants() for each in self._stores.values()))

    def tidy(self) -> None:
        """Remove what a crash left half made."""
        for each in self._stores.values():
            each.tidy()


@dataclass(frozen=True, slots=True)
class Premises:
    """The directory and the books, opened once; the stores. ``folder``: for drafts and backups."""

    directory: Directory
    books: Books
    backups: BackupShelf
    shards: Shards
    folder: Path
    close: Callable[[], None]

    @property
    def signing(self) -> SigningKey:
        """The server's own key."""
        return SigningKey.from_seed(self.books.secret("signing", _SEED_BYTES))


def open_premises(place: Place, random: Callable[[int], bytes]) -> Premises:
    """Open what is kept somewhere, or make it."""
    path = place.folder / "directory.db"
    database = SqliteDatabase(path, DIRECTORY, DIRECTORY_VERSION, DIRECTORY_UPGRADES)
    return _premises(place, database, Shards({"": SqliteStores(place.folder)}), random)


def _premises(
    place: Place, database: Database, shards: Shards, random: Callable[[int], bytes]
) -> Premises:
    return Premises(
        Directory(database),
        Books(database, random),
        BackupShelf(database, random),
        shards,
        place.folder,
        database.close,
    )
