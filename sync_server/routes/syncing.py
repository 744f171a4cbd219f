"""The log and the chain: what every sync asks."""

from collections.abc import Callable
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response

from shared.ids import Cursor
from shared.protocol.limits import REQUEST_BYTES
from shared.protocol.messages import (
    ChainGrown,
    ChainReply,
    ChainRequest,
    LinkParcel,
    SyncReply,
    SyncRequest,
    decode,
)
from shared.protocol.problems import Code
from shared.signing import sha256
from sync_server.routes.admission import admitted
from sync_server.routes.answers import packed
from sync_server.storage.entry_log import Page
from sync_server.storage.errors import RefusedError
from sync_server.storage.tenant_store import Growth, Parcel, TenantStore
from sync_server.tenancy.doorway import Doorway, Visit


class Syncing:
    """Answers ``/v1/sync`` and ``/v1/chain``. ``now`` returns milliseconds since 1970."""

    def __init__(self, doorway: Doorway, now: Callable[[], int]) -> None:
        self._doorway = doorway
        self._now = now

    async def sync(self, request: Request) -> Response:
        """Store what the device wrote and return what it has not read."""
        async with admitted(self._doorway, request, most=REQUEST_BYTES) as visit:
            asked = decode(visit.body, SyncRequest)
            await self._note(visit)
            if asked.end and not await _goes_on(asked, visit):
                raise RefusedError(Code.CHAIN_PARTED)
            if _is_stale(asked, visit.store):
                return packed(await self._behind(asked, visit, stale=True))
            base = visit.store.base.needs_base(asked.cursor, asked.have, visit.store.membership)
            if base is not None:
                return packed(await self._behind(asked, visit, base=base))
            told = asked.vector or _differs(asked, visit.store)
            cursor = asked.cursor
            if asked.entries:
                growth = await _append(asked, visit)
                added = growth.cursor - growth.after
                request.state.journal = visit.journal.bind(entries=added, size=len(visit.body))
                # All between is what the device itself just brought: it need not be read.
                cursor = growth.cursor if cursor == growth.after else cursor
            return packed(await self._reply(asked, visit, cursor, told=told))

    async def chain(self, request: Request) -> Response:
        """Return the chain of devices with the boxes for the one that asks.

        One that was put out gets the links up to the one that did it, so that it sees it signed.
        """
        async with admitted(self._doorway, request, paper=True, gone=True) as visit:
            if visit.store.membership.devices[visit.device].live:
                links = await visit.work(visit.store.links_after, 0, visit.device)
            else:
                links = await visit.work(visit.store.links_until_out, visit.device)
            return packed(ChainReply(links))

    async def grow_chain(self, request: Request) -> Response:
        """Append links, if the chain has not moved since the device looked."""
        async with admitted(self._doorway, request, most=REQUEST_BYTES, paper=True) as visit:
            asked = decode(visit.body, ChainRequest)
            membership = await visit.work(visit.store.extend_chain, asked.head, asked.links)
            visit.bell.ring_links(visit.device, visit.store)
            request.state.journal = visit.journal.bind(links=membership.length)
            return packed(ChainGrown(membership.length))

    async def _reply(
        self, asked: SyncRequest, visit: Visit, cursor: Cursor, *, told: bool
    ) -> SyncReply:
        store = visit.store
        links: tuple[LinkParcel, ...] = ()
        if asked.links < store.membership.length:
            links = await visit.work(store.links_after, asked.links, visit.device)
        page = await _page(asked, visit, cursor)
        return SyncReply(
            log=store.log.id,
            cursor=page.cursor,
            time=self._now(),
            chain=store.membership.length,
            links=links,
            entries=page.entries,
            more=page.more,
            heads=store.heads if told else (),
            end=page.end if page.more else Cursor(0),
        )

    async def _behind(
        self, asked: SyncRequest, visit: Visit, *, stale: bool = False, base: bytes = b""
    ) -> SyncReply:
        """Say why the device cannot go on from its cursor: another log, or entries are gone."""
        store = visit.store
        return SyncReply(
            log=store.log.id,
            cursor=asked.cursor,
            time=self._now(),
            chain=store.membership.length,
            links=await visit.work(store.links_after, asked.links, visit.device),
            stale=stale,
            heads=store.heads if stale else (),
            base=base,
        )

    async def _note(self, visit: Visit) -> None:
        now, base = self._now(), visit.store.base
        if base.is_new_visit(visit.device, now):
            with suppress(RefusedError):  # a full disk stops no reader, and no base is made on one
                await visit.work(base.note_visit, visit.device, now)


async def _goes_on(asked: SyncRequest, visit: Visit) -> bool:
    """Tell whether our chain goes on from the device's, or hers from ours."""
    store = visit.store
    if asked.links == store.membership.length:
        return store.membership.head.startswith(asked.end)
    if not 0 < asked.links < store.membership.length:
        return True  # she has links that we lost: she compares them when she gives them back
    links = await visit.work(store.links_after, asked.links - 1, visit.device)
    return sha256(links[0].link).startswith(asked.end)


def _is_stale(asked: SyncRequest, store: TenantStore) -> bool:
    """Tell whether the device counts in another log, or further than this one goes.

    Or whether nothing here counts of what it holds: of no heads at all it would not hear.
    """
    is_new = not asked.log and not asked.cursor
    if (asked.log != store.log.id and not is_new) or asked.cursor > store.log.state.end:
        return True
    return _differs(asked, store) and not store.heads


def _differs(asked: SyncRequest, store: TenantStore) -> bool:
    """Tell whether a device that has read everything holds something else than we do."""
    is_level = asked.cursor == store.log.state.end
    return is_level and bool(asked.heads) and asked.heads != store.digest


async def _append(asked: SyncRequest, visit: Visit) -> Growth:
    """Store the entries and wake the others."""
    if asked.links > visit.store.membership.length:
        raise RefusedError(Code.CHAIN_BEHIND)
    growth = await visit.append(Parcel(asked.entries, asked.again))
    if growth.cursor > growth.after:
        visit.bell.ring_entries(visit.device, growth, asked.entries, visit.store)
    return growth


async def _page(asked: SyncRequest, visit: Visit, cursor: Cursor) -> Page:
    log = visit.store.log
    if cursor == log.state.end:
        return Page((), cursor, more=False, end=cursor)
    without = None if asked.own else visit.device
    return await visit.work(log.page, cursor, without=without, have=asked.have)
