"""Sign-up on the spot: one signed call, and the tenant exists and can sync."""

import asyncio
from collections.abc import Callable

from shared.ids import LogId, Slug, TenantId
from shared.membership import Role, tenant_of
from shared.protocol.messages import SignUpReply, SignUpRequest
from shared.protocol.problems import Code
from sync_server.storage.directory import Directory, Tenant
from sync_server.storage.entry_log import read_log_id
from sync_server.storage.errors import RefusedError
from sync_server.storage.link_shelf import check_parcels
from sync_server.tenancy.doorway import Claim, prove, read_credential
from sync_server.tenancy.names import Names, free_name
from sync_server.tenancy.open_stores import RESTORING_SECONDS
from sync_server.tenancy.puzzles import Puzzles
from sync_server.tenancy.registration import Registration
from sync_server.tenancy.shards import Shards

_KEY_BYTES = 16
_LOG_BYTES = 16


class SignUp:
    """Makes tenants. One at a time, so that two who want one name do not meet halfway."""

    def __init__(
        self,
        directory: Directory,
        names: Names,
        *,
        registration: Registration,
        puzzles: Puzzles,
        shards: Shards,
        now: Callable[[], int],
        random: Callable[[int], bytes],
    ) -> None:
        self._directory = directory
        self._names = names
        self._registration = registration
        self._puzzles = puzzles
        self._shards = shards
        self._now = now
        self._random = random
        self._turn = asyncio.Lock()

    async def make(self, asked: SignUpRequest, claim: Claim, body: bytes) -> SignUpReply:
        """Make the tenant whose first link this is; the same call again gets the same answer.

        Raises RefusedError: NOT_ADMITTED, CLOCK, LINKS_REFUSED, SLUG_INVALID, SLUG_RESERVED,
        SLUG_TAKEN, SLUG_ALIKE, SIGNED_UP, PROOF, INVITATION, CLOSED, UNAVAILABLE.
        """
        async with self._turn:
            return await asyncio.to_thread(self._make, asked, claim, body)

    def _make(self, asked: SignUpRequest, claim: Claim, body: bytes) -> SignUpReply:
        tenant = self._require_founder(asked, claim, body)
        slug = free_name(asked.slug)
        known = self._directory.find(tenant)
        if known is not None and known.leaving:
            raise RefusedError(Code.SLUG_TAKEN)
        if known is not None and known.slug != slug:
            raise RefusedError(Code.SIGNED_UP)
        if known is not None and known.restoring:
            raise RefusedError(Code.UNAVAILABLE, retry_after=RESTORING_SECONDS)
        if known is None:
            known = self._provision(tenant, slug, asked)
        return SignUpReply(slug, self._log_of(known), self._now())

    def _outrun(self, newcomer: Tenant) -> Tenant:
        """Return what another server made of the same request, or make way for another tenant."""
        known = self._directory.find(newcomer.id)
        if known is None:
            self._shards.of(newcomer).remove(newcomer.id)
            raise RefusedError(Code.SLUG_TAKEN)
        return known

    def _log_of(self, tenant: Tenant) -> LogId:
        database = self._shards.of(tenant).home(tenant.id).database
        try:
            return read_log_id(database)
        finally:
            database.close()

    def _require_founder(self, asked: SignUpRequest, claim: Claim, body: bytes) -> TenantId:
        """Check the links, and that the first device signed this request."""
        credential = read_credential(claim.authorization)
        if not asked.links or tenant_of(asked.links[0].link) != credential.tenant:
            raise RefusedError(Code.LINKS_REFUSED)
        membership = check_parcels(credential.tenant, asked.links)
        founder = membership.devices.get(credential.device)
        if founder is None or founder.role is not Role.OWNER:
            raise RefusedError(Code.NOT_ADMITTED)
        prove(credential, claim, body, founder.signing_public, self._now())
        return credential.tenant

    def _provision(self, tenant: TenantId, slug: Slug, asked: SignUpRequest) -> Tenant:
        """Make the store, then the line in the directory, which is what makes it a tenant."""
        self._names.require_free(slug)
        self._puzzles.require(slug, asked.proof)
        plan = self._registration.admit(slug, asked.invitation)
        newcomer = Tenant(
            id=tenant,
            slug=slug,
            skin=asked.skin,
            plan=plan,
            created=self._now(),
            suspended=False,
            pseudonym_key=self._random(_KEY_BYTES),
            shard=self._shards.pick(tenant),
        )
        log = LogId(self._random(_LOG_BYTES))
        self._shards.of(newcomer).create(tenant, asked.links, log)
        try:
            self._directory.add(newcomer)
        except RefusedError:  # another server was faster
            return self._outrun(newcomer)
        self._registration.took_up(slug)
        self._puzzles.count()
        return newcomer
