"""A server that lies to real clients: the person is told, nothing comes in, and it heals.

A world that fails is replayed with ``dev.py campaign attacks --mutants 0 --worlds 1 --row A5
--seed N``.
"""

from collections.abc import Iterator

import pytest

from shared.domain.edits import MalformedEditError
from tests.attacks.__main__ import with_clients
from tests.attacks.houses import BelievedError
from tests.attacks.lies import SCHEMES
from tests.attacks.plots import PLOTS
from tests.attacks.stage import Stage, stage
from tests.attacks.weaknesses import cut_unchecked, link_signature_unchecked, signature_unchecked


@pytest.fixture(scope="module")
def made() -> Iterator[Stage]:
    with stage() as ready:
        yield ready


@pytest.mark.parametrize("row", [*SCHEMES, *PLOTS])
def test_real_clients_believe_no_lie(made: Stage, row: str) -> None:
    for seed in range(max(2, len(SCHEMES[row])) if row in SCHEMES else 1):
        try:
            assert with_clients(made)(row, seed)
        except BelievedError as error:
            raise AssertionError(f"--row {row} --seed {seed}: {error}") from error


@pytest.mark.parametrize(
    ("plant", "row"),
    [(signature_unchecked, "A22"), (link_signature_unchecked, "A4"), (cut_unchecked, "A29")],
)
def test_clients_with_a_weakness_are_found_out(made: Stage, plant, row: str) -> None:
    with plant(), pytest.raises((BelievedError, MalformedEditError)):
        try_some(made, row)


def try_some(made: Stage, row: str) -> None:
    for seed in range(12):
        with_clients(made)(row, seed)
