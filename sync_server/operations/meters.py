"""Counters for Prometheus, made from the lines of the log: what is logged is counted.

Labels are routes, statuses and codes, which are few. There is none for a tenant: that would grow
with their number and name them.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping

from sync_server.tenancy.journal import Sink, Value

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Seconds: upper ends of the ranges that requests are counted in."""
_STREAMS = "events"
_PREFIX = "swingtag_"


class Histogram:
    """How many requests took how long."""

    def __init__(self) -> None:
        self._counts = [0] * (len(BOUNDS) + 1)
        self._sum = 0.0

    def add(self, seconds: float) -> None:
        """Count one request."""
        self._counts[bisect_left(BOUNDS, seconds)] += 1
        self._sum += seconds

    def lines(self, name: str, labels: str) -> Iterator[str]:
        """Yield the histogram in Prometheus' format."""
        total = 0
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), self._counts, strict=True):
            total += count
            yield f'{name}_bucket{{{labels},le="{bound}"}} {total}'
        yield f"{name}_sum{{{labels}}} {self._sum:.6f}"
        yield f"{name}_count{{{labels}}} {total}"


class Meters:
    """Counts what passes on its way into the log. Lives on the event loop."""

    def __init__(self) -> None:
        self._requests: Counter[tuple[Value, Value]] = Counter()
        self._refusals: Counter[Value] = Counter()
        self._seconds: dict[Value, Histogram] = {}
        self._entries = 0
        self._failures = 0

    def counting(self, sink: Sink) -> Sink:
        """Return a sink that counts each line and passes it on."""

        def count_and_pass(line: Mapping[str, Value]) -> None:
            self._count(line)
            sink(line)

        return count_and_pass

    def text(self, gauges: Mapping[str, float]) -> str:
        """Return everything in Prometheus' text format; ``gauges`` are measured now."""
        return "\n".join((*self._counter_lines(), *_gauge_lines(gauges))) + "\n"

    def _count(self, line: Mapping[str, Value]) -> None:
        event = line["event"]
        if event == "request":
            route = line["route"]
            self._requests[route, line["status"]] += 1
            if line["code"]:
                self._refusals[line["code"]] += 1
            if route != _STREAMS:  # how long those take says nothing
                self._seconds.setdefault(route, Histogram()).add(int(line["micros"]) / 1e6)
            self._entries += int(line.get("entries", 0))
        elif event in {"failure", "web_server"}:
            self._failures += 1

    def _counter_lines(self) -> Iterator[str]:
        yield from _head("requests_total", "counter", "Requests answered.")
        for (route, status), count in sorted(self._requests.items(), key=str):
            yield f'{_PREFIX}requests_total{{route="{route}",status="{status}"}} {count}'
        yield from _head("refusals_total", "counter", "Requests refused, by code.")
        for code, count in sorted(self._refusals.items(), key=str):
            yield f'{_PREFIX}refusals_total{{code="{code}"}} {count}'
        yield from _head("request_seconds", "histogram", "How long requests took.")
        for route, histogram in sorted(self._seconds.items(), key=str):
            yield from histogram.lines(f"{_PREFIX}request_seconds", f'route="{route}"')
        yield from _head("entries_stored_total", "counter", "Entries stored.")
        yield f"{_PREFIX}entries_stored_total {self._entries}"
        yield from _head("failures_total", "counter", "Mistakes of the server itself.")
        yield f"{_PREFIX}failures_total {self._failures}"


def _gauge_lines(gauges: Mapping[str, float]) -> Iterator[str]:
    for name, value in gauges.items():
        yield from _head(name, "gauge", name.replace("_", " ").capitalize() + ".")
        yield f"{_PREFIX}{name} {value}"


def _head(name: str, kind: str, text: str) -> tuple[str, str]:
    return f"# HELP {_PREFIX}{name} {text}", f"# TYPE {_PREFIX}{name} {kind}"
