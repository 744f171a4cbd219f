"""Sign-ups and appends over HTTP, files beside PostgreSQL: ``python -m tests.benchmarks.houses``.

Each server is a process of its own with a client on a connection of its own, in turns; one line of
JSON each. Milliseconds; ``rate`` is what one client after the other reaches in a second.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import httpx

from tests.sync_server.clusters import cluster
from tests.sync_server.collector import Collector, Device, granted
from tests.sync_server.serving import command, process

SIGN_UPS = 25
APPENDS = 600
ENTRY_BYTES = 4096
ROUNDS = 3


def timed(call: Callable[[], object]) -> float:
    """Return how many milliseconds a call takes."""
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def measure(folder: Path, directory: str) -> tuple[list[float], list[float]]:
    """Return what sign-ups and appends of 4 KB took, over real connections to a real process."""
    os.environ["SWINGTAG_DIRECTORY"] = directory
    with process(folder) as (_, address), httpx.Client(base_url=address, timeout=20) as http:
        command(folder, "proof", "0", "--directory", directory)
        command(folder, "plan", "define", "standard", "--rate", "0", "--device-rate", "0")
        time.sleep(1)
        devices = [Device(http, Collector(f"collector{n}")) for n in range(SIGN_UPS)]
        signed = [timed(lambda d=device: granted(d.sign_up())) for device in devices]  # type: ignore[misc] # bound now
        device = devices[0]
        granted(device.post_sync(device.write(ENTRY_BYTES)))
        entries = [device.write(ENTRY_BYTES) for _ in range(APPENDS)]
        appended = [
            timed(lambda e=entry: device.sync(e))  # type: ignore[misc] # bound now
            for entry in entries
        ]
    return signed, appended


def main() -> None:
    """Measure in turns and print the medians."""
    with TemporaryDirectory() as home, cluster() as postgres:
        for turn in range(ROUNDS):
            for kind, directory in (("files", ""), ("postgres", postgres.new_database())):
                signed, appended = measure(Path(home) / f"{kind}{turn}", directory)
                line = {
                    "house": kind,
                    "sign_up_p50": round(median(signed), 1),
                    "sign_up_p95": round(quantiles(signed, n=20)[-1], 1),
                    "append_p50": round(median(appended), 2),
                    "append_p95": round(quantiles(appended, n=20)[-1], 2),
                    "rate": round(1000 * len(appended) / sum(appended)),
                }
                sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
