"""One connection: uvicorn's fast reader, held to short heads, one host and a time to arrive.

A client that sends a byte now and then would hold its connection for ever, for nothing.
"""

import math
from dataclasses import dataclass
from typing import Any

from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 64 * 1024
"""The longest request line with its headers."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds a client has to send the head of a request, and then its body."""

    head: float = 20
    body: float = 300


class BadHeadError(Exception):
    """The request is not addressed as HTTP/1.1 wants it. It gets 400; see the protocol's page."""


class Connection(HttpToolsProtocol):
    """Reads requests; ``cut_if_late`` closes it when one takes too long to arrive."""

    def __init__(self, *arguments: Any, patience: Patience, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._patience = patience
        self._due = math.inf
        self._head_bytes = 0
        self._in_head = True
        self._read = 0

    def cut_if_late(self) -> None:
        """Close the connection if what it owes has not come in time."""
        if self.loop.time() > self._due:
            self.transport.close()

    @override
    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._due = self.loop.time() + self._patience.head

    @override
    def data_received(self, data: bytes) -> None:
        was_in_head, read = self._in_head, self._read
        super().data_received(data)
        if was_in_head and self._in_head and read == self._read:
            self._due = min(self._due, self.loop.time() + self._patience.head)
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
                self.send_400_response("The head of this request is too long.")

    @override
    def on_headers_complete(self) -> None:
        hosts = sum(name == b"host" for name, _ in self.headers)
        wanted = {1} if self.parser.get_http_version() == "1.1" else {0, 1}
        if hosts not in wanted or not self.url.startswith(b"/"):
            raise BadHeadError
        self._in_head = False
        self._due = self.loop.time() + self._patience.body
        super().on_headers_complete()

    @override
    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._in_head, self._head_bytes, self._due = True, 0, math.inf
        self._read += 1
