"""Many at once: event streams that wait, tenants that lie in one folder."""

import random
import shutil
import socket
import time
from contextlib import ExitStack

import httpx

from shared.ids import LogId
from shared.protocol import paths
from shared.protocol.messages import SyncRequest, encode
from tests.sync_server.collector import Collector, Device
from tests.tenants.costs import append_requests, signed_up
from tests.tenants.wire import Served, Wire, served, started

_IDLE_SECONDS = 20


def measure_streams(count: int) -> dict[str, object]:
    """Hold event streams open and do nothing; then wake all of one tenant's."""
    with served(free=True) as server, ExitStack() as open_lines:
        tenants = max(1, count // 50)
        writers = signed_up(server, *(f"listener-{n}" for n in range(tenants)))
        devices = seconds_of(server, writers)
        before = server.resident_kib
        lines: dict[int, list[socket.socket]] = {}
        for n in range(count):
            wire = Wire(server.address)
            open_lines.callback(wire.close)
            wire.line.sendall(wire.signed(devices[n % tenants], paths.EVENTS, method="GET"))
            _hear(wire.line, b"data:")
            lines.setdefault(n % tenants, []).append(wire.line)
        grown, idle = server.resident_kib - before, server.usage.cpu_s
        time.sleep(_IDLE_SECONDS)
        idle = server.usage.cpu_s - idle
        wire = Wire(server.address)
        open_lines.callback(wire.close)
        (request,) = append_requests(wire, writers[0], 1)
        began = time.perf_counter()
        assert wire.ask(request) == 200
        for line in lines[0]:
            _hear(line, b"data:")
        woken = time.perf_counter() - began
    return {
        "measure": "streams",
        "open": count,
        "kib_each": round(grown / count, 1),
        "idle_cpu_percent": round(idle / _IDLE_SECONDS * 100, 2),
        "woken": len(lines[0]),
        "last_woken_ms": round(woken * 1000, 1),
    }


def seconds_of(server: Served, devices: list[Device]) -> list[Device]:
    """Add a second device to each collector: a device is not told of its own entries."""
    with httpx.Client(base_url=server.address) as http:
        for device in devices:
            device.http = http
        return [device.add() for device in devices]


def _hear(line: socket.socket, sign: bytes) -> None:
    heard = b""
    while sign not in heard:
        piece = line.recv(65536)
        assert piece, heard[:200]
        heard += piece


def measure_house(count: int) -> list[dict[str, object]]:
    """Sign so many up, start the server anew, and touch cold tenants."""
    with served(free=True) as server:
        names = [f"tenant-{n}q" for n in range(count)]
        devices = sign_many_up(server, names)
        crowded = server.resident_kib
        folder = server.folder
        shutil.copytree(folder, folder.with_name("again"))
        again = folder.with_name("again")
        began = time.perf_counter()
        with started(again) as anew:
            began = time.perf_counter() - began
            wire, at_rest = Wire(anew.address), anew.resident_kib
            some = random.Random(1).sample(devices, min(count, 300))  # noqa: S311 - always the same
            took, cpu = _touch(wire, some, anew)
            touched = anew.resident_kib
    return [
        {
            "measure": "house",
            "tenants": count,
            "resident_mib_after_sign_ups": round(crowded / 1024, 1),
            "start_s": round(began, 2),
            "resident_mib_at_rest": round(at_rest / 1024, 1),
            "resident_mib_with_open_stores": round(touched / 1024, 1),
            "cold_touch_median_ms": round(sorted(took)[len(took) // 2] * 1000, 2),
            "cold_touch_cpu_ms": round(cpu * 1000, 2),
        }
    ]


def sign_many_up(server: Served, names: list[str]) -> list[Device]:
    """Sign collectors up one after the other."""
    wire, devices = Wire(server.address), []
    with httpx.Client(base_url=server.address) as http:
        for name in names:
            device = Device(http, Collector(name))
            body = encode(device.collector.sign_up_request())
            assert wire.ask(wire.signed(device, paths.TENANTS, body)) == 200
            devices.append(device)
    return devices


def _touch(wire: Wire, devices: list[Device], server: Served) -> tuple[list[float], float]:
    took, before = [], server.usage.cpu_s
    for device in devices:
        body = encode(SyncRequest(LogId(b""), 0, 2))
        request = wire.signed(device, paths.SYNC, body)
        began = time.perf_counter()
        assert wire.ask(request) == 200
        took.append(time.perf_counter() - began)
    return took, (server.usage.cpu_s - before) / len(devices)
