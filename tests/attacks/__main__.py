"""``python3 dev.py campaign attacks``: a server that lies, mutant by mutant.

Every row of the table in memory, then with real clients (``--worlds``). ``--row A5`` does one row,
``--row A5 --seed 7`` one mutant, ``--mutants 0`` none in memory, ``--seals`` counts salts. Goes on
where it stopped if it is given the same ``--journal`` again.
"""

import argparse
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

from shared.crypto.randomness import Salts
from tests.attacks.houses import build
from tests.attacks.keys import author_of
from tests.attacks.lies import SCHEMES
from tests.attacks.plots import PLOTS
from tests.attacks.stage import Stage, stage
from tests.attacks.table import NOT_BUILT, ROWS
from tests.attacks.trials import Journal, Try, count, luck_of, run
from tests.attacks.worlds import lie_to_clients


def main(arguments: Sequence[str]) -> int:
    """Run what the arguments ask for; 1 if a lie was believed, or anything else went wrong."""
    parser = argparse.ArgumentParser(prog="dev.py campaign attacks", description=__doc__)
    parser.add_argument("--row", help="only this row of the table")
    parser.add_argument("--seed", type=int, help="only this mutant of the row")
    parser.add_argument("--mutants", type=int, default=1000, help="of each row, in memory")
    parser.add_argument("--worlds", type=int, default=0, help="of each row, with real clients")
    parser.add_argument("--seals", type=int, default=0, help="so many seals, salts compared")
    parser.add_argument("--journal", type=Path, help="remembers what is done")
    asked = parser.parse_args(arguments)
    if asked.row in NOT_BUILT:
        parser.error(f"{asked.row} is not built: {NOT_BUILT[asked.row]}")
    failures = try_in_memory(asked) if asked.mutants else 0
    if asked.worlds:
        failures += try_worlds(asked)
    if asked.seals:
        failures += seal(asked.seals) < asked.seals
    for row, reason in NOT_BUILT.items():
        print(f"{row:4} not built: {reason}")
    return 1 if failures else 0


def try_in_memory(asked: argparse.Namespace) -> int:
    """Try mutants against ledger, chain and keys."""
    rows = [row for row in ROWS if asked.row in {row, None}]
    return _try(asked, rows, asked.mutants, in_memory)


def try_worlds(asked: argparse.Namespace) -> int:
    """Try lies on real clients."""
    rows = [row for row in (*SCHEMES, *PLOTS) if asked.row in {row, None}]
    with stage() as made:
        return _try(asked, rows, asked.worlds, with_clients(made), kind=" with clients")


def _try(
    asked: argparse.Namespace, rows: Sequence[str], mutants: int, attempt: Try, kind: str = ""
) -> int:
    if asked.seed is None:
        return run(rows, mutants, attempt, Journal(asked.journal), kind)
    return sum(_failed(row, asked.seed, attempt) for row in rows)


def _failed(row: str, seed: int, attempt: Try) -> bool:
    (outcome,) = count(row, [seed], attempt)
    print(row, seed, outcome)
    return outcome.startswith("FAILED")


def in_memory(row: str, seed: int) -> str:
    """Try one mutant against ledger, chain and keys."""
    return ROWS[row].tell(luck_of(row, seed))


def with_clients(made: Stage) -> Try:
    """Return how one lie is tried on real clients."""

    def attempt(row: str, seed: int) -> str:
        return PLOTS[row](made, seed) if row in PLOTS else lie_to_clients(made, row, seed)

    return attempt


def seal(times: int) -> int:
    """Seal so many entries with the system's randomness; return how many salts were different."""
    house = build("salts")
    ledger, author = house.reader().ledger, author_of(house)
    source = Salts(secrets.token_bytes)
    salts = {ledger.seal([b"edit"], author, source).salt for _ in range(times)}
    print(f"A13  {times} seals, {len(salts)} salts", flush=True)
    return len(salts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
