"""What tenants feel of each other, and of signing up."""

import json
import time
from multiprocessing import Process

import httpx

from shared.protocol import paths
from shared.protocol.messages import SyncRequest, encode
from tests.sync_server.collector import Collector, Device, granted
from tests.sync_server.serving import operate
from tests.tenants.wire import Wire, p95, served, spread

RATE = 20
"""Requests a second that B's plan allows."""
TIMES = 50
A_PAUSE = 0.05


def measure_sign_up(count: int) -> dict[str, object]:
    """Sign up one after the other; the requests are made before."""
    with served() as server:
        address, folder = server.address, server.folder
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
        return {"measure": "sign_up", "repeats": count, **spread(took[1:])}


def measure_neighbour(seconds: float) -> dict[str, object]:
    """A edits twenty times a second; then B floods beside it."""
    with served() as server:
        address, folder = server.address, server.folder
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
            "quiet": spread(quiet),
            "loud": spread(loud),
            "p95_ratio": round(p95(loud) / p95(quiet), 2),
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
