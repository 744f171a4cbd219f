"""The stores that are open just now: those used last, up to a number.

Lives on the event loop; only the opening itself runs in a thread.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple, ParamSpec, TypeVar

from shared.ids import TenantId
from shared.protocol.problems import Code
from sync_server.storage.directory import Directory, Tenant
from sync_server.storage.errors import RefusedError
from sync_server.storage.tenant_store import Growth, Parcel, TenantStore
from sync_server.tenancy.plans import Plans
from sync_server.tenancy.premises import Shards

_P = ParamSpec("_P")
_R = TypeVar("_R")


_PATIENCE_SECONDS = 0.01
RESTORING_SECONDS = 2
"""After which devices try again while a backup of their tenant is put back."""


def is_shut(tenant: Tenant) -> bool:
    """Tell whether a tenant's devices are to be turned away."""
    return tenant.suspended or bool(tenant.leaving)


class _Waiting(NamedTuple):
    """Entries that wait for the disk, and what will be said of them."""

    parcel: Parcel
    outcome: asyncio.Future[Growth | RefusedError]


class OpenStore:
    """A tenant's open store. ``users`` counts the requests that hold it."""

    def __init__(self, tenant: Tenant, store: TenantStore) -> None:
        self.tenant = tenant
        self.store = store
        self.users = 0
        self._turn = asyncio.Lock()
        self._waiting: list[_Waiting] = []

    async def append(self, parcel: Parcel) -> Growth:
        """Store a request's entries; those that wait for the disk meanwhile share its next flush.

        Raises RefusedError with the index of the entry at fault.
        """
        mine = _Waiting(parcel, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        async with self._turn:
            if not mine.outcome.done():  # nobody took it along
                await self._append_waiting()
        outcome = mine.outcome.result()
        if isinstance(outcome, RefusedError):
            raise outcome
        return outcome

    async def _append_waiting(self) -> None:
        together, self._waiting = self._waiting, []
        try:
            parcels = [each.parcel for each in together]
            outcomes = await asyncio.to_thread(self.store.append_each, parcels)
        except BaseException as error:  # noqa: BLE001 - whatever it is, each hears of it
            for each in together:
                each.outcome.set_exception(error)
            return
        for each, outcome in zip(together, outcomes, strict=True):
            each.outcome.set_result(outcome)

    async def work(self, call: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
        """Run a call that waits for the disk in a thread.

        One at a time, so that a busy tenant holds one thread and not all of them.
        """
        async with self._turn:
            return await asyncio.to_thread(call, *args, **kwargs)


class OpenStores:
    """Lends stores and closes those that were not used for longest."""

    def __init__(
        self,
        directory: Directory,
        shards: Shards,
        plans: Plans,
        *,
        most: int,
        now: Callable[[], int],
    ) -> None:
        self._directory = directory
        self._shards = shards
        self._plans = plans
        self._now = now
        self._most = most
        self._open: OrderedDict[TenantId, OpenStore] = OrderedDict()
        self._opening = asyncio.Lock()

    @asynccontextmanager
    async def lend(self, tenant: TenantId) -> AsyncGenerator[OpenStore | None]:
        """Lend the store of a tenant while the block runs; None if there is no such tenant."""
        held = self._open.get(tenant) or await self._fetch(tenant)
        if held is None:
            yield None
            return
        self._open.move_to_end(tenant)
        held.users += 1
        try:
            yield held
        finally:
            held.users -= 1

    def __len__(self) -> int:
        """How many stores are open."""
        return len(self._open)

    async def refresh(self) -> None:
        """Read again what the directory says of the open ones."""
        for tenant, held in tuple(self._open.items()):
            found = await asyncio.to_thread(self._directory.find, tenant)
            if found is not None:
                held.tenant = found
                held.store.limits = await asyncio.to_thread(self._plans.__getitem__, found.plan)

    async def give_up(self, tenant: TenantId) -> None:
        """Close a tenant's store as soon as nobody uses it; it is not lent any more."""
        async with self._opening:
            held = self._open.pop(tenant, None)
        if held is None:
            return
        while held.users:  # noqa: ASYNC110 - rare; an event would cost every request
            await asyncio.sleep(_PATIENCE_SECONDS)
        held.store.close()

    def close(self) -> None:
        """Close all."""
        for held in self._open.values():
            held.store.close()
        self._open.clear()

    async def _fetch(self, tenant: TenantId) -> OpenStore | None:
        async with self._opening:
            if tenant not in self._open:
                found = await asyncio.to_thread(self._find_and_open, tenant)
                if found is None:
                    return None
                self._make_room()
                self._open[tenant] = found
            return self._open[tenant]

    def _find_and_open(self, tenant: TenantId) -> OpenStore | None:
        found = self._directory.find(tenant)
        if found is None or found.leaving:
            return None
        if found.restoring:
            raise RefusedError(Code.UNAVAILABLE, retry_after=RESTORING_SECONDS)
        store = self._shards.open(found, self._plans[found.plan])
        store.files.sweep(now=self._now())
        return OpenStore(found, store)

    def _make_room(self) -> None:
        """Close the longest unused; stores in use stay, even if they are too many for a while."""
        idle = [tenant for tenant, held in self._open.items() if not held.users]
        for tenant in idle[: max(0, len(self._open) + 1 - self._most)]:
            self._open.pop(tenant).store.close()
