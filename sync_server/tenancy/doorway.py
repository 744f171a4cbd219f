"""The only way in: a signed request becomes a visit to the one store that its key opens."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from shared.ids import DeviceId
from shared.membership import Member, Role
from shared.protocol.problems import Code
from shared.signing import Credential, InvalidCredentialError, RequestSummary, Verdict
from sync_server.storage.directory import Tenant
from sync_server.storage.errors import RefusedError
from sync_server.storage.tenant_store import Growth, Parcel, TenantStore
from sync_server.tenancy.allowances import Allowances
from sync_server.tenancy.hosts import Hosts
from sync_server.tenancy.journal import Journal, device_pseudonym, tenant_pseudonym
from sync_server.tenancy.open_stores import RESTORING_SECONDS, OpenStore, OpenStores, is_shut
from sync_server.tenancy.steward import Steward
from sync_server.tenancy.wakeups import Bell, Wakeups

_P = ParamSpec("_P")
_R = TypeVar("_R")


@dataclass(frozen=True, slots=True)
class Claim:
    """A request as it came: who it says it is from, and what it asks. Nothing is proven yet."""

    authorization: str
    method: str
    target: str
    authority: str
    journal: Journal


@dataclass(frozen=True, slots=True)
class Visit:
    """A proven request: one device, at its own tenant's store."""

    device: DeviceId
    body: bytes
    tenant: Tenant
    store: TenantStore
    bell: Bell
    journal: Journal
    _held: OpenStore

    async def work(self, call: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
        """Run a call of the store that waits for the disk, off the event loop."""
        return await self._held.work(call, *args, **kwargs)

    @property
    def is_over(self) -> bool:
        """Tell whether the tenant was shut out since the request was admitted."""
        return is_shut(self._held.tenant)

    async def append(self, parcel: Parcel) -> Growth:
        """Store entries; see OpenStore.append."""
        return await self._held.append(parcel)


class Doorway:
    """Admits a device to its tenant's store. ``now`` returns milliseconds since 1970."""

    def __init__(
        self,
        stores: OpenStores,
        wakeups: Wakeups,
        *,
        hosts: Hosts,
        steward: Steward,
        allowances: Allowances,
        now: Callable[[], int],
    ) -> None:
        self._allowances = allowances
        self._steward = steward
        self._stores = stores
        self._wakeups = wakeups
        self._hosts = hosts
        self._now = now

    @asynccontextmanager
    async def enter(
        self,
        claim: Claim,
        read_body: Callable[[], Awaitable[bytes]],
        *,
        paper: bool = False,
        gone: bool = False,
    ) -> AsyncGenerator[Visit]:
        """Open the store of the device that signed the request, while the block runs.

        ``paper``: the paper device may do this too; ``gone``: so may one that was put out. The
        body is read only for a known device.
        Raises RefusedError: NOT_ADMITTED, CLOCK, REVOKED, SUSPENDED, PAPER, MISDIRECTED,
        MAINTENANCE, UNAVAILABLE, TOO_MANY.
        """
        credential = read_credential(claim.authorization)
        self._steward.require_open()
        async with self._stores.lend(credential.tenant) as held:
            if held is None:
                raise RefusedError(Code.NOT_ADMITTED)
            member = held.store.membership.devices.get(credential.device)
            if member is None:
                raise RefusedError(Code.NOT_ADMITTED)
            limits = held.store.limits
            self._allowances.require(credential.tenant, credential.device, limits)
            body = await read_body()
            prove(credential, claim, body, member.signing_public, self._now())
            if not (member.live or gone):
                raise RefusedError(Code.REVOKED)
            self._require_rights(held.tenant, member, claim, paper=paper)
            self._allowances.spend(credential.tenant, credential.device, limits)
            yield self._visit(held, member, body, claim.journal)

    def _require_rights(self, tenant: Tenant, member: Member, claim: Claim, *, paper: bool) -> None:
        if self._hosts.tenant_named(claim.authority) not in {None, tenant.slug}:
            raise RefusedError(Code.MISDIRECTED)
        if tenant.restoring:
            raise RefusedError(Code.UNAVAILABLE, retry_after=RESTORING_SECONDS)
        if is_shut(tenant):
            raise RefusedError(Code.SUSPENDED)
        if member.role is Role.PAPER and not paper:
            raise RefusedError(Code.PAPER)

    def _visit(self, held: OpenStore, member: Member, body: bytes, journal: Journal) -> Visit:
        key = held.tenant.pseudonym_key
        return Visit(
            device=member.device,
            body=body,
            tenant=held.tenant,
            store=held.store,
            bell=self._wakeups.bell(held.tenant.id),
            journal=journal.bind(
                tenant=tenant_pseudonym(key), device=device_pseudonym(key, member.device)
            ),
            _held=held,
        )


def read_credential(authorization: str) -> Credential:
    """Read the Authorization header, or raise RefusedError NOT_ADMITTED."""
    try:
        return Credential.parse(authorization)
    except InvalidCredentialError as error:
        raise RefusedError(Code.NOT_ADMITTED) from error


def prove(credential: Credential, claim: Claim, body: bytes, public: bytes, now: int) -> None:
    """Check the signature of a request, or raise RefusedError NOT_ADMITTED or CLOCK."""
    asked = RequestSummary.of(claim.method, claim.target, claim.authority, body)
    match credential.check(asked, public, now):
        case Verdict.GOOD:
            return
        case Verdict.FORGED:
            raise RefusedError(Code.NOT_ADMITTED)
        case Verdict.WRONG_TIME:
            raise RefusedError(Code.CLOCK)
