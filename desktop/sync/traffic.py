"""How much went over the network for one collection."""

from threading import Lock

import httpx


class Traffic:
    """Counts bytes of requests and answers, addresses and headers included. For several threads.

    What TLS adds, and the wake-ups (some ten bytes each), are left out.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self.sent = self.received = 0

    def count(self, request: httpx.Request, headers: httpx.Headers, body: bytes) -> None:
        """Add a request, and what was answered."""
        asked = len(request.method) + len(request.url.raw_path) + _size(request.headers)
        with self._lock:
            self.sent += asked + len(request.content)
            self.received += _size(headers) + len(body)


def _size(headers: httpx.Headers) -> int:
    """Return how many bytes headers take on the line, each with its colon, space and line end."""
    return sum(len(name) + len(value) + 4 for name, value in headers.raw)
