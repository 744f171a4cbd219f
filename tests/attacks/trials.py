"""Mutants counted: so many a row, each from row and seed alone."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.simulation.chance import dice

Try = Callable[[str, int], str]
"""Tries the mutant with this seed in a row; says what came of it or raises."""
_BATCH = 100


class Journal:
    """What was tried before, so that a campaign goes on where it stopped: a line a batch."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        lines = path.read_text().splitlines() if path and path.exists() else []
        self._done = {(row, *ends): counts for row, *ends, counts in map(json.loads, lines)}

    def batch(self, row: str, seeds: range, attempt: Try) -> Counter[str]:
        """Return what came of a batch; try it only if it was not tried before."""
        key = row, seeds.start, seeds.stop
        if key not in self._done:
            counts = self._done[key] = dict(count(row, seeds, attempt))
            if self._path:
                with self._path.open("a") as file:
                    file.write(json.dumps([*key, counts]) + "\n")
        return Counter(self._done[key])


def run(rows: Iterable[str], mutants: int, attempt: Try, journal: Journal, kind: str = "") -> int:
    """Try mutants of each row and print a line a row; return how many were not refused."""
    failures = 0
    for row in rows:
        found = Counter[str]()
        for first in range(0, mutants, _BATCH):
            seeds = range(first, min(first + _BATCH, mutants))
            found += journal.batch(row + kind, seeds, lambda _, seed, row=row: attempt(row, seed))
        failed = sum(number for outcome, number in found.items() if outcome.startswith("FAILED"))
        failures += failed
        said = ", ".join(f"{number} {outcome}" for outcome, number in found.most_common())
        print(f"{row + kind:4} {mutants:6} mutants, {failed} failed: {said}", flush=True)
    return failures


def count(row: str, seeds: Iterable[int], attempt: Try) -> Counter[str]:
    """Try these mutants of a row; tell of each that was believed, or raised anything else."""
    found = Counter[str]()
    for seed in seeds:
        try:
            outcome = attempt(row, seed)
        except Exception as error:  # noqa: BLE001 - whatever escapes is a finding
            outcome = f"FAILED {type(error).__name__} {error}".splitlines()[0]
            print(f"--row {row} --seed {seed}: {outcome}", flush=True)
        found[outcome] += 1
    return found


def luck_of(row: str, seed: int):
    """Return the choices of one mutant."""
    return dice(f"attack {row} {seed}")
