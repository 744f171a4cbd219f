"""The stores that are open just now: those used last, up to a number.

Lives on the event loop; only the opening itself runs in a thread.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import NamedTuple, ParamSpec, TypeVar

from shared.ids import TenantId
from shared.protocol.problems import Code
from sync_server.storage.directory import Directory, Tenant
from sync_server.storage.errors import RefusedError
from sync_server.storage.tenant_store import Growth, Parcel, TenantStore
from sync_server.tenancy.patience import Patience
from sync_server.tenancy.plans import Plans
from sync_server.tenancy.shards import Shards

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

    def __init__(self, tenant: Tenant, store: TenantStore, patience: Patience) -> None:
        self._patience = patience
        self.tenant = tenant
        self.store = store
        self.users = 0
        self._turn = asyncio.Lock()
        self._waiting: list[_Waiting] = []
        self._next_look: asyncio.Task[None] | None = None

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
            outcomes = await self._in_thread(partial(self.store.append_each, parcels))
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
            return await self._in_thread(partial(call, *args, **kwargs))

    async def catch_up(self) -> None:
        """See what other processes have written; whoever asks meanwhile shares the next look."""
        if self._next_look is None:
            self._next_look = asyncio.create_task(self._look())
        await asyncio.shield(self._next_look)

    async def _look(self) -> None:
        async with self._turn:
            self._next_look = None  # who asks from here on needs another look
            await self._in_thread(self.store.refresh)

    async def _in_thread(self, call: Callable[[], _R]) -> _R:
        return await asyncio.to_thread(self._patience.run, self.store, self.tenant.id, call)


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
        self._patience = Patience(directory, shards)
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
        held.users += 1
        try:
            if held.store.is_shared:
                await self._catch_up(held)
            if tenant in self._open:
                self._open.move_to_end(tenant)
            yield held
        finally:
            held.users -= 1

    async def _catch_up(self, held: OpenStore) -> None:
        try:
            await held.catch_up()
        except RefusedError as refused:
            if refused.code is Code.NOT_ADMITTED:  # another process has seen the tenant off
                self._open.pop(held.tenant.id, None)
            raise

    def __len__(self) -> int:
        """How many stores are open."""
        return len(self._open)

    async def refresh(self) -> None:
        """Read again what the directory says of the open ones."""
        found = await asyncio.to_thread(self._directory.of, tuple(self._open))
        limits = await asyncio.to_thread(dict, self._plans)
        for tenant, held in tuple(self._open.items()):
            if tenant not in found:
                self._open.pop(tenant)
            else:
                held.tenant = found[tenant]
                held.store.limits = limits[held.tenant.plan]

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
        store = self._patience.open(found, self._plans[found.plan])
        sweep = partial(store.files.sweep, now=self._now())
        self._patience.run(store, tenant, sweep)
        return OpenStore(found, store, self._patience)

    def _make_room(self) -> None:
        """Close the longest unused; stores in use stay, even if they are too many for a while."""
        idle = [tenant for tenant, held in self._open.items() if not held.users]
        for tenant in idle[: max(0, len(self._open) + 1 - self._most)]:
            self._open.pop(tenant).store.close()
