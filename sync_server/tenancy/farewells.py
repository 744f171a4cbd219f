"""Sees tenants off for good. Every step may be the last one before a crash: then it goes on."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from sync_server.storage.books import AuditLine, Farewell
from sync_server.storage.directory import ASKED, LEFT, Tenant
from sync_server.storage.tenant_store import Holdings
from sync_server.tenancy.backups import Backups
from sync_server.tenancy.journal import tenant_pseudonym
from sync_server.tenancy.name_locks import NameLocks
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


@dataclass(frozen=True, slots=True)
class Farewells:
    """Deletes all of a tenant. ``now`` returns milliseconds since 1970."""

    premises: Premises
    locks: NameLocks
    plans: Plans
    backups: Backups
    now: Callable[[], int]

    def see_off(self, tenant: Tenant) -> None:
        """Delete all of a tenant, which nobody may have open, and leave the receipt."""
        counts = self._count(tenant)
        for name in {tenant.shard, tenant.moving or tenant.shard}:
            self.premises.shards[name.removeprefix(LEFT)].remove(tenant.id)
        self.backups.delete(tenant)
        self._part(tenant, counts)

    def _count(self, tenant: Tenant) -> Counts:
        """Count what will be deleted, and note it, for a receipt after a crash."""
        if tenant.leaving != ASKED:
            return msgspec.json.decode(tenant.leaving, type=Counts)
        store = self.premises.shards.open(tenant, self.plans[tenant.plan])
        try:
            counts = _counts(store.holdings(), self.backups.told(tenant))
        finally:
            store.close()
        self.premises.directory.let_go(tenant.id, msgspec.json.encode(counts).decode())
        return counts

    def _part(self, tenant: Tenant, counts: Counts) -> None:
        now = self.now()
        deletion = Deletion(tenant.id.hex(), now, counts, REMAINS)
        farewell = Farewell(
            tenant=tenant.id,
            slug=tenant.slug,
            pseudonym=tenant_pseudonym(tenant.pseudonym_key),
            name_mac=self.locks.mac(tenant.slug),
            locked_until=now + NAME_LOCK_DAYS * DAY_MILLIS,
            receipt=sign_receipt(deletion, self.premises.signing),
        )
        self.premises.books.part(farewell, AuditLine(now, "teardown", "", ""))
        self.premises.books.forget_deleted()


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
