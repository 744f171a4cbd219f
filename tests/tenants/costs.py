"""What the server spends on one append, one read, one look, and on a sign-up."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx

from shared.ids import Cursor
from shared.protocol import paths
from shared.protocol.messages import SyncReply, SyncRequest, decode, encode
from tests.sync_server.collector import Collector, Device, granted
from tests.tenants.wire import Served, Wire, served

ENTRY_BYTES = 4096
WRITERS = 8


def signed_up(server: Served, *names: str) -> list[Device]:
    """Sign collectors up; their devices know the names of their logs."""
    with httpx.Client(base_url=server.address) as http:
        devices = [Device(http, Collector(name)) for name in names]
        for device in devices:
            granted(device.sign_up())
            device.sync()
    return devices


def append_requests(wire: Wire, device: Device, count: int) -> list[bytes]:
    """Sign so many appends of one entry each, each from where the one before has left the log."""
    links, cursor = device.collector.membership.length, device.cursor
    bodies = (
        encode(SyncRequest(device.log, Cursor(at), links, b"", (device.write(ENTRY_BYTES),)))
        for at in range(cursor, cursor + count)
    )
    return [wire.signed(device, paths.SYNC, body) for body in bodies]


def measure_append(count: int) -> list[dict[str, object]]:
    """One writer after the other, then eight tenants at once: what each flushed append costs."""
    with served(free=True) as server:
        names = [f"writer-{n}" for n in range(WRITERS)]
        devices = signed_up(server, *names)
        work = [(wire := Wire(server.address), append_requests(wire, d, count)) for d in devices]
        alone = _spent(server, [work[0]], count)
        together = _spent(server, work[1:], count * (WRITERS - 1))
        with httpx.Client(base_url=server.address) as http:
            for device in devices:
                device.http = http
                assert _entries(device) == count
    return [
        {"measure": "append", "writers": 1, "bytes": ENTRY_BYTES, **alone},
        {"measure": "append", "writers": WRITERS - 1, "bytes": ENTRY_BYTES, **together},
    ]


def _entries(device: Device) -> int:
    about = granted(device.call("GET", paths.ABOUT)).json()
    return int(about["entries"])


def _spent(server: Served, work: list[tuple[Wire, list[bytes]]], count: int) -> dict[str, object]:
    def write(wire: Wire, requests: list[bytes]) -> None:
        for request in requests:
            assert wire.ask(request) == 200

    before, began = server.usage.cpu_s, time.perf_counter()
    with ThreadPoolExecutor(len(work)) as pool:
        list(pool.map(write, *zip(*work, strict=True)))
    wall, cpu = time.perf_counter() - began, server.usage.cpu_s - before
    return {
        "repeats": count,
        "server_cpu_ms": round(cpu / count * 1000, 3),
        "a_second": round(count / wall),
    }


def measure_read(megabytes: int) -> dict[str, object]:
    """Read a long log from its start, page by page."""
    with served(free=True) as server:
        (device,) = signed_up(server, "reader")
        with httpx.Client(base_url=server.address, timeout=60) as http:
            device.http = http
            entries = [device.write(64 * 1024) for _ in range(megabytes * 16)]
            for start in range(0, len(entries), 64):
                device.sync(*entries[start : start + 64])
            wire, cursor, got = Wire(server.address), Cursor(0), 0
            resident, before = server.resident_kib, server.usage
            while True:
                body = encode(SyncRequest(device.log, cursor, 2, own=True))
                reply = decode(granted(device.call("POST", paths.SYNC, body)).content, SyncReply)
                got, cursor = got + sum(map(len, reply.entries)), reply.cursor
                if not reply.more:
                    break
            wire.close()
            spent, grown = server.usage.cpu_s - before.cpu_s, server.usage.peak_kib - resident
    return {
        "measure": "read",
        "megabytes": megabytes,
        "server_cpu_ms_a_megabyte": round(spent * 1000 / (got / 2**20), 2),
        "server_peak_grew_mib": round(grown / 1024, 1),
    }


def measure_noop(count: int) -> dict[str, object]:
    """Ask whether there is anything new, over an open connection."""
    with served(free=True) as server:
        (device,) = signed_up(server, "looker")
        wire = Wire(server.address)
        request = wire.signed(device, paths.SYNC, encode(SyncRequest(device.log, device.cursor, 2)))
        wire.ask(request)
        before = server.usage.cpu_s
        for _ in range(count):
            assert wire.ask(request) == 200
        spent = server.usage.cpu_s - before
    return {"measure": "noop", "repeats": count, "server_cpu_ms": round(spent / count * 1000, 3)}


def measure_sign_ups(count: int) -> dict[str, object]:
    """Sign up as fast as the server takes it; keys and links are made before."""
    with served(free=True) as server:
        wire = Wire(server.address)
        with httpx.Client(base_url=server.address) as http:
            devices = [Device(http, Collector(f"many-{n}x")) for n in range(count)]
        requests = [
            wire.signed(d, paths.TENANTS, encode(d.collector.sign_up_request())) for d in devices
        ]
        before, began, done = server.usage.cpu_s, time.perf_counter(), 0
        for request in requests:
            done += wire.ask(request) == 200
        wall, spent = time.perf_counter() - began, server.usage.cpu_s - before
    return {
        "measure": "sign_ups",
        "asked": count,
        "granted": done,
        "a_second": round(done / wall, 1),
        "server_cpu_ms": round(spent / max(done, 1) * 1000, 2),
    }
