"""``python3 dev.py campaign simulation --seeds 0..20000``: many worlds, one line each that fails.

Goes on where it stopped if it is given the same ``--journal`` again. ``--seed 7 -v`` replays one.
``--bugs`` puts each known bug into the program and counts the worlds until it is found.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.simulation.bugs import BUGS
from tests.simulation.run import Simulator, simulator


def main(arguments: Sequence[str]) -> int:
    """Run what the arguments ask for; 1 if a world went wrong."""
    parser = argparse.ArgumentParser(prog="dev.py campaign simulation", description=__doc__)
    parser.add_argument("--seeds", default="0..300", help="first..last, the last left out")
    parser.add_argument("--seed", type=int, help="only this one")
    parser.add_argument("-v", action="store_true", help="print the steps")
    parser.add_argument("--bugs", action="store_true", help="plant bugs and look for them")
    parser.add_argument("--journal", type=Path, help="remembers the seeds that are done")
    asked = parser.parse_args(arguments)
    first, last = map(int, asked.seeds.split(".."))
    seeds = range(first, last) if asked.seed is None else range(asked.seed, asked.seed + 1)
    with simulator() as worlds:
        if asked.bugs:
            return hunt(worlds, seeds)
        return 1 if campaign(worlds, seeds, asked.journal, verbose=asked.v) else 0


def campaign(
    worlds: Simulator, seeds: Sequence[int], journal: Path | None, *, verbose: bool
) -> list[int]:
    """Run worlds; return the seeds of those that went wrong."""
    lines = journal.read_text().splitlines() if journal and journal.exists() else []
    done = {int(line.split()[0]): line.split(" ", 1)[1] for line in lines}
    for seed in seeds:
        if seed in done:
            continue
        done[seed] = verdict(worlds, seed, verbose=verbose)
        if done[seed].startswith("FAILED"):
            print(f"seed {seed}: {done[seed]}", flush=True)
        if journal:
            with journal.open("a") as file:
                file.write(f"{seed} {done[seed]}\n")
    for outcome, count in Counter(done[s].split(":")[0] for s in seeds).most_common():
        print(f"{count:6} {outcome}")
    return [seed for seed in seeds if done[seed].startswith("FAILED")]


def verdict(worlds: Simulator, seed: int, *, verbose: bool) -> str:
    """Say in one line how a world ended."""
    try:
        outcomes = worlds.run(seed, print if verbose else _quietly)
    except Exception as error:  # noqa: BLE001 - whatever escapes is a finding
        return f"FAILED: {type(error).__name__} {error}".splitlines()[0]
    return ", ".join(sorted(outcomes))


def hunt(worlds: Simulator, seeds: Sequence[int]) -> int:
    """Plant each bug and print the seed that finds it; 1 if one is not found."""
    missed = 0
    for name, bug in BUGS.items():
        with bug():
            found = next((s for s in seeds if _fails(worlds, s)), None)
        print(f"{name}: {'not found' if found is None else f'found by seed {found}'}", flush=True)
        missed += found is None
    return 1 if missed else 0


def _fails(worlds: Simulator, seed: int) -> bool:
    return verdict(worlds, seed, verbose=False).startswith("FAILED")


def _quietly(_text: str) -> None:
    pass


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
