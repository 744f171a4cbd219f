"""Makes true what the directory says: shuts out, lets in, and sees tenants off for good.

It belongs to whoever holds the house, so only one process ever touches a tenant's files.
"""

import asyncio
import sqlite3
from collections.abc import Callable

import msgspec

from shared.protocol.problems import Code
from sync_server.storage.books import AuditLine, Farewell
from sync_server.storage.directory import ASKED, Tenant
from sync_server.storage.errors import RefusedError, StorageError
from sync_server.storage.tenant_store import Holdings
from sync_server.tenancy.backups import Backups
from sync_server.tenancy.desk import MAINTENANCE
from sync_server.tenancy.journal import Journal, tenant_pseudonym
from sync_server.tenancy.name_locks import NameLocks
from sync_server.tenancy.open_stores import OpenStores, is_shut
from sync_server.tenancy.plans import Plans
from sync_server.tenancy.premises import Premises
from sync_server.tenancy.receipts import (
    DAY_MILLIS,
    NAME_LOCK_DAYS,
    REMAINS,
    Counts,
    Deletion,
    sign_receipt,
)
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
        locks: NameLocks,
        plans: Plans,
        backups: Backups,
        now: Callable[[], int],
    ) -> None:
        self._premises = premises
        self._opened = opened
        self._wakeups = wakeups
        self._locks = locks
        self._plans = plans
        self._backups = backups
        self._now = now
        self.in_maintenance = bool(premises.books.setting(MAINTENANCE))
        self._has_work = True

    def require_open(self) -> None:
        """Raise RefusedError MAINTENANCE while the server is being worked on."""
        if self.in_maintenance:
            raise RefusedError(Code.MAINTENANCE, retry_after=_MAINTENANCE_SECONDS)

    async def watch(self, journal: Journal) -> None:
        """Look again and again, until cancelled. What fails is noted and tried again."""
        pause = _LOOK_SECONDS
        while True:
            try:
                await self.look()
                pause = _LOOK_SECONDS
            except (OSError, sqlite3.Error, RefusedError, StorageError) as error:
                journal.note("failure", error=type(error).__name__, where="steward")
                pause = _FAILED_SECONDS
            await asyncio.sleep(pause)

    async def look(self) -> None:
        """Do what has been asked for since the last look that succeeded."""
        self._has_work |= self._premises.directory.changed_elsewhere()
        if self._has_work:
            await self._do_all()
            self._has_work = False

    async def _do_all(self) -> None:
        directory, books = self._premises.directory, self._premises.books
        self.in_maintenance = bool(await asyncio.to_thread(books.setting, MAINTENANCE))
        await self._opened.refresh()
        await self._end_streams()
        for tenant in await asyncio.to_thread(directory.restoring):
            await self._put_back(tenant)
        for tenant in await asyncio.to_thread(directory.leaving):
            await self._see_off(tenant)
        await asyncio.to_thread(books.forget_old, now=self._now())

    async def _end_streams(self) -> None:
        if self.in_maintenance:
            self._wakeups.close()
        for tenant in self._wakeups.listening:
            found = await asyncio.to_thread(self._premises.directory.find, tenant)
            if found is None or is_shut(found):
                self._wakeups.bell(tenant).end()

    async def _put_back(self, tenant: Tenant) -> None:
        """Put back a backup; its devices are asked to come again until that is done."""
        self._wakeups.bell(tenant.id).end()
        await self._opened.give_up(tenant.id)
        await asyncio.to_thread(self._backups.put_back, tenant)

    async def _see_off(self, tenant: Tenant) -> None:
        """Delete all of a tenant. Every step may be the last one before a crash."""
        self._wakeups.bell(tenant.id).end()
        await self._opened.give_up(tenant.id)
        counts = await asyncio.to_thread(self._count, tenant)
        await asyncio.to_thread(self._premises.shards.of(tenant).remove, tenant.id)
        await asyncio.to_thread(self._backups.delete, tenant)
        await asyncio.to_thread(self._part, tenant, counts)

    def _count(self, tenant: Tenant) -> Counts:
        """Count what will be deleted, and note it, for a receipt after a crash."""
        if tenant.leaving != ASKED:
            return msgspec.json.decode(tenant.leaving, type=Counts)
        store = self._premises.shards.open(tenant, self._plans[tenant.plan])
        try:
            counts = _counts(store.holdings(), self._backups.told(tenant))
        finally:
            store.close()
        self._premises.directory.let_go(tenant.id, msgspec.json.encode(counts).decode())
        return counts

    def _part(self, tenant: Tenant, counts: Counts) -> None:
        now = self._now()
        deletion = Deletion(tenant.id.hex(), now, counts, REMAINS)
        farewell = Farewell(
            tenant=tenant.id,
            slug=tenant.slug,
            pseudonym=tenant_pseudonym(tenant.pseudonym_key),
            name_mac=self._locks.mac(tenant.slug),
            locked_until=now + NAME_LOCK_DAYS * DAY_MILLIS,
            receipt=sign_receipt(deletion, self._premises.signing),
        )
        self._premises.books.part(farewell, AuditLine(now, "teardown", "", ""))
        self._premises.books.forget_deleted()


def _counts(held: Holdings, backups: tuple[str, ...]) -> Counts:
    return Counts(
        entries=held.entries,
        entry_bytes=held.entry_bytes,
        links=held.links,
        boxes=held.boxes,
        files=held.files.files,
        file_bytes=held.files.bytes,
        backups=backups,
    )
