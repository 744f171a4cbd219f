"""A tenant carried to another server, or kept as a file: sealed, as one archive."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

from shared.ids import InvalidIdError, LogId, Slug, tenant_id
from shared.membership import InvalidChainError
from shared.protocol.problems import Code
from sync_server.storage.archive import FORMAT, Label, read_label, unpack, write_archive
from sync_server.storage.books import AuditLine
from sync_server.storage.directory import Tenant
from sync_server.storage.errors import RefusedError, StorageError
from sync_server.storage.sqlite.stores import open_home
from sync_server.storage.tenant_store import TenantStore
from sync_server.tenancy.desk import NoSuchTenantError
from sync_server.tenancy.journal import tenant_pseudonym
from sync_server.tenancy.name_locks import NameLocks
from sync_server.tenancy.names import free_name
from sync_server.tenancy.plans import STANDARD, PlanBook
from sync_server.tenancy.premises import Premises

_KEY_BYTES = 16
_LOG_BYTES = 16


class Relocation:
    """Packs tenants into files and takes them in. ``now`` returns milliseconds since 1970."""

    def __init__(self, premises: Premises, now: Callable[[], int]) -> None:
        self._directory = premises.directory
        self._books = premises.books
        self._shards = premises.shards
        self._locks = NameLocks(premises.books, now)
        self._plans = PlanBook(premises.books)
        self._folder = premises.folder
        self._now = now

    def pack(self, name: str, target: Path) -> None:
        """Write a tenant's data into a file, beside a server that runs, or NoSuchTenantError."""
        tenant = self._directory.named(Slug(name))
        if tenant is None:
            raise NoSuchTenantError
        self.write(tenant, target)
        self._note("export", tenant)

    def write(self, tenant: Tenant, target: Path) -> None:
        """Write a tenant's data into a file."""
        label = Label(
            format=FORMAT,
            tenant=tenant.id.hex(),
            slug=tenant.slug,
            skin=tenant.skin,
            plan=tenant.plan,
            created=tenant.created,
        )
        write_archive(self._shards.of(tenant), label, target)

    def replace(self, source: Path, tenant: Tenant) -> None:
        """Put what a file holds in the place of a tenant's data, which nothing may have open.

        Its log gets another name. Raises StorageError, and nothing has changed, when the file is
        another tenant's or damaged.
        """
        if read_label(source).tenant != tenant.id.hex():
            raise StorageError("This file holds another tenant's data.")
        self._unpack(source, tenant)

    def take_in(self, source: Path) -> Slug:
        """Make the tenant whose data a file holds; nothing if it is here.

        Its log gets another name, so its devices compare what they hold and send what is missing.
        Raises StorageError, RefusedError: SLUG_TAKEN, SLUG_INVALID, SLUG_RESERVED.
        """
        label = read_label(source)
        tenant = self._newcomer(label)
        known = self._directory.find(tenant.id)
        if known is not None:
            return known.slug
        self._require_name(tenant)
        self._unpack(source, tenant)
        self._directory.add(tenant)
        self._note("import", tenant)
        return tenant.slug

    def _newcomer(self, label: Label) -> Tenant:
        try:
            identity = tenant_id(bytes.fromhex(label.tenant))
        except (ValueError, InvalidIdError) as error:
            raise StorageError("This file does not say whose data it holds.") from error
        return Tenant(
            id=identity,
            slug=free_name(label.slug),
            skin=label.skin,
            plan=label.plan if label.plan in self._plans else STANDARD,
            created=label.created,
            suspended=False,
            pseudonym_key=self._books.random(_KEY_BYTES),
            shard=self._shards.pick(identity),
        )

    def _require_name(self, tenant: Tenant) -> None:
        last_owner = self._locks.last_owner(tenant.slug)
        if self._directory.named(tenant.slug) or last_owner not in {None, tenant.id}:
            raise RefusedError(Code.SLUG_TAKEN)

    def _unpack(self, source: Path, tenant: Tenant) -> None:
        draft = self._folder / f"arriving-{tenant.id.hex()}"
        if draft.exists():  # left by an attempt that was interrupted
            shutil.rmtree(draft)
        draft.mkdir()
        try:
            unpack(source, draft)
            self._check(draft, tenant)
        except StorageError:
            shutil.rmtree(draft)
            raise
        self._shards.of(tenant).take_in(tenant.id, draft)
        if draft.exists():
            shutil.rmtree(draft)

    def _check(self, draft: Path, tenant: Tenant) -> None:
        """Open what came as a store: its chain must lead to the tenant that it names."""
        try:
            store = TenantStore(open_home(draft), tenant.id, self._plans.find(tenant.plan))
        except (InvalidChainError, sqlite3.Error) as error:
            raise StorageError("This file is not the data of the tenant that it names.") from error
        try:
            if not store.is_sound():
                raise StorageError("The data in this file are damaged.")
            store.begin_again(LogId(self._books.random(_LOG_BYTES)))
        finally:
            store.close()

    def _note(self, action: str, tenant: Tenant) -> None:
        who = tenant_pseudonym(tenant.pseudonym_key)
        self._books.note(AuditLine(self._now(), action, who, ""))
