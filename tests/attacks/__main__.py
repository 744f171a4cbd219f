"""``python3 dev.py campaign attacks``: a server that lies, mutant by mutant.

Every row of the table in memory, then with real clients (``--worlds``). ``--row A5`` does one row,
``--row A5 --seed 7`` one mutant, ``--seals`` counts salts. Goes on where it stopped if it is given
the same ``--journal`` again.
"""

import argparse
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.attacks.houses import build
from tests.attacks.keys import author_of
from tests.attacks.table import ELSEWHERE, NOT_BUILT, ROWS
from tests.attacks.trials import Journal, count, luck_of, run


def main(arguments: Sequence[str]) -> int:
    """Run what the arguments ask for; 1 if a lie was believed, or anything else went wrong."""
    parser = argparse.ArgumentParser(prog="dev.py campaign attacks", description=__doc__)
    parser.add_argument("--row", help="only this row of the table")
    parser.add_argument("--seed", type=int, help="only this mutant of the row")
    parser.add_argument("--mutants", type=int, default=1000, help="of each row, in memory")
    parser.add_argument("--seals", type=int, default=0, help="so many seals, salts compared")
    parser.add_argument("--journal", type=Path, help="remembers what is done")
    asked = parser.parse_args(arguments)
    rows = [asked.row] if asked.row else list(ROWS)
    if asked.seed is not None:
        return 1 if _failed(rows, asked.seed) else 0
    failures = run(rows, asked.mutants, in_memory, Journal(asked.journal))
    if asked.seals:
        failures += 0 if seal(asked.seals) == asked.seals else 1
    for row, reason in (NOT_BUILT | ELSEWHERE).items():
        print(f"{row:4} not run: {reason}")
    return 1 if failures else 0


def in_memory(row: str, seed: int) -> str:
    """Try one mutant against ledger, chain and keys."""
    return ROWS[row].tell(luck_of(row, seed))


def _failed(rows: Sequence[str], seed: int) -> bool:
    found = [count(row, [seed], in_memory) for row in rows]
    for row, outcome in zip(rows, found, strict=True):
        print(row, seed, *outcome)
    return any(outcome.startswith("FAILED") for each in found for outcome in each)


def seal(times: int) -> int:
    """Seal so many entries with the system's randomness; return how many salts were different."""
    house = build("salts")
    ledger, author = house.reader().ledger, author_of(house)
    salts = {ledger.seal([b"edit"], author, secrets.token_bytes).salt for _ in range(times)}
    print(f"A13  {times} seals, {len(salts)} salts", flush=True)
    return len(salts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
