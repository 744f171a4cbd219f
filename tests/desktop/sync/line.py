"""The wire between a device and its server, for tests: it can be cut, lose and change things."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
import msgspec
from typing_extensions import override

from shared.protocol.problems import Code, Problem


@dataclass
class Line(httpx.BaseTransport):
    """A real connection with faults that a test switches on.

    ``cut``: nothing gets through. ``lost_replies``: so many answers never arrive, though the
    server did the work. ``alter`` changes the body of a good answer to the path it is given,
    ``refuse`` names what is refused instead of it. While ``free`` is not set, requests hang.
    ``carried``: bytes of bodies, both ways, by the port that they went to.
    """

    cut: bool = False
    lost_replies: int = 0
    refuse: Callable[[str, str], Code | None] = lambda _method, _path: None
    alter: Callable[[str, bytes], bytes] | None = None
    free: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)
    carried: Counter[int | None] = field(default_factory=Counter)
    _wire: httpx.HTTPTransport = field(default_factory=httpx.HTTPTransport)

    def __post_init__(self) -> None:
        self.free.set()

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.cut:
            raise httpx.ConnectError("cut", request=request)
        self.free.wait(10)
        self.asked.append(f"{request.method} {request.url.path}")
        refused = self.refuse(request.method, request.url.path)
        if refused is not None:
            problem = Problem(refused.word, refused.sentence, at=0)
            content = httpx.ByteStream(msgspec.json.encode(problem))
            return httpx.Response(refused.status, stream=content)
        response = self._wire.handle_request(request)
        if "event-stream" in response.headers.get("content-type", ""):
            return response
        body = response.read()
        response.close()
        self.carried[request.url.port] += len(request.read()) + len(body)
        if self.lost_replies:
            self.lost_replies -= 1
            raise httpx.ReadError("lost", request=request)
        if self.alter is not None and response.is_success:
            body = self.alter(request.url.path, body)
        response.headers.pop("content-length", None)
        return httpx.Response(
            response.status_code, headers=response.headers, stream=httpx.ByteStream(body)
        )

    @override
    def close(self) -> None:
        self._wire.close()
