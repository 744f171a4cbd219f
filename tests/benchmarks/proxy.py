"""A relay on loopback that counts what passes: bytes each way and HTTP requests.

It forwards every byte unchanged and as it comes; only for counting does it follow the requests'
framing. Plain HTTP/1.1, as the benchmarks' server speaks it.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from socketserver import BaseRequestHandler, ThreadingTCPServer

from typing_extensions import override

HOST = "127.0.0.1"
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Traffic:
    """What has passed: up is from the client to the server."""

    bytes_up: int = 0
    bytes_down: int = 0
    requests: int = 0

    def since(self, before: "Traffic") -> "Traffic":
        """Return what has passed between two readings."""
        return Traffic(
            self.bytes_up - before.bytes_up,
            self.bytes_down - before.bytes_down,
            self.requests - before.requests,
        )


class RequestCounter:
    """Counts the requests in one direction of one connection, fed in pieces of any size."""

    def __init__(self) -> None:
        self.requests = 0
        self._buffer = b""
        self._skip = 0
        self._chunked = False

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the stream."""
        self._buffer += data
        while self._buffer:
            passed = min(self._skip, len(self._buffer))
            self._buffer, self._skip = self._buffer[passed:], self._skip - passed
            if self._skip or not (self._chunk() if self._chunked else self._head()):
                return

    def _head(self) -> bool:
        """Read a request's head, if it is all there, and learn how long its body is."""
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return False
        self._buffer = rest
        self.requests += 1
        for line in head.lower().split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name == b"content-length":
                self._skip = int(value)
            elif name == b"transfer-encoding":
                self._chunked = b"chunked" in value
        return True

    def _chunk(self) -> bool:
        """Read the length of a chunk, if it is all there; the last one has length 0."""
        length, end, rest = self._buffer.partition(b"\r\n")
        if not end:
            return False
        self._buffer = rest
        self._skip = int(length.partition(b";")[0], 16) + len(b"\r\n")
        self._chunked = self._skip > len(b"\r\n")
        return True


class CountingProxy(ThreadingTCPServer):
    """Relays connections to one port of this machine; ``traffic`` says what passed so far."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, target_port: int) -> None:
        super().__init__((HOST, 0), _Relay)
        self.target = (HOST, target_port)
        self.traffic = Traffic()
        self._counting = threading.Lock()

    @property
    def port(self) -> int:
        """Where clients connect."""
        return int(self.server_address[1])

    def count(self, up: int = 0, down: int = 0, requests: int = 0) -> None:
        """Add what one connection has passed."""
        with self._counting:
            seen = self.traffic
            self.traffic = Traffic(
                seen.bytes_up + up, seen.bytes_down + down, seen.requests + requests
            )


class _Relay(BaseRequestHandler):
    """One connection: this thread carries it up, another one carries the answers down."""

    server: CountingProxy

    @override
    def handle(self) -> None:
        counter = RequestCounter()

        def up(data: bytes) -> None:
            before = counter.requests
            counter.feed(data)
            self.server.count(up=len(data), requests=counter.requests - before)

        def down(data: bytes) -> None:
            self.server.count(down=len(data))

        with socket.create_connection(self.server.target) as above:
            for end in (above, self.request):  # a relay that waits for more would be measured, too
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            answers = threading.Thread(target=_carry, args=(above, self.request, down))
            answers.start()
            _carry(self.request, above, up)
            answers.join()


def _carry(source: socket.socket, sink: socket.socket, passing: Callable[[bytes], None]) -> None:
    """Forward until either side is gone, which may be at any time; then close the other."""
    with suppress(OSError):
        while data := source.recv(_CHUNK):
            passing(data)
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)


@contextmanager
def counting_proxy(target_port: int) -> Iterator[CountingProxy]:
    """Run a proxy in threads of its own while the block runs."""
    with CountingProxy(target_port) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()
