"""The operator's desk: what is wanted of tenants is written into the directory here.

Whoever holds the house makes it so: a running server sees it at once, a stopped one when it
starts. So the commands work beside a running server, and again after a crash.
"""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass

from shared.ids import Slug, TenantId
from shared.membership import InvalidChainError
from sync_server.storage.books import AuditLine
from sync_server.storage.directory import ASKED, Tenant
from sync_server.storage.errors import StorageError
from sync_server.storage.limits import Limits
from sync_server.storage.tenant_store import Holdings, TenantStore
from sync_server.tenancy.journal import tenant_pseudonym
from sync_server.tenancy.name_locks import NameLocks
from sync_server.tenancy.names import Names, free_name
from sync_server.tenancy.plans import PlanBook, PlanInUseError
from sync_server.tenancy.premises import Premises
from sync_server.tenancy.puzzles import PROOF
from sync_server.tenancy.receipts import Deletion, check_receipt
from sync_server.tenancy.registration import REGISTRATION, Mode, Registration

MAINTENANCE = "maintenance"


class NoSuchTenantError(Exception):
    """No tenant has this name. ``swingtag-server tenant list`` shows all."""


@dataclass(frozen=True, slots=True)
class Card:
    """A tenant as an operator sees it. ``created`` is in milliseconds since 1970."""

    name: Slug
    tenant: str
    state: str
    plan: str
    skin: str
    created: int


class Desk:
    """Does what an operator asks, and notes it. ``now`` returns milliseconds since 1970."""

    def __init__(self, premises: Premises, now: Callable[[], int]) -> None:
        self._locks = NameLocks(premises.books, now)
        self._directory = premises.directory
        self._books = premises.books
        self._premises = premises
        self._now = now
        self.plans = PlanBook(premises.books)

    def everybody(self) -> list[Card]:
        """Return all tenants by name."""
        return [_card(tenant) for tenant in self._directory.everybody()]

    def show(self, name: str) -> Card:
        """Return one tenant, or raise NoSuchTenantError."""
        return _card(self._find(name))

    def holdings(self, name: str) -> Holdings:
        """Count what the server holds of a tenant."""
        with self._opened(self._find(name)) as store:
            return store.holdings()

    def pseudonym(self, name: str) -> str:
        """Return how the log names a tenant."""
        return tenant_pseudonym(self._find(name).pseudonym_key)

    def is_sound(self, name: str) -> bool:
        """Read all that is held of a tenant and tell whether it is undamaged."""
        tenant = self._find(name)
        if not self._premises.shards.of(tenant).holds(tenant.id):
            return False
        try:
            with self._opened(tenant) as store:
                return store.is_sound()
        except (sqlite3.Error, InvalidChainError, StorageError):
            return False

    def strays(self) -> set[str]:
        """Return the ids of those who have something here and are not in the directory."""
        known = {each.id.hex() for each in self._directory.everybody()}
        return self._premises.shards.tenants() - known

    def suspend(self, name: str, *, suspended: bool) -> Card:
        """Shut a tenant out until it is resumed, or let it in again. Again is fine."""
        tenant = self._find(name)
        if tenant.suspended != suspended:
            self._directory.suspend(tenant.id, suspended=suspended)
            self._note("suspend" if suspended else "resume", tenant)
        return self.show(name)

    def assign_plan(self, name: str, plan: str) -> Card:
        """Put a tenant on a plan, or raise NoSuchPlanError."""
        tenant = self._find(name)
        self.plans.find(plan)
        if tenant.plan != plan:
            self._directory.assign_plan(tenant.id, plan)
            self._note("plan", tenant, plan)
        return self.show(name)

    def define_plan(self, name: str, limits: Limits) -> None:
        """Define a plan, or define it anew: its tenants have it at once. BadPlanError."""
        if self.plans.define(name, limits):
            self._books.note(AuditLine(self._now(), "plan_defined", "", name))

    def remove_plan(self, name: str) -> None:
        """Forget a plan that nobody is on, or raise NoSuchPlanError, PlanInUseError.

        One that comes with the server is as it came again, and may be in use.
        """
        self.plans.find(name)
        in_use = self._directory.uses_plan(name) or self._books.invites_to(name, now=self._now())
        if in_use and not self.plans.is_built_in(name):
            raise PlanInUseError
        self.plans.remove(name)
        self._books.note(AuditLine(self._now(), "plan_removed", "", name))

    def ask_teardown(self, name: str) -> TenantId:
        """Ask for all of a tenant to be deleted; it is shut out at once. Again is fine."""
        gone = self._locks.last_owner(Slug(name))
        if gone is not None and self._directory.named(Slug(name)) is None:
            return gone
        tenant = self._find(name)
        if not tenant.leaving:
            self._directory.let_go(tenant.id, ASKED)
            self._note("teardown_asked", tenant)
        return tenant.id

    def receipt(self, tenant: TenantId) -> bytes | None:
        """Return the receipt once nothing of the tenant is left."""
        return None if self._directory.find(tenant) else self._books.receipt(tenant)

    def verify(self, receipt: bytes) -> Deletion:
        """Return what a receipt of this server says, or raise BadReceiptError."""
        return check_receipt(receipt, self._premises.signing.public)

    def maintain(self, *, on: bool) -> None:
        """Answer all devices that the server is being worked on, or go on."""
        self._set(MAINTENANCE, "on" if on else "")

    def register(self, mode: Mode) -> None:
        """Say who may sign up from now on."""
        self._set(REGISTRATION, mode.value)

    def ask_proof(self, bits: int) -> None:
        """Say how hard a sum a sign-up costs, in bits; 0: none."""
        self._set(PROOF, str(bits))

    def invite(self, name: str, plan: str) -> str:
        """Invite somebody to sign up under a name, on a plan; return the code. Again is fine.

        Raises NoSuchPlanError, RefusedError: SLUG_RESERVED, SLUG_INVALID, SLUG_TAKEN, SLUG_ALIKE.
        """
        slug = free_name(name)
        self.plans.find(plan)
        Names(self._directory, self._locks).require_free(slug)
        code, is_new = Registration(self._books, self._now).invite(slug, plan)
        if is_new:
            self._books.note(AuditLine(self._now(), "invite", "", plan))
        return code

    def audit(self) -> list[AuditLine]:
        """Return what operators did, oldest first."""
        return self._books.audit()

    @contextmanager
    def _opened(self, tenant: Tenant) -> Generator[TenantStore]:
        store = self._premises.shards.open(tenant, self.plans.find(tenant.plan))
        try:
            yield store
        finally:
            store.close()

    def _find(self, name: str) -> Tenant:
        found = self._directory.named(Slug(name))
        if found is None:
            raise NoSuchTenantError
        return found

    def _set(self, name: str, value: str) -> None:
        if self._books.setting(name) != value:
            self._books.set(name, value)
            self._books.note(AuditLine(self._now(), name, "", value or "off"))

    def _note(self, action: str, tenant: Tenant, detail: str = "") -> None:
        who = tenant_pseudonym(tenant.pseudonym_key)
        self._books.note(AuditLine(self._now(), action, who, detail))


def _card(tenant: Tenant) -> Card:
    state = "leaving" if tenant.leaving else "suspended" if tenant.suspended else "active"
    return Card(tenant.slug, tenant.id.hex(), state, tenant.plan, tenant.skin, tenant.created)
