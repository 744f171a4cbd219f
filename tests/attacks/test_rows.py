"""A server that lies, in memory: nothing is believed, and each weakness would be noticed.

A mutant that fails is replayed with ``dev.py campaign attacks --row A5 --seed N``.
"""

import pytest

from tests.attacks.__main__ import in_memory, seal
from tests.attacks.houses import BelievedError
from tests.attacks.lies import SCHEMES
from tests.attacks.plots import PLOTS
from tests.attacks.table import IN_MEMORY_ONLY, NOT_BUILT, ROWS, WITH_CLIENTS_ONLY
from tests.attacks.weaknesses import WEAKNESSES

MUTANTS = 60


@pytest.mark.parametrize("row", ROWS)
def test_no_lie_is_believed(row: str) -> None:
    try_all(row)


def try_all(row: str) -> None:
    for seed in range(MUTANTS):
        try:
            in_memory(row, seed)
        except BelievedError as error:
            raise AssertionError(f"--row {row} --seed {seed}: {error}") from error


def test_every_row_of_the_threat_list_up_to_33_stands_somewhere() -> None:
    rows = {f"A{number}" for number in range(1, 34)} - set(NOT_BUILT)
    assert rows - set(WITH_CLIENTS_ONLY) <= set(ROWS)
    assert rows - set(IN_MEMORY_ONLY) <= {*SCHEMES, *PLOTS}
    assert not set(NOT_BUILT) & {*ROWS, *SCHEMES, *PLOTS}


@pytest.mark.parametrize("weakness", WEAKNESSES)
def test_a_planted_weakness_is_noticed(weakness: str) -> None:
    plant, rows = WEAKNESSES[weakness]
    for row in rows:
        with plant(), pytest.raises(AssertionError, match="--seed"):
            try_all(row)


def test_no_salt_comes_twice() -> None:
    assert seal(3000) == 3000
