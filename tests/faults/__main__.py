"""``python3 dev.py campaign faults``: every kill, every failing call, and thousands of power cuts.

The journeys take turns. Goes on where it stopped if it is given the same ``--journal`` again.
``--only "cut push 7"`` does one of its lines.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from itertools import zip_longest
from pathlib import Path
from random import Random

from tests.faults.journeys import JOURNEYS
from tests.faults.judging import fail, kill
from tests.faults.power import SEEN, cut, lose, record
from tests.faults.stage import FILLS, READS, SYNCS, WRITES, Stage, can_watch, points
from tests.memory_disk import folder_in_memory

ERRORS = (
    ("EIO-sync", SYNCS, "EIO", ""),
    ("EIO-write", FILLS, "EIO", ""),
    ("EIO-read", READS, "EIO", ""),
    ("ENOSPC", FILLS, "ENOSPC", "+"),
)
KINDS = ("kill", *(kind for kind, *_ in ERRORS), "lose", "cut")
GOOD = "good"
Trial = tuple[str, Callable[[], str]]
"""Its name, and what to do: it returns what is to be noted, or raises."""


def main(arguments: Sequence[str]) -> int:
    """Run what the arguments ask for; 1 if anything went wrong or could not run."""
    parser = argparse.ArgumentParser(prog="dev.py campaign faults", description=__doc__)
    parser.add_argument("--images", type=int, default=20_000, help="power cuts, over all journeys")
    parser.add_argument("--journal", type=Path, help="remembers what is done")
    parser.add_argument("--only", default="", help="trials whose name begins so")
    asked = parser.parse_args(arguments)
    if not can_watch():
        print("not run: strace is not here, or may not watch processes")
        return 1
    with folder_in_memory("faults") as folder, closing(Stage(folder)) as stage:
        rounds = zip_longest(*(every(stage, journey, asked.images) for journey in JOURNEYS))
        trials = (trial for each in rounds for trial in each if trial)
        return run(trials, asked.journal, asked.only)


def every(stage: Stage, journey: str, images: int) -> list[Trial]:
    """Return the trials of one journey, in an order drawn by chance: any part is a sample."""
    trials = [*interrupted(stage, journey), *cuts(stage, journey, images)]
    Random(journey).shuffle(trials)  # noqa: S311 - the same order each time
    return trials


def interrupted(stage: Stage, journey: str) -> Iterator[Trial]:
    """Yield a kill and a failure of each kind at each call."""
    place = stage.folder / "calls"
    stage.play(journey, f"--trace={','.join((*WRITES, *READS))}", record=place)
    calls = place.read_text(errors="replace")
    for point in points(calls, WRITES):
        yield f"kill {journey} {point}", partial(kill, stage, journey, point)
    for kind, names, error, more in ERRORS:
        for point in points(calls, names):
            yield f"{kind} {journey} {point}", partial(fail, stage, journey, point, error, more)
    for point in points(calls, SYNCS):
        yield f"lose {journey} {point}", partial(lose, stage, journey, point)


def cuts(stage: Stage, journey: str, images: int) -> Iterator[Trial]:
    """Yield the journey's share of all power cuts."""
    recording = record(stage, journey)
    for seed in range(-(-images // len(JOURNEYS))):
        yield f"cut {journey} {seed}", partial(cut, stage, recording, seed)


def run(trials: Iterable[Trial], journal: Path | None, only: str) -> int:
    """Try each that is not done; tell of those that went wrong, and count."""
    lines = journal.read_text().splitlines() if journal and journal.exists() else []
    done = dict(line.split(" = ", 1) for line in lines)
    for name, trial in trials:
        if name in done or not name.startswith(only):
            continue
        done[name] = verdict(trial)
        if not done[name].startswith(GOOD):
            print(f"{name}: {done[name]}", flush=True)
        if journal:
            with journal.open("a") as file:
                file.write(f"{name} = {done[name]}\n")
    count(done)
    return int(not all(outcome.startswith(GOOD) for outcome in done.values()))


def verdict(trial: Callable[[], str]) -> str:
    """Say in one line how a trial ended."""
    try:
        note = trial()
    except Exception as error:  # noqa: BLE001 - whatever escapes is a finding
        return f"{type(error).__name__} {error}".splitlines()[0]
    return f"{GOOD}, {note}" if note else GOOD


def count(done: Mapping[str, str]) -> None:
    """Print of each kind and journey how many were good, were told, were seen before."""
    for kind in KINDS:
        for journey in JOURNEYS:
            ends = [done[name] for name in done if name.startswith(f"{kind} {journey} ")]
            if ends:
                good = [end for end in ends if end.startswith(GOOD)]
                seen = good.count(f"{GOOD}, {SEEN}")
                told = len(good) - good.count(GOOD) - seen
                print(
                    f"{kind:9} {journey:9} {len(good):5} of {len(ends):5} good, "
                    f"{told} told, {seen} {SEEN}"
                )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
