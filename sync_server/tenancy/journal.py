"""Log lines that know whom they are about, by a name that only this server can assign.

A line holds an event and fields from a fixed list; none of them can carry content.
"""

import hmac
from collections.abc import Callable, Mapping

from shared.ids import DeviceId

Value = str | int
Sink = Callable[[Mapping[str, Value]], None]

FIELDS = frozenset(
    {
        "address",
        "code",
        "device",
        "entries",
        "error",
        "event",
        "links",
        "method",
        "micros",
        "request",
        "route",
        "size",
        "status",
        "tenant",
        "version",
        "where",
    }
)
"""All that a line may say."""
_PSEUDONYM_BYTES = 6


class Journal:
    """Writes lines with what is bound to it: request, tenant, device."""

    def __init__(self, sink: Sink, bound: Mapping[str, Value] | None = None) -> None:
        self._sink = sink
        self._bound = bound or {}

    def bind(self, **fields: Value) -> "Journal":
        """Return a journal whose lines also say this."""
        return Journal(self._sink, {**self._bound, **fields})

    def note(self, event: str, **fields: Value) -> None:
        """Write one line. A field that is not in FIELDS is a mistake in the program."""
        line = {"event": event, **self._bound, **fields}
        if not line.keys() <= FIELDS:
            raise ValueError(sorted(line.keys() - FIELDS))
        self._sink(line)


def tenant_pseudonym(key: bytes) -> str:
    """Name a tenant in the log; without its key nobody can tell whose lines these are."""
    return _pseudonym(key, b"tenant")


def device_pseudonym(key: bytes, device: DeviceId) -> str:
    """Name one device of the tenant with this key."""
    return _pseudonym(key, b"device" + device)


def _pseudonym(key: bytes, what: bytes) -> str:
    return hmac.digest(key, what, "sha256")[:_PSEUDONYM_BYTES].hex()
