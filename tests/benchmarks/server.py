"""A real server process, reached through the counting proxy."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.meter import Usage, reset_peak
from tests.benchmarks.proxy import HOST, CountingProxy, Traffic, counting_proxy
from tests.benchmarks.report import ServerSpent

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "sync_server.application.main")


class ServerDidNotStartError(Exception):
    """The server ended at once; its log says why."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the server had used, and what had passed, at one moment."""

    usage: Usage
    traffic: Traffic


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs, and the relay in front of it."""

    pid: int
    proxy: CountingProxy

    @property
    def url(self) -> str:
        """Where clients reach it, so that what passes is counted."""
        return f"http://{HOST}:{self.proxy.port}"

    def begin(self) -> Reading:
        """Start counting."""
        reset_peak(self.pid)
        return Reading(Usage.of(self.pid), self.proxy.traffic)

    def spent_since(self, before: Reading) -> ServerSpent:
        """Return what it took and what passed since a reading."""
        now = Usage.of(self.pid)
        return ServerSpent(
            now.cpu_s - before.usage.cpu_s,
            now.peak_kib,
            self.proxy.traffic.since(before.traffic),
        )


@contextmanager
def running_server(folder: Path) -> Iterator[Server]:
    """Start a server over a folder of data while the block runs; a second one finds it again."""
    folder.mkdir(exist_ok=True)
    with (
        (folder / "log").open("a") as log,
        subprocess.Popen(
            [*COMMAND, "run", "--data", folder / "data", "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=ROOT,
            text=True,
        ) as process,
    ):
        try:
            with counting_proxy(_port(process)) as proxy:
                yield Server(process.pid, proxy)
        finally:
            process.terminate()


def _port(process: subprocess.Popen[str]) -> int:
    """Read where it listens from the line that it prints."""
    assert process.stdout, "opened with a pipe"
    heard = process.stdout.readline()
    if not heard:
        raise ServerDidNotStartError(process.wait())
    return int(json.loads(heard)["address"].rpartition(":")[2])
