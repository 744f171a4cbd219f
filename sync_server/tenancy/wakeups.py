"""Wakes a tenant's devices when its log or its chain has grown.

Lives on the event loop: all calls come from there, so there are no locks.
"""

import asyncio
from collections.abc import Sequence

from shared.ids import Cursor, DeviceId, LogId, TenantId
from shared.protocol.limits import EVENT_ENTRY_BYTES
from shared.protocol.messages import Event
from sync_server.storage.errors import RefusedError
from sync_server.storage.ports import Wire
from sync_server.storage.tenant_store import Growth, TenantStore
from sync_server.tenancy.open_stores import OpenStores

_QUEUE = 16
"""Events that wait for a slow reader; it pulls when it missed some."""


class Listener:
    """One open event stream, for one reader. It ends with None.

    There are thousands, so this is no asyncio.Queue: that takes three times as much memory.
    """

    def __init__(self, device: DeviceId) -> None:
        self.device = device
        self._told: list[Event | None] = []
        self._news = asyncio.Event()

    def tell(self, event: Event | None) -> None:
        """Queue an event. If the reader is too slow, all make way for this one: it will pull."""
        if len(self._told) == _QUEUE:
            self._told.clear()
        self._told.append(event)
        self._news.set()

    async def next(self) -> Event | None:
        """Wait for the next event; None means that the stream is over."""
        while not self._told:
            self._news.clear()
            await self._news.wait()
        return self._told.pop(0)


class Wakeups:
    """All open event streams of this process, by tenant. ``wire``: to the other processes."""

    def __init__(self, wire: Wire | None = None) -> None:
        self._listeners: dict[TenantId, set[Listener]] = {}
        self._wire = wire

    def bell(self, tenant: TenantId) -> "Bell":
        """Return what wakes this tenant's devices and no others."""
        return Bell(self._listeners, tenant, self._wire)

    @property
    def listening(self) -> tuple[TenantId, ...]:
        """The tenants with open streams."""
        return tuple(self._listeners)

    def __len__(self) -> int:
        """How many streams are open."""
        return sum(map(len, self._listeners.values()))

    def close(self) -> None:
        """End all streams: the server stops, or is worked on."""
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.tell(None)


class Bell:
    """Wakes the devices of one tenant."""

    def __init__(
        self, listeners: dict[TenantId, set[Listener]], tenant: TenantId, wire: Wire | None
    ) -> None:
        self._listeners = listeners
        self._tenant = tenant
        self._wire = wire

    def listen(self, device: DeviceId) -> Listener:
        """Open a stream for a device."""
        listener = Listener(device)
        self._listeners.setdefault(self._tenant, set()).add(listener)
        return listener

    def end(self) -> None:
        """End all streams of the tenant."""
        for listener in self._listeners.get(self._tenant, set()):
            listener.tell(None)

    def leave(self, listener: Listener) -> None:
        """Forget a stream."""
        listeners = self._listeners.get(self._tenant, set())
        listeners.discard(listener)
        if not listeners:
            self._listeners.pop(self._tenant, None)

    def ring_entries(
        self, sender: DeviceId, growth: Growth, entries: Sequence[bytes], store: TenantStore
    ) -> None:
        """Tell all but the sender; small entries ride along, save to those who wrote them."""
        self._tell_elsewhere(store)
        fits = len(entries) == growth.cursor - growth.after
        small = fits and sum(map(len, entries)) <= EVENT_ENTRY_BYTES
        for listener in self._others(sender):
            told = tuple(entries) if small and listener.device not in growth.writers else ()
            listener.tell(
                Event(store.log.id, growth.after, growth.cursor, store.membership.length, told)
            )

    def ring_links(self, sender: DeviceId, store: TenantStore) -> None:
        """Tell all but the sender of new links; end the streams of devices that were put out."""
        self._tell_elsewhere(store)
        self._ring_here(sender, store)

    def ring_all(self, store: TenantStore) -> None:
        """Tell all who listen here where log and chain stand: another process has written."""
        self._ring_here(DeviceId(b""), store)

    def _tell_elsewhere(self, store: TenantStore) -> None:
        if self._wire is not None:
            self._wire.tell(self._tenant, store.log.state.end)

    def _ring_here(self, sender: DeviceId, store: TenantStore) -> None:
        live = {member.device for member in store.membership.live}
        for listener in self._others(sender):
            if listener.device in live:
                listener.tell(hello(store))
            else:
                listener.tell(None)

    def _others(self, sender: DeviceId) -> list[Listener]:
        listeners = self._listeners.get(self._tenant, set())
        return [listener for listener in listeners if listener.device != sender]


async def hear_others(wire: Wire | None, opened: OpenStores, wakeups: Wakeups) -> None:
    """Wake the devices that listen here when another process has written, until cancelled."""
    if wire is None:
        return
    heard: asyncio.Queue[TenantId | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def note(tenant: TenantId | None) -> None:
        loop.call_soon_threadsafe(heard.put_nowait, tenant)

    wire.start(note)
    while True:
        told = {await heard.get()}
        while not heard.empty():
            told.add(heard.get_nowait())
        for tenant in wakeups.listening:
            if not told.isdisjoint((tenant, None)):
                await _ring(tenant, opened, wakeups)


async def _ring(tenant: TenantId, opened: OpenStores, wakeups: Wakeups) -> None:
    bell = wakeups.bell(tenant)
    try:
        async with opened.lend(tenant) as held:
            if held is not None:
                bell.ring_all(held.store)
    except RefusedError:
        bell.end()  # the devices come again, and are told why not


def hello(store: TenantStore) -> Event:
    """Say where log and chain stand."""
    end: Cursor = store.log.state.end
    log: LogId = store.log.id
    return Event(log, end, end, store.membership.length)
