"""Calls of a store that other processes use too: they may have written, or moved the tenant."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from shared.ids import TenantId
from shared.protocol.problems import Code
from sync_server.storage.directory import Directory, Tenant
from sync_server.storage.errors import RefusedError
from sync_server.storage.limits import Limits
from sync_server.storage.ports import MovedError, OutdatedError
from sync_server.storage.tenant_store import TenantStore
from sync_server.tenancy.shards import Shards

_R = TypeVar("_R")
_TRIES = 20
"""How often a write is begun anew because another process was faster."""
_MOVE_SECONDS = 10
"""How long a request waits for a tenant that is just being moved."""
_PAUSE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Patience:
    """Does what a store refuses for the moment again. It waits, so not on the event loop."""

    directory: Directory
    shards: Shards

    def run(self, store: TenantStore, tenant: TenantId, call: Callable[[], _R]) -> _R:
        """Call until it is done. Raises RefusedError UNAVAILABLE, NOT_ADMITTED, or what it does."""
        is_outdated = False
        for _ in range(_TRIES):
            try:
                if is_outdated:
                    store.refresh()
                return call()
            except OutdatedError:
                is_outdated = True
            except MovedError:
                self._until_moved(tenant, lambda there: self._follow(store, there))
        raise RefusedError(Code.UNAVAILABLE, retry_after=1)

    def open(self, tenant: Tenant, limits: Limits) -> TenantStore:
        """Open the store of a tenant, wherever it is by now."""
        try:
            return self.shards.open(tenant, limits)
        except MovedError:
            return self._until_moved(tenant.id, lambda there: self.shards.open(there, limits))

    def _follow(self, store: TenantStore, tenant: Tenant) -> None:
        store.follow(self.shards.of(tenant).home(tenant.id))

    def _until_moved(self, tenant: TenantId, then: Callable[[Tenant], _R]) -> _R:
        deadline = time.monotonic() + _MOVE_SECONDS
        while time.monotonic() < deadline:
            there = self.directory.find(tenant)
            if there is None or there.leaving:
                raise RefusedError(Code.NOT_ADMITTED)
            try:
                return then(there)
            except MovedError:
                time.sleep(_PAUSE_SECONDS)
        raise RefusedError(Code.UNAVAILABLE, retry_after=1)
