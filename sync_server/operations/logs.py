"""The log: one JSON object a line on standard error, ready for any collector of logs."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

import msgspec
from typing_extensions import override

from sync_server.tenancy.journal import Sink, Value


class JsonLines:
    """Writes lines to a stream. ``now`` returns milliseconds since 1970.

    ``instance``: which server this is, where several write into one place.
    """

    def __init__(self, stream: TextIO, now: Callable[[], int], instance: str = "") -> None:
        self._stream = stream
        self._now = now
        self._own = {"instance": instance} if instance else {}

    def __call__(self, line: Mapping[str, Value]) -> None:
        """Write one line."""
        moment = datetime.fromtimestamp(self._now() / 1000, UTC)
        stamp = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        text = msgspec.json.encode({"time": stamp, **self._own, **line}).decode()
        self._stream.write(text + "\n")
        self._stream.flush()


class Forwarder(logging.Handler):
    """Sends what the web server itself has to say into the same log: its kind, not its text.

    The text of such a message can hold paths or addresses.
    """

    def __init__(self, sink: Sink) -> None:
        super().__init__(logging.WARNING)
        self._sink = sink

    @override
    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        where = f"{record.filename}:{record.lineno}"
        self._sink({"event": "web_server", "error": error or record.levelname, "where": where})


def forwarding(sink: Sink) -> dict[str, Any]:
    """Return uvicorn's logging configuration: warnings and worse, into our log."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"journal": {"()": lambda: Forwarder(sink)}},
        "loggers": {
            "uvicorn": {"handlers": ["journal"], "level": "WARNING", "propagate": False},
            "uvicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
        },
    }
