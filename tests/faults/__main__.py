"""``python3 dev.py campaign faults``: every kill, every failing call, and thousands of power cuts.

Goes on where it stopped if it is given the same ``--journal`` again. ``--only "cut push 7"`` does
one of its lines.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from tests.faults.journeys import JOURNEYS
from tests.faults.judging import judge
from tests.faults.power import cut, record
from tests.faults.stage import (
    FILLS,
    READS,
    SYNCS,
    WRITES,
    Stage,
    can_watch,
    fail_at,
    kill_at,
    points,
)
from tests.memory_disk import folder_in_memory

ERRORS = ((SYNCS, "EIO", ""), (FILLS, "EIO", ""), (FILLS, "ENOSPC", "+"), (READS, "EIO", ""))
Trial = tuple[str, Callable[[], None]]


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
        trials = (each for journey in JOURNEYS for each in every(stage, journey, asked.images))
        return run(trials, asked.journal, asked.only)


def every(stage: Stage, journey: str, images: int) -> Iterator[Trial]:
    """Yield the trials of one journey, by name."""
    place = stage.folder / "calls"
    stage.play(journey, f"--trace={','.join((*WRITES, *READS))}", record=place)
    kills = points(place, WRITES)
    failing = [(point, error) for error in ERRORS for point in points(place, error[0])]
    for point in kills:
        yield (
            f"kill {journey} {point.call} {point.n}",
            partial(kill, stage, journey, kill_at(point)),
        )
    for point, (_, error, more) in failing:
        option = fail_at(point, error, more)
        yield (
            f"{error}{more} {journey} {point.call} {point.n}",
            partial(play, stage, journey, option),
        )
    recording = record(stage, journey)
    for seed in range(images // len(JOURNEYS)):
        yield f"cut {journey} {seed}", partial(cut, stage, recording, seed)


def kill(stage: Stage, journey: str, option: str) -> None:
    """Play until the kill and judge what is left."""
    folder, outcome = stage.play(journey, option)
    judge(stage, folder, journey, outcome)


def play(stage: Stage, journey: str, option: str) -> None:
    """Play while the disk fails and judge what was told and what is left."""
    folder, outcome = stage.play(journey, option)
    assert outcome.status == 0, outcome.told
    judge(stage, folder, journey, outcome)


def run(trials: Iterator[Trial], journal: Path | None, only: str) -> int:
    """Try each that is not done; tell of those that went wrong, and count."""
    lines = journal.read_text().splitlines() if journal and journal.exists() else []
    done = dict(line.split(" = ", 1) for line in lines)
    for name, trial in trials:
        if name in done or not name.startswith(only):
            continue
        done[name] = verdict(trial)
        if done[name] != "good":
            print(f"{name}: {done[name]}", flush=True)
        if journal:
            with journal.open("a") as file:
                file.write(f"{name} = {done[name]}\n")
    good = Counter(name.split()[0] for name, outcome in done.items() if outcome == "good")
    for kind, count in Counter(name.split()[0] for name in done).items():
        print(f"{kind}: {good[kind]} of {count} good")
    return int(any(outcome != "good" for outcome in done.values()))


def verdict(trial: Callable[[], None]) -> str:
    """Say in one line how a trial ended."""
    try:
        trial()
    except Exception as error:  # noqa: BLE001 - whatever escapes is a finding
        return f"{type(error).__name__} {error}".splitlines()[0]
    return "good"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
