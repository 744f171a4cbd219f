"""``python3 dev.py campaign tenants``: what tenants feel of each other, and of signing up.

One line of JSON a measure, over a real server process on loopback; requests are signed before the
clock runs, so that the client costs little. ``sign_up``: the sum apart, how long a sign-up takes.
``neighbour``: how long A's edits take alone, and while B asks at fifty times what its plan allows.
"""

import argparse
import json
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import Process
from pathlib import Path

import httpx

from shared.protocol import paths
from shared.protocol.messages import SyncRequest, encode
from shared.signing import RequestSummary, sign_request
from tests.sync_server.collector import Collector, Device, granted
from tests.sync_server.serving import operate, process

RATE = 20
"""Requests a second that B's plan allows."""
TIMES = 50
A_PAUSE = 0.05


class Wire:
    """A connection that sends requests which were signed before, and reads the answers' status."""

    def __init__(self, address: str) -> None:
        host, port = address.removeprefix("http://").split(":")
        self.authority = f"{host}:{port}"
        self.line = socket.create_connection((host, int(port)), timeout=20)
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def signed(self, device: Device, path: str, body: bytes) -> bytes:
        summary = RequestSummary.of("POST", path, self.authority, body)
        keys, tenant = device.keys, device.collector.tenant
        header = sign_request(keys.signing, tenant, keys.device, summary, device.clock())
        head = f"POST {path} HTTP/1.1\r\nhost: {self.authority}\r\ncontent-length: {len(body)}\r\n"
        return f"{head}authorization: {header}\r\n\r\n".encode() + body

    def ask(self, request: bytes) -> int:
        self.line.sendall(request)
        reply = b""
        while b"\r\n\r\n" not in reply:
            reply += self.line.recv(65536)
        head, _, content = reply.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r")[0])
        while len(content) < length:
            content += self.line.recv(65536)
        return int(head[9:12])


@contextmanager
def served() -> Iterator[tuple[str, Path]]:
    with tempfile.TemporaryDirectory(prefix="swingtag-tenants-") as home:
        folder = Path(home) / "data"
        with process(folder) as (_, address):
            yield address, folder


def measure_sign_up(count: int) -> dict[str, object]:
    """Sign up one after the other; the requests are made before."""
    with served() as (address, folder):
        operate(folder, "proof", "0")
        time.sleep(0.5)
        took = []
        wire = Wire(address)
        for n in range(count + 1):
            device = Device(httpx.Client(base_url=address), Collector(f"tenant{n}zz"))
            body = encode(device.collector.sign_up_request())
            request = wire.signed(device, paths.TENANTS, body)
            status, seconds = _timed(wire, request)
            while status == 429:  # one network may sign up 30 at once
                time.sleep(10)
                status, seconds = _timed(wire, request)
            assert status == 200, status
            took.append(seconds)
            device.http.close()
        return {"measure": "sign_up", "repeats": count, **_spread(took[1:])}


def measure_neighbour(seconds: float) -> dict[str, object]:
    """A edits twenty times a second; then B floods beside it."""
    with served() as (address, folder):
        with httpx.Client(base_url=address) as http:
            a, b = (Device(http, Collector(name)) for name in ("artmatt", "begin"))
            for device in (a, b):
                granted(device.sign_up())
                device.sync()
        limits = ("--rate", str(RATE), "--device-rate", str(RATE))
        operate(folder, "plan", "define", "noisy", *limits)
        operate(folder, "tenant", "plan", "set", "begin", "noisy")
        time.sleep(1)
        _edits(a, address, 2)
        quiet, quiet_bad = _edits(a, address, seconds)
        flood = Process(target=_flood, args=(b, address, seconds + 3))
        flood.start()
        time.sleep(2)
        loud, loud_bad = _edits(a, address, seconds)
        flood.join()
        return {
            "measure": "neighbour",
            "b_asked_a_second": RATE * TIMES,
            "quiet": _spread(quiet),
            "loud": _spread(loud),
            "p95_ratio": round(_p95(loud) / _p95(quiet), 2),
            "a_errors": quiet_bad + loud_bad,
        }


def _edits(device: Device, address: str, seconds: float) -> tuple[list[float], int]:
    wire = Wire(address)
    made = [
        wire.signed(
            device, paths.SYNC, encode(SyncRequest(device.log, 0, 2, b"", (device.write(),)))
        )
        for _ in range(int(seconds / A_PAUSE))
    ]
    took, bad = [], 0
    for request in made:
        began = time.perf_counter()
        bad += wire.ask(request) != 200
        took.append(time.perf_counter() - began)
        time.sleep(max(0.0, A_PAUSE - took[-1]))
    return took, bad


def _flood(device: Device, address: str, seconds: float) -> None:
    """Ask for the same again and again, at a steady pace; say how it was answered."""
    wire = Wire(address)
    body = encode(SyncRequest(device.log, device.cursor, 2))
    request = wire.signed(device, paths.SYNC, body)
    began, asked, told = time.perf_counter(), 0, {}
    while (now := time.perf_counter() - began) < seconds:
        while asked < now * RATE * TIMES:
            status = wire.ask(request)
            told[status] = told.get(status, 0) + 1
            asked += 1
        time.sleep(0.001)
    print(json.dumps({"b_was_told": told, "a_second": round(asked / seconds)}), flush=True)


def _timed(wire: Wire, request: bytes) -> tuple[int, float]:
    began = time.perf_counter()
    return wire.ask(request), time.perf_counter() - began


def _p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[-1]


def _spread(took: list[float]) -> dict[str, float]:
    named = {"median_ms": statistics.median(took), "p95_ms": _p95(took), "worst_ms": max(took)}
    return {name: round(value * 1000, 2) for name, value in named.items()}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py campaign tenants", description=__doc__)
    parser.add_argument("--sign-ups", type=int, default=25)
    parser.add_argument("--seconds", type=float, default=20)
    asked = parser.parse_args(arguments)
    for line in (
        measure_sign_up(asked.sign_ups),
        measure_neighbour(asked.seconds),
    ):
        print(json.dumps(line), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
