"""Signing up, and what the server holds of whom."""

import asyncio
from dataclasses import asdict

from fastapi import Request, Response

from shared.protocol.limits import BOX_BYTES, LINK_BYTES
from shared.protocol.messages import About, SignUpRequest, decode
from shared.protocol.problems import Code
from sync_server.routes.admission import address_of, admitted, authority_of, claim_of, read_body
from sync_server.routes.answers import listed, packed
from sync_server.storage.errors import RefusedError
from sync_server.storage.skeletons import skeleton
from sync_server.storage.survey import describe_row
from sync_server.tenancy.house import House
from sync_server.tenancy.throttle import Throttle

_SIGN_UP_BYTES = 4 * (LINK_BYTES + BOX_BYTES)


class Accounts:
    """Answers ``/v1/tenants``, ``/v1/slugs`` and ``/v1/about``."""

    def __init__(self, house: House, sign_ups: Throttle, questions: Throttle) -> None:
        self._house = house
        self._sign_ups = sign_ups
        self._questions = questions

    async def sign_up(self, request: Request) -> Response:
        """Make a tenant, ready to sync; the same call again gets the same answer."""
        self._sign_ups.spend(address_of(request))
        self._house.steward.require_open()
        body = await read_body(request, _SIGN_UP_BYTES)
        asked = decode(body, SignUpRequest)
        if self._house.hosts.tenant_named(authority_of(request)) not in {None, asked.slug}:
            raise RefusedError(Code.MISDIRECTED)
        reply = await self._house.sign_up.make(asked, claim_of(request), body)
        return packed(reply)

    async def ask_slug(self, request: Request, slug: str) -> Response:
        """Say whether a name is free, and if not, why."""
        self._questions.spend(address_of(request))
        return listed(await asyncio.to_thread(self._house.enquiry.answer, slug))

    async def about(self, request: Request) -> Response:
        """List what the server holds of the tenant that asks."""
        async with admitted(self._house.doorway, request, paper=True) as visit:
            tenant, limits = visit.tenant, visit.store.limits
            held = await visit.work(visit.store.holdings)
            line = {**asdict(tenant), "skeleton": skeleton(tenant.slug)}
            line["pseudonym_key"] = "(kept to itself)"
            return listed(
                About(
                    slug=tenant.slug,
                    skin=tenant.skin,
                    created=tenant.created,
                    links=held.links,
                    link_bytes=held.link_bytes,
                    boxes=held.boxes,
                    entries=held.entries,
                    entry_bytes=held.entry_bytes,
                    log_quota=limits.log_bytes,
                    file_quota=limits.file_bytes,
                    devices=held.devices,
                    files=held.files,
                    tables=(*held.tables, describe_row("tenant", line)),
                    objects=held.objects,
                    object_bytes=held.object_bytes,
                )
            )
