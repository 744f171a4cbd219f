"""Worlds with every fault at once: whatever happens, the devices agree and nothing is lost.

A seed that fails here is replayed with ``dev.py campaign simulation --seed N -v``.
"""

from collections.abc import Iterator

import pytest

from tests.simulation.bugs import BUGS
from tests.simulation.run import Simulator, simulator
from tests.simulation.world import Violation

FINDERS = {
    "sequence re-used after a restore": 3,
    "last writer wins the whole row": 0,
    "tombstone dropped": 0,
    "last word on the trash alone": 0,
    "clock not restored after a failure": 5,
    "server answers before it has written": 0,
    "snapshot leaves the history out": 0,
    "numbers on a stick used again": 3,
    "set aside for ever": 64,
    "previous hash unchecked": 117,
}
"""A seed for each planted bug that a single world finds."""


@pytest.fixture(scope="module")
def worlds() -> Iterator[Simulator]:
    with simulator() as made:
        yield made


@pytest.mark.parametrize("first", range(0, 300, 20))
def test_devices_agree_and_lose_nothing(worlds: Simulator, first: int) -> None:
    for seed in range(first, first + 20):
        try:
            worlds.run(seed)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error}") from error


@pytest.mark.parametrize(("bug", "seed"), FINDERS.items())
def test_a_planted_bug_is_found(worlds: Simulator, bug: str, seed: int) -> None:
    with BUGS[bug](), pytest.raises(Violation):
        worlds.run(seed)
