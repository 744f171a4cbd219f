"""Requests signed before the clock runs, over a plain socket: so the client costs little."""

import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shared.signing import RequestSummary, sign_request
from tests.benchmarks.meter import PROC, Usage
from tests.sync_server.collector import Device
from tests.sync_server.serving import operate


class Wire:
    """A connection that sends requests which were signed before, and reads the answers' status."""

    def __init__(self, address: str) -> None:
        host, port = address.removeprefix("http://").split(":")
        self.authority = f"{host}:{port}"
        self.line = socket.create_connection((host, int(port)), timeout=20)
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def signed(self, device: Device, path: str, body: bytes = b"", method: str = "POST") -> bytes:
        summary = RequestSummary.of(method, path, self.authority, body)
        keys, tenant = device.keys, device.collector.tenant
        header = sign_request(keys.signing, tenant, keys.device, summary, device.clock())
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: {self.authority}\r\ncontent-length: {len(body)}\r\n"
        )
        return f"{head}authorization: {header}\r\n\r\n".encode() + body

    def ask(self, request: bytes) -> int:
        """Send a request, read the whole answer and return its status."""
        return self.fetch(request)[0]

    def fetch(self, request: bytes) -> tuple[int, int]:
        """Send a request; return the answer's status and how many bytes its body had."""
        self.line.sendall(request)
        reply = b""
        while b"\r\n\r\n" not in reply:
            reply += self.line.recv(65536)
        head, _, content = reply.partition(b"\r\n\r\n")
        length, got = (
            int(head.lower().partition(b"content-length: ")[2].split(b"\r")[0]),
            len(content),
        )
        while got < length:
            got += len(self.line.recv(1 << 20))
        return int(head[9:12]), length

    def close(self) -> None:
        self.line.close()


@dataclass(frozen=True)
class Served:
    """A server process of its own. ``folder``: its data."""

    address: str
    folder: Path
    pid: int

    @property
    def usage(self) -> Usage:
        return Usage.of(self.pid)

    @property
    def resident_kib(self) -> int:
        """How much of its memory is in use now."""
        status = (PROC / str(self.pid) / "status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0])

    @property
    def descriptors(self) -> int:
        """How many files and sockets it has open."""
        return len(list((PROC / str(self.pid) / "fd").iterdir()))


@contextmanager
def served(*, free: bool = False) -> Iterator[Served]:
    """Start a server over an empty folder. ``free``: nobody is limited, no sum is asked."""
    with tempfile.TemporaryDirectory(prefix="swingtag-tenants-") as home:
        folder = Path(home) / "data"
        with started(folder, free=free) as server:
            if free:
                set_free(folder)
            yield server


@contextmanager
def started(folder: Path, *, free: bool = False) -> Iterator[Served]:
    """Start a server over a folder."""
    module = "tests.tenants.unlimited" if free else "sync_server.application.main"
    command = [sys.executable, "-m", module, "run", "--data", str(folder), "--port", "0"]
    with (
        (folder.parent / "log").open("a") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as child,
    ):
        assert child.stdout
        try:
            yield Served(json.loads(child.stdout.readline())["address"], folder, child.pid)
        finally:
            child.terminate()
            child.wait(30)


def set_free(folder: Path) -> None:
    """Lift the limits of the standard plan and the sum at a sign-up."""
    operate(folder, "plan", "define", "standard", "--rate", "0", "--device-rate", "0")
    operate(folder, "proof", "0")
    time.sleep(1)


def p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[-1]


def spread(took: list[float]) -> dict[str, float]:
    named = {"median_ms": statistics.median(took), "p95_ms": p95(took), "worst_ms": max(took)}
    return {name: round(value * 1000, 2) for name, value in named.items()}
