"""One line of JSON a measure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from tests.benchmarks.proxy import Traffic

KIB_PER_MIB = 1024

Extra = Mapping[str, float]
"""What only one measure tells; ``repeats`` says how often it was done, the figures are of one."""


@dataclass(frozen=True, slots=True)
class Job:
    """What one fresh process is asked to measure.

    ``device`` is A, which made the collection, or B, which joined it; ``folder`` holds both of
    their vaults. ``changed`` items are edited where a measure edits, ``hits`` are found where it
    searches; ``url`` is where the server is reached, through the counting proxy.
    """

    measure: str
    n: int
    seed: int
    device: str
    folder: str
    changed: int = 0
    hits: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class Spent:
    """What the measured part of a process took: all its threads and children, imports left out.

    ``extra`` is what only this measure tells, such as the worst of many edits.
    """

    cpu_s: float
    wall_s: float
    peak_kib: int
    extra: Extra


@dataclass(frozen=True, slots=True)
class ServerSpent:
    """What the server took meanwhile, and what passed between it and the client."""

    cpu_s: float
    peak_kib: int
    traffic: Traffic


def line(job: Job, client: Spent, server: ServerSpent | None) -> str:
    """Write one result; what has to do with a server is null where none takes part."""
    traffic = server.traffic if server else None
    return json.dumps(
        {
            "measure": job.measure,
            "n": job.n,
            "changed": job.changed,
            "device": job.device,
            "cpu_s": round(client.cpu_s, 6),
            "server_cpu_s": round(server.cpu_s, 6) if server else None,
            "wall_s": round(client.wall_s, 6),
            "bytes_up": traffic.bytes_up if traffic else None,
            "bytes_down": traffic.bytes_down if traffic else None,
            "requests": traffic.requests if traffic else None,
            "peak_rss_mib": round(client.peak_kib / KIB_PER_MIB, 1),
            "server_peak_rss_mib": round(server.peak_kib / KIB_PER_MIB, 1) if server else None,
            **client.extra,
        }
    )
