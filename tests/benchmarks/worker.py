"""The process that is measured: it gets ready, waits for the word, works, and tells.

A measure is a generator. What comes before its first ``yield`` is not counted; the second
``yield`` ends the counting and gives what only this measure tells; if there is ``repeats`` among
it, the figures are those of one.
"""

import json
import os
import sys
import time
from dataclasses import asdict

from tests.benchmarks.measures import MEASURES
from tests.benchmarks.meter import Usage, reset_peak
from tests.benchmarks.report import Job, Spent

READY, GO = "ready", "go"


def main() -> None:
    """Measure the job that the first argument describes; talk on stdin and stdout."""
    job = Job(**json.loads(sys.argv[1]))
    measure = MEASURES[job.measure](job)
    next(measure)
    say(READY)
    sys.stdin.readline()
    me = os.getpid()
    reset_peak(me)
    before, wall = Usage.of(me), time.perf_counter()
    extra = dict(next(measure))
    wall, after = time.perf_counter() - wall, Usage.of(me)
    repeats = extra.get("repeats", 1)
    spent = Spent(
        cpu_s=(after.cpu_s - before.cpu_s) / repeats,
        wall_s=wall / repeats,
        peak_kib=after.peak_kib,
        extra=extra,
    )
    say(json.dumps(asdict(spent)))
    sys.stdin.readline()
    next(measure, None)  # what is left to tidy up


def say(text: str) -> None:
    """Write one line to whoever started this process."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
