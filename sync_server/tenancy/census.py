"""How many there are of what: numbers about all tenants together, none about one."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from sync_server.storage.directory import Directory
from sync_server.tenancy.open_stores import OpenStores
from sync_server.tenancy.steward import Steward
from sync_server.tenancy.wakeups import Wakeups


class Census(NamedTuple):
    """The house at one moment. ``maintenance`` is 0 or 1."""

    tenants: int
    tenants_shut_out: int
    open_stores: int
    event_streams: int
    maintenance: int


def counting(
    directory: Directory, opened: OpenStores, wakeups: Wakeups, steward: Steward
) -> Callable[[], Awaitable[Census]]:
    """Return what counts; call it on the event loop."""

    async def census() -> Census:
        tenants, shut = await asyncio.to_thread(directory.count)
        return Census(tenants, shut, len(opened), len(wakeups), int(steward.in_maintenance))

    return census
