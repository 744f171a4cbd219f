"""Clients that behave like real ones, for a long time: does anything grow?

Each collector has two devices. Mostly nothing happens; now and then somebody opens the app, looks,
makes a few edits at a human pace, sometimes adds a picture, and the other device fetches them.
"""

import os
import random
import threading
import time
from dataclasses import dataclass, field

import httpx

from shared.protocol import paths
from shared.protocol.messages import ClaimRequest, encode
from tests.sync_server.collector import Collector, Device, granted, new_file
from tests.tenants.wire import Served, p95, served

COLLECTORS, HANDS = 60, 6
"""So many tenants, and so many threads that play their devices."""
PICTURE_BYTES = 200_000
_EVERY_SECONDS = 15


@dataclass
class Hands:
    """One thread that plays some collectors in turn."""

    pairs: list[tuple[Device, Device]]
    chance: random.Random
    took: list[float] = field(default_factory=list)
    failures: int = 0

    def play(self, until: float) -> None:
        """Open the app of one collector after the other until it is time to stop."""
        while time.monotonic() < until:
            writer, reader = self.chance.sample(self.chance.choice(self.pairs), 2)
            try:
                self._sit_down(writer, reader)
            except (httpx.HTTPError, AssertionError):
                self.failures += 1
            time.sleep(self.chance.expovariate(20))

    def _sit_down(self, writer: Device, reader: Device) -> None:
        self._timed(writer.sync)
        for _ in range(self.chance.randrange(1, 6)):
            entry = writer.write(self.chance.choice((546, 546, 600, 4096)))
            self._timed(writer.sync, entry)
        if self.chance.random() < 0.05:
            file = new_file()
            granted(writer.call("PUT", paths.chunk(file, 0), os.urandom(PICTURE_BYTES)))
            granted(writer.call("POST", paths.claim(file), encode(ClaimRequest(1))))
        self._timed(reader.sync)

    def _timed(self, call: object, *entries: bytes) -> None:
        began = time.perf_counter()
        call(*entries)  # type: ignore[operator] # a bound method
        self.took.append(time.perf_counter() - began)


def measure_soak(minutes: float) -> list[dict[str, object]]:
    """Watch memory, descriptors and answers; the first third may still grow."""
    with served(free=True) as server:
        hands = _hands(server)
        until = time.monotonic() + minutes * 60
        threads = [threading.Thread(target=each.play, args=(until,)) for each in hands]
        for thread in threads:
            thread.start()
        lines = []
        while time.monotonic() < until:
            time.sleep(min(_EVERY_SECONDS, max(0.1, until - time.monotonic())))
            lines.append((server.resident_kib, server.descriptors))
        for thread in threads:
            thread.join()
    settled = lines[len(lines) // 3 :]
    took = [each for hand in hands for each in hand.took]
    memory, handles = zip(*settled, strict=True)
    return [
        {
            "measure": "soak",
            "minutes": minutes,
            "tenants": COLLECTORS,
            "requests": len(took),
            "failures": sum(each.failures for each in hands),
            "p95_ms": round(p95(took) * 1000, 2),
            "resident_mib": [round(min(memory) / 1024, 1), round(max(memory) / 1024, 1)],
            "resident_grew_percent": round((memory[-1] / memory[0] - 1) * 100, 1),
            "descriptors": [min(handles), max(handles)],
        }
    ]


def _hands(server: Served) -> list[Hands]:
    pairs: list[tuple[Device, Device]] = []
    for n in range(COLLECTORS):
        http = httpx.Client(base_url=server.address, timeout=30)
        first = Device(http, Collector(f"soaked-{n}q"))
        granted(first.sign_up())
        first.sync()
        second = first.add()
        second.sync()
        pairs.append((first, second))
    return [
        Hands(pairs[n::HANDS], random.Random(n))  # noqa: S311 - the same days in each run
        for n in range(HANDS)
    ]
