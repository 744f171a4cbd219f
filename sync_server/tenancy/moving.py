"""Moves tenants between shards while their devices work: nothing is lost and nothing refused."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shared.ids import Slug
from sync_server.storage.books import AuditLine
from sync_server.storage.directory import LEFT, Tenant
from sync_server.storage.shard_book import Shard
from sync_server.tenancy.desk import NoSuchTenantError
from sync_server.tenancy.journal import tenant_pseudonym
from sync_server.tenancy.premises import Premises
from sync_server.tenancy.shards import NoSuchShardError

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


class StillMovingError(Exception):
    """The tenant is still being moved, and works meanwhile. Run the command again to wait."""


class BadShardError(Exception):
    """A shard's name has 1 to 32 letters a-z, digits and hyphens."""


class NoShardsError(Exception):
    """Tenants are in files here. Shards need a directory in PostgreSQL: see ``--directory``."""


@dataclass(frozen=True, slots=True)
class Moving:
    """Notes where tenants are wanted, and brings them there. ``now``: milliseconds since 1970."""

    premises: Premises
    now: Callable[[], int]

    def shards(self) -> Iterator[tuple[Shard, int]]:
        """Yield every shard, and how many tenants are on it."""
        counts = self.premises.directory.count_by_shard()
        for shard in self.premises.shard_book.all():
            yield shard, counts.get(shard.name, 0)

    def put_shard(self, shard: Shard) -> None:
        """Add a shard, or change how it is reached or its weight. Again is fine."""
        if self.premises.wire is None:
            raise NoShardsError
        if not _NAME.fullmatch(shard.name):
            raise BadShardError
        if shard in self.premises.shard_book.all():
            return
        self.premises.shards.probe(shard)
        self.premises.shard_book.put(shard)
        self.premises.books.note(AuditLine(self.now(), "shard", "", f"{shard.name} {shard.weight}"))

    def weigh(self, name: str, weight: int) -> None:
        """Give a shard another part of the newcomers; 0: none."""
        known = {each.name: each for each in self.premises.shard_book.all()}
        if name not in known:
            raise NoSuchShardError
        self.put_shard(known[name]._replace(weight=weight))

    def drain(self, name: str) -> list[Slug]:
        """Send no more newcomers to a shard and ask for all its tenants to be moved."""
        self.weigh(name, 0)
        here = self.premises.directory.on_shard(name)
        for tenant in here:
            self._ask(tenant, self.premises.shards.pick(tenant.id))
        return [tenant.slug for tenant in here]

    def ask(self, name: str, shard: str) -> None:
        """Ask for a tenant to be moved; nothing if it is there. Again is fine.

        Raises NoSuchTenantError, NoSuchShardError.
        """
        if shard not in {each.name for each in self.premises.shard_book.all()}:
            raise NoSuchShardError
        self._ask(self._find(name), shard)

    def is_there(self, name: str) -> bool | None:
        """Tell whether a tenant is where it was wanted; None while it is under way."""
        return None if self._find(name).moving else True

    def move(self, tenant: Tenant) -> None:
        """Do what was asked for. Every step may be the last one before a crash: then it goes on."""
        shards, directory = self.premises.shards, self.premises.directory
        if not tenant.moving.startswith(LEFT):
            shards.of(tenant).move(tenant.id, shards[tenant.moving])
            directory.settle(tenant.id, tenant.moving, LEFT + tenant.shard)
            self._note("move", tenant, f"{tenant.shard} to {tenant.moving}")
            tenant = self._find(tenant.slug)
        shards[tenant.moving.removeprefix(LEFT)].remove(tenant.id, moved=True)
        directory.settle(tenant.id, tenant.shard, "")

    def _ask(self, tenant: Tenant, shard: str) -> None:
        is_there = tenant.shard == shard and (not tenant.moving or tenant.moving.startswith(LEFT))
        if tenant.moving and tenant.moving != shard and not is_there:
            raise StillMovingError
        if not is_there and tenant.moving != shard:
            self.premises.directory.settle(tenant.id, tenant.shard, shard)
            self._note("move_asked", tenant, shard)

    def _find(self, name: str) -> Tenant:
        found = self.premises.directory.named(Slug(name))
        if found is None or found.leaving:
            raise NoSuchTenantError
        return found

    def _note(self, action: str, tenant: Tenant, detail: str) -> None:
        who = tenant_pseudonym(tenant.pseudonym_key)
        self.premises.books.note(AuditLine(self.now(), action, who, detail))
