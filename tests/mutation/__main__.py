"""``python3 dev.py campaign mutation``: small lies in what must not lie; the tests must notice.

Keys, links, entries, ledger and merge rules, in a copy of the tree. Each mutant meets the tests of
``tests/shared`` that come by its lines, the quick ones first, until one fails or ``--seconds`` of
CPU time are used up; then it counts as not noticed.
``--only shared/crypto`` takes files whose path begins so, ``--sample 200`` so many at random; with
the same ``--journal`` it goes on where it stopped, and ``--again`` tries once more what was not
noticed.
"""

import argparse
import json
import multiprocessing
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from tests.mutation.equivalents import EQUIVALENTS
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.reach import (
    TESTS,
    Reach,
    file_of,
    measure,
    own_tests,
    reach_of,
    settle,
    warm_up,
)
from tests.mutation.trials import Folder, Job, Outcome, go_to, tell_all, tell_anew

ROOT = Path(__file__).parents[2]
PACKAGES = ("crypto", "envelope", "membership", "ledger")
AT_ONCE = 150
RULES = "shared/domain/merge.py"
NEEDED = ("shared", "desktop", "sync_server", "tests", "themes", "docs", "pyproject.toml")


class Trial(NamedTuple):
    """A mutant of one module, whose source has this digest."""

    path: str
    mutant: Mutant
    digest: str

    @property
    def what(self) -> str:
        """Path and change."""
        return f"{self.path} {self.mutant.name}"

    @property
    def name(self) -> str:
        """The key in the journal."""
        return f"{self.digest} {self.what}"


def main(arguments: Sequence[str]) -> int:
    """Try mutants; 1 if fewer than nine in ten are noticed."""
    parser = argparse.ArgumentParser(prog="dev.py campaign mutation", description=__doc__)
    parser.add_argument("--sample", type=int, help="how many, drawn at random (all)")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--only", nargs="+", default=[""], help="files whose path begins so")
    parser.add_argument("--journal", type=Path, help="remembers what is done")
    parser.add_argument("--seconds", type=float, default=10, help="of tests for one, at most (10)")
    parser.add_argument("--again", action="store_true", help="try anew what was not noticed")
    asked = parser.parse_args(arguments)
    chosen = [path for path in files() if path.startswith(tuple(asked.only))]
    trials = [trial for path in chosen for trial in trials_of(path)]
    random.Random(asked.seed).shuffle(trials)  # noqa: S311 - so that a part tells of the whole
    trials = trials[: asked.sample]
    done = read(asked.journal, again=asked.again)
    left = [trial for trial in trials if trial.name not in done and trial.what not in EQUIVALENTS]
    if left:
        with tempfile.TemporaryDirectory(prefix="swingtag-mutation-") as folder:
            done |= run(Path(folder).resolve(), left, asked.journal, asked.seconds)
    return tell(trials, done)


def files() -> list[str]:
    """Return the modules that are tried."""
    found = [
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in sorted((ROOT / "shared" / package).glob("*.py"))
    ]
    return [*found, RULES]


def trials_of(path: str) -> list[Trial]:
    """Return all mutants of a module."""
    source = (ROOT / path).read_text()
    digest = sha256(source.encode()).hexdigest()[:8]
    return [Trial(path, mutant, digest) for mutant in mutants_of(source)]


def read(journal: Path | None, *, again: bool) -> dict[str, str]:
    """Return verdicts by name."""
    lines = journal.read_text().splitlines() if journal and journal.exists() else []
    done = {name: verdict for name, verdict, _ in map(json.loads, lines)}
    return {name: verdict for name, verdict in done.items() if not (again and verdict[:3] == "NOT")}


def run(copy: Path, trials: Sequence[Trial], journal: Path | None, most: float) -> dict[str, str]:
    """Try each in a copy of the tree; return verdicts by name."""
    for name in NEEDED:
        place = ROOT / name
        (shutil.copytree if place.is_dir() else shutil.copy)(place, copy / name)
    settle()
    reach = prepare(copy)
    folder = Folder(copy, reach.cost)
    done = {}
    for at in range(0, len(trials), AT_ONCE):
        for trial, outcome in outcomes(folder, trials[at : at + AT_ONCE], reach, most):
            done[trial.name] = outcome.verdict
            print(f"{outcome.verdict}: {trial.what}", flush=True)
            if journal:
                with journal.open("a") as file:
                    file.write(json.dumps([trial.name, *outcome]) + "\n")
    return done


def prepare(copy: Path) -> Reach:
    """Let a fork run all tests, and import here what libraries it needed."""
    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe()

    def first_run() -> None:
        go_to(copy)
        there.send(measure())

    child = fork.Process(target=first_run)
    child.start()
    there.close()
    first = here.recv()
    child.join()
    if first.failed:
        sys.exit(f"the tests of {TESTS} must pass before anything is changed")
    warm_up(first.libraries)
    return reach_of(copy, first.cost)


def outcomes(
    folder: Folder, trials: Sequence[Trial], reach: Reach, most: float
) -> Iterator[tuple[Trial, Outcome]]:
    """Try first what can be told within a function; anew what loading has a part in."""
    anew = [trial for trial in trials if not trial.mutant.lines]
    within = [trial for trial in trials if trial.mutant.lines]
    jobs = [Job(trial.path, trial.mutant, tests_within(trial, reach, most)) for trial in within]
    told = tell_all(folder, [*map(truth, jobs[:1]), *jobs])
    if jobs and (outcome := next(told)).verdict != "NOT noticed":
        sys.exit(f"fails though nothing was changed: {outcome.by}")
    for trial, outcome in zip(within, told, strict=True):
        loads = reach.loaders(trial.path, trial.mutant.lines)
        if outcome.verdict == "noticed" or (outcome.verdict == "NOT noticed" and not loads):
            yield trial, outcome
        else:
            anew.append(trial)
    for trial in anew:
        yield trial, try_anew(folder, trial, reach, most)


def try_anew(folder: Folder, trial: Trial, reach: Reach, most: float) -> Outcome:
    """Load the tests of the package alone, and the others only if those do not notice."""
    tests = reach.cost.affordable(reach.tests(trial.path, trial.mutant.lines), most)
    own = [test for test in tests if test.startswith(own_tests(trial.path))]
    outcome = Outcome("NOT noticed", "")
    for some in (own, [test for test in tests if test not in own]):
        if some and outcome.verdict == "NOT noticed":
            outcome = tell_anew(folder, Job(trial.path, trial.mutant, some))
    return outcome


def truth(job: Job) -> Job:
    """Return the job with the right source: a trial of the trial."""
    source = (ROOT / job.path).read_text()
    return job._replace(mutant=job.mutant._replace(source=source))


def tests_within(trial: Trial, reach: Reach, most: float) -> list[str]:
    """Return the tests that come by; of no file that was there already when it was loaded."""
    path, lines = trial.path, trial.mutant.lines
    loads = reach.loaders(path, lines)
    tests = [test for test in reach.tests(path, lines) if file_of(test) not in loads]
    return reach.cost.affordable(tests, most)


def tell(trials: Sequence[Trial], done: dict[str, str]) -> int:
    """Print the score of each package, and of all; 1 if it is less than 90 %."""
    counts: dict[str, Counter[str]] = {}
    score = 0.0
    for trial in trials:
        equivalent = trial.what in EQUIVALENTS
        kind = "equivalent" if equivalent else done.get(trial.name, "not tried")
        for place in (trial.path.rsplit("/", 1)[0], "all"):
            counts.setdefault(place, Counter())[kind] += 1
    for place in sorted(counts, key=lambda place: (place == "all", place)):
        kinds = counts[place]
        asked = kinds.total() - kinds["equivalent"] - kinds["stillborn"]
        score = 100 * kinds["noticed"] / max(1, asked)
        told = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
        print(f"{place}: {kinds.total()} mutants, {told}: {score:.1f} %")
    return int(score < 90)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
