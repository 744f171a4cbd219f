"""Something that answers on a port and is no sync server: it says what a test tells it to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer

from typing_extensions import override


class _Handler(StreamRequestHandler):
    server: "_Portal"

    @override
    def handle(self) -> None:
        length = 0
        while line := self.rfile.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        self.rfile.read(length)
        self.wfile.write(self.server.answer)


class _Portal(ThreadingTCPServer):
    daemon_threads = True
    answer = b""


@contextmanager
def portal(status: str, kind: str, body: bytes, *headers: str) -> Iterator[str]:
    """Answer every request like this while the block runs; gives the address."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    head = "\r\n".join([*lines, *headers, "Connection: close", "", ""])
    with raw_portal(head.encode() + body) as address:
        yield address


@contextmanager
def raw_portal(answer: bytes) -> Iterator[str]:
    """Answer every request with exactly these bytes."""
    with _Portal(("127.0.0.1", 0), _Handler) as server:
        server.answer = answer
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
