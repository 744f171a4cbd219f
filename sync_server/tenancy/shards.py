"""Which stores a tenant's things are in, and where a newcomer's are to be."""

import math
from collections.abc import Callable, Mapping
from threading import Lock

from shared.ids import TenantId
from shared.signing import sha256
from sync_server.storage.directory import Tenant
from sync_server.storage.limits import Limits
from sync_server.storage.ports import Stores
from sync_server.storage.shard_book import Shard
from sync_server.storage.tenant_store import TenantStore


class NoSuchShardError(Exception):
    """There is no shard of this name, or none that takes tenants. See ``shard list``."""


class Shards:
    """The stores by their names, opened when they are first needed.

    ``listed`` returns the shards that there are just now: others may be added at any time.
    """

    def __init__(self, listed: Callable[[], list[Shard]], reach: Callable[[Shard], Stores]) -> None:
        self._listed = listed
        self._reach = reach
        self._stores: dict[str, Stores] = {}
        self._turn = Lock()

    def pick(self, tenant: TenantId) -> str:
        """Return where a newcomer is to be: always the same while the weights are the same."""
        weighed = {shard.name: shard.weight for shard in self._listed() if shard.weight}
        if not weighed:
            raise NoSuchShardError
        return min(weighed, key=lambda name: _distance(tenant, name) / weighed[name])

    def of(self, tenant: Tenant) -> Stores:
        """Return the stores that a tenant's things are in."""
        return self[tenant.shard]

    def __getitem__(self, name: str) -> Stores:
        """Return one of the stores, or raise NoSuchShardError."""
        with self._turn:
            if name not in self._stores:
                known = {shard.name: shard for shard in self._listed()}
                if name not in known:
                    raise NoSuchShardError
                self._stores[name] = self._reach(known[name])
            return self._stores[name]

    def probe(self, shard: Shard) -> None:
        """Reach a shard once, so that a wrong address is told at once: RefusedError UNAVAILABLE."""
        self._reach(shard).tenants()

    def open(self, tenant: Tenant, limits: Limits) -> TenantStore:
        """Open the store of a tenant that was created."""
        return TenantStore(self.of(tenant).home(tenant.id), tenant.id, limits)

    def everywhere(self) -> Mapping[str, Stores]:
        """Return all stores by name."""
        return {shard.name: self[shard.name] for shard in self._listed()}

    def tenants(self) -> set[str]:
        """Return the ids of all that have something anywhere, hexadecimal."""
        return set[str]().union(*(each.tenants() for each in self.everywhere().values()))

    def tidy(self) -> None:
        """Remove what a crash left half made."""
        for each in self.everywhere().values():
            each.tidy()


def _distance(tenant: TenantId, name: str) -> float:
    """Return how far a tenant is from a shard: as if drawn by lot, but always the same."""
    lot = int.from_bytes(sha256(tenant + name.encode())[:8]) + 1
    return -math.log(lot / 2**64) if lot < 2**64 else math.inf
