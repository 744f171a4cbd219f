"""Makes true what the directory says: shuts out, lets in, moves tenants, and sees them off.

Every server does; what only one may do at a time, the first one does.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable

from shared.protocol.problems import Code
from sync_server.storage.directory import Tenant
from sync_server.storage.errors import RefusedError, StorageError
from sync_server.tenancy.backups import Backups
from sync_server.tenancy.desk import MAINTENANCE
from sync_server.tenancy.farewells import Farewells
from sync_server.tenancy.journal import Journal
from sync_server.tenancy.moving import Moving
from sync_server.tenancy.open_stores import OpenStores, is_shut
from sync_server.tenancy.premises import Premises
from sync_server.tenancy.wakeups import Wakeups

_LOOK_SECONDS = 0.25
_FAILED_SECONDS = 5
_MAINTENANCE_SECONDS = 60


class Steward:
    """Looks into the directory, on the event loop; waits for the disk in threads."""

    def __init__(
        self,
        premises: Premises,
        *,
        opened: OpenStores,
        wakeups: Wakeups,
        farewells: Farewells,
        backups: Backups,
        moving: Moving,
        now: Callable[[], int],
    ) -> None:
        self._premises = premises
        self._opened = opened
        self._wakeups = wakeups
        self._farewells = farewells
        self._backups = backups
        self._moving = moving
        self._now = now
        self.in_maintenance = bool(premises.books.setting(MAINTENANCE))
        self._has_news = True
        self._has_work = True

    def require_open(self) -> None:
        """Raise RefusedError MAINTENANCE while the server is being worked on."""
        if self.in_maintenance:
            raise RefusedError(Code.MAINTENANCE, retry_after=_MAINTENANCE_SECONDS)

    async def watch(self, journal: Journal) -> None:
        """Look again and again, until cancelled; what takes long does not keep that up."""
        await asyncio.gather(_keep(self.notice, journal), _keep(self.work, journal))

    async def look(self) -> None:
        """Do what has been asked for since the last look that succeeded."""
        await self.notice()
        await self.work()

    async def notice(self) -> None:
        """Read what the directory says now of tenants that are here, and of the server."""
        self._has_news |= await asyncio.to_thread(self._premises.directory.changed_elsewhere)
        if self._has_news:
            books = self._premises.books
            self.in_maintenance = bool(await asyncio.to_thread(books.setting, MAINTENANCE))
            await self._opened.refresh()
            await self._end_streams()
            self._has_news, self._has_work = False, True

    async def work(self) -> None:
        """Put back, move and delete what is to be."""
        if not self._has_work:
            return
        directory = self._premises.directory
        self._has_work = False
        try:
            for tenant in await asyncio.to_thread(directory.restoring):
                await self._shut_out(tenant)
                await self._alone(tenant, self._backups.put_back)
            for tenant in await asyncio.to_thread(directory.moving):
                await self._alone(tenant, self._moving.move)
            for tenant in await asyncio.to_thread(directory.leaving):
                await self._shut_out(tenant)
                await self._alone(tenant, self._farewells.see_off)
            await asyncio.to_thread(self._premises.books.forget_old, now=self._now())
        except BaseException:
            self._has_work = True
            raise

    async def _alone(self, tenant: Tenant, chore: Callable[[Tenant], None]) -> None:
        """Do something that only one process may do; if another is at it, look again later."""
        if not await asyncio.to_thread(self._premises.directory.alone, tenant, chore):
            self._has_work = True

    async def _shut_out(self, tenant: Tenant) -> None:
        """End what its devices have open here."""
        self._wakeups.bell(tenant.id).end()
        await self._opened.give_up(tenant.id)

    async def _end_streams(self) -> None:
        if self.in_maintenance:
            self._wakeups.close()
        listening = self._wakeups.listening
        found = await asyncio.to_thread(self._premises.directory.of, listening)
        for tenant in listening:
            if tenant not in found or is_shut(found[tenant]):
                self._wakeups.bell(tenant).end()


async def _keep(look: Callable[[], Awaitable[None]], journal: Journal) -> None:
    """Look again and again. What fails is noted and tried again."""
    pause = _LOOK_SECONDS
    while True:
        try:
            await look()
            pause = _LOOK_SECONDS
        except (OSError, sqlite3.Error, RefusedError, StorageError) as error:
            journal.note("failure", error=type(error).__name__, where="steward")
            pause = _FAILED_SECONDS
        await asyncio.sleep(pause)
