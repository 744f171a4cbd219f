"""Runs measures one after the other, each in a fresh process, and gives a line for each."""

import json
import subprocess
import sys
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.items import COMMON_HITS, RARE_HITS
from tests.benchmarks.measures import ALONE, FOUNDATIONS, MEASURES, SNAPSHOT, SYNCED
from tests.benchmarks.report import Job, ServerSpent, Spent, line
from tests.benchmarks.server import Server, running_server
from tests.benchmarks.worker import GO

ROOT = Path(__file__).parents[2]
EDITS = 1000
"""Single edits in a row: enough to meet the one in some hundreds that stalls."""


class WorkerEndedError(Exception):
    """The process that was to be measured ended early; its reason stands above."""

    def __init__(self, measure: str) -> None:
        super().__init__(measure)
        self.measure = measure


PAST_EDITS = 200


class Step(NamedTuple):
    """One line of the plan: what to measure, on which device, how many items change or match."""

    measure: str
    device: str = "A"
    changed: int = 0
    hits: int = 0


PLAN = (
    Step("create"),
    Step("file_size"),
    Step("start"),
    Step("memory"),
    Step("search", hits=RARE_HITS),
    Step("search", hits=COMMON_HITS),
    Step("full_upload"),
    Step("join", "B"),
    Step("full_download", "B"),
    Step("noop_sync"),
    Step("noop_sync", "B"),
    *(Step("incremental", device, changed) for changed in (1, 100, 1000) for device in ("A", "B")),
    Step("local_edit", changed=EDITS),
    Step("lived", "past", changed=PAST_EDITS),
    Step("as_of", "past", changed=PAST_EDITS),
    Step("snapshot_upload"),
    Step("snapshot_approval", "B"),
    Step("join_later", "C"),
    Step("snapshot_download", "C"),
    Step("live_entries", "lone", changed=5 * EDITS),
    Step("revocation"),
    Step("restore"),
    Step("seal"),
    Step("verify"),
    Step("merge"),
    Step("photos"),
    Step("photos_resumed"),
    Step("large_file"),
)


@dataclass(frozen=True, slots=True)
class Bench:
    """All measures of one size, in one folder that keeps the devices' and the server's files."""

    folder: Path
    n: int
    seed: int
    wanted: Collection[str]

    def lines(self) -> Iterator[str]:
        """Go through the plan; give a line of JSON for each step that is wanted and possible.

        What later steps rest on is done all the same, without a line.
        """
        for step in PLAN:
            possible = step.measure in MEASURES and max(step.changed, step.hits) <= self.n
            if possible and (step.measure in self.wanted or self._needed(step)):
                job = Job(n=self.n, seed=self.seed, folder=str(self.folder), **step._asdict())
                result = self._measured(job)
                if step.measure in self.wanted:
                    yield line(job, *result)

    def _needed(self, step: Step) -> bool:
        later = set(self.wanted) & (SYNCED - ALONE)
        rests = FOUNDATIONS | SNAPSHOT if later & {"snapshot_download", *SNAPSHOT} else FOUNDATIONS
        if step.measure == "lived":
            return "as_of" in self.wanted
        return step.measure == "create" or bool(later and step.measure in rests)

    def _measured(self, job: Job) -> tuple[Spent, ServerSpent | None]:
        if job.measure not in SYNCED:
            return measured(job, None)
        with running_server(self.folder / "server") as server:
            return measured(job, server)


def measured(job: Job, server: Server | None) -> tuple[Spent, ServerSpent | None]:
    """Run a job in a process of its own; return what it took, and what it cost the server."""
    asked = json.dumps(asdict(job) | {"url": server.url if server else ""})
    with subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.worker", asked],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        _hear(worker, job)
        before = server.begin() if server else None
        _tell(worker, GO)
        spent = Spent(**json.loads(_hear(worker, job)))
        at_server = server.spent_since(before) if server and before else None
        _tell(worker, GO)
    return spent, at_server


def _tell(worker: subprocess.Popen[str], word: str) -> None:
    assert worker.stdin, "opened with a pipe"
    worker.stdin.write(f"{word}\n")
    worker.stdin.flush()


def _hear(worker: subprocess.Popen[str], job: Job) -> str:
    assert worker.stdout, "opened with a pipe"
    if heard := worker.stdout.readline():
        return heard
    raise WorkerEndedError(job.measure)
