"""The server's wake-ups: server-sent events, one message each, as base64 of its bytes."""

import base64
import binascii
import socket
from collections.abc import Iterator
from contextlib import suppress

import httpx

from desktop.sync.errors import UnreachableError, UnreadableReplyError
from shared.protocol import limits
from shared.protocol.messages import Event, MalformedMessageError, decode

_LINE_BYTES = 4 * limits.EVENT_ENTRY_BYTES


class EventStream:
    """One open stream. Iterating waits for the next event; ``close`` ends it from any thread."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[Event]:
        """Give the events until the server ends the stream; SyncError if the line breaks."""
        try:
            for line in self._lines():
                if line.startswith(b"data:"):
                    yield _event(line.removeprefix(b"data:").strip())
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise UnreachableError from error
        finally:
            self._response.close()

    def close(self) -> None:
        """Cut the line, so that the thread which waits on it wakes up."""
        network = self._response.extensions.get("network_stream")
        line = network.get_extra_info("socket") if network is not None else None
        if line is not None:
            with suppress(OSError):  # it is down already
                line.shutdown(socket.SHUT_RDWR)

    def _lines(self) -> Iterator[bytes]:
        buffer = b""
        for piece in self._response.iter_raw():
            *whole, buffer = (buffer + piece).split(b"\n")
            if len(buffer) > _LINE_BYTES:
                raise UnreadableReplyError
            yield from whole


def _event(text: bytes) -> Event:
    try:
        return decode(base64.b64decode(text, validate=True), Event)
    except (binascii.Error, MalformedMessageError) as error:
        raise UnreadableReplyError from error
