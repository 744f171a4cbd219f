"""The event stream: tells a device at once what the others wrote."""

import asyncio
import base64
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from shared.protocol.limits import KEEP_ALIVE_SECONDS, STREAM_SECONDS
from shared.protocol.messages import Event, encode
from sync_server.routes.admission import admitted
from sync_server.tenancy.doorway import Doorway, Visit
from sync_server.tenancy.wakeups import Listener, hello

_ALIVE = b":\n\n"
_COME_AGAIN = b"retry: 1000\n\n"
"""The last words of a stream that the server ends: open another one in a second."""


@dataclass(frozen=True, slots=True)
class StreamTimes:
    """After how many seconds a stream closes, and how often an idle one says that it lives."""

    whole: float = STREAM_SECONDS
    silence: float = KEEP_ALIVE_SECONDS


class Events:
    """Answers ``/v1/events``."""

    def __init__(self, doorway: Doorway, times: StreamTimes) -> None:
        self._doorway = doorway
        self._times = times

    async def events(self, request: Request) -> Response:
        """Open a stream of events; it begins with where log and chain stand."""
        async with admitted(self._doorway, request) as visit:
            return _Stream(
                self._stream(visit, request.receive),
                media_type="text/event-stream",
                headers={"cache-control": "no-store"},
            )

    async def _stream(self, visit: Visit, receive: Receive) -> AsyncGenerator[bytes]:
        listener = visit.bell.listen(visit.device)
        hanging_up = asyncio.create_task(_end_when_gone(listener, receive))
        try:
            if visit.is_over or not visit.store.membership.devices[visit.device].live:
                return  # put out between the request and its answer
            yield _line(hello(visit.store))
            ends = asyncio.get_running_loop().time() + self._times.whole
            async for piece in _pieces(listener, ends, self._times.silence):
                yield piece
        finally:
            hanging_up.cancel()
            visit.bell.leave(listener)


class _Stream(StreamingResponse):
    """Sends pieces until there are no more; they end when the client is gone.

    Starlette's own looks after that itself, with a group of tasks that takes twice the memory.
    """

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.stream_response(send)


async def _end_when_gone(listener: Listener, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.tell(None)


async def _pieces(listener: Listener, ends: float, silence: float) -> AsyncGenerator[bytes]:
    """Yield events, and signs of life between them, until the stream is over."""
    loop = asyncio.get_running_loop()
    while (left := ends - loop.time()) > 0:
        try:
            async with asyncio.timeout(min(silence, left)):
                event = await listener.next()
        except TimeoutError:
            yield _ALIVE
            continue
        if event is None:
            yield _COME_AGAIN
            return
        yield _line(event)


def _line(event: Event) -> bytes:
    return b"data: " + base64.b64encode(encode(event)) + b"\n\n"
