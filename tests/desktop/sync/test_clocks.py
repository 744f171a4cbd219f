"""Clocks that are wrong, that jump, and computers that sleep in the middle of a sync."""

import pytest

from desktop.sync.errors import UnreachableError
from tests.desktop.sync.conftest import World

HOUR, DAY, YEAR = 3_600_000, 86_400_000, 365 * 86_400_000


def test_a_wrong_clock_decides_nothing(world: World) -> None:
    """F13, F14: whoever wrote last, having seen the other's edit, wins; whatever the clocks say."""
    laptop, tablet = world.artmatt.desks
    untouched = world.begin.laptop.hash
    bear = laptop.add(notes="first")
    for ahead in (HOUR, -HOUR, 10 * YEAR, -10 * YEAR, 0):
        for writer, other in ((laptop, tablet), (tablet, laptop)):
            writer.hand.ahead = ahead
            writer.restart()
            writer.sync()
            writer.put(bear, notes=f"{ahead} here")
            writer.sync()
            other.sync()
            other.put(bear, notes=f"{ahead} answered")
            other.sync()
            writer.sync()
            assert laptop.read(bear)["notes"] == tablet.read(bear)["notes"] == f"{ahead} answered"
            writer.hand.ahead = 0
    assert laptop.vault.records.conflicts() == tablet.vault.records.conflicts() == []
    assert laptop.hash == tablet.hash
    assert world.begin.laptop.hash == untouched


def test_a_clock_that_jumps_between_any_two_requests_costs_nothing(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    for jump in (DAY, -2 * DAY, 10 * YEAR, -10 * YEAR):

        def leap(_method: str, _path: str, jump: int = jump) -> None:
            laptop.hand.ahead += jump

        laptop.line.refuse = leap
        bear = laptop.add(notes=f"written before {jump}")
        laptop.sync()
        tablet.sync()
        assert tablet.read(bear)
        laptop.hand.ahead = 0
        laptop.line.refuse = lambda _method, _path: None
    laptop.sync()
    assert laptop.hash == tablet.hash
    assert laptop.session.notices == ()


@pytest.mark.parametrize("slept", [1000, HOUR, DAY])
def test_a_sleep_in_the_middle_of_a_sync_costs_one_request_more(world: World, slept: int) -> None:
    """F40: signed, then the lid was closed; it is sent, or lost, when the computer wakes up."""
    laptop, tablet = world.artmatt.desks
    laptop.sync()
    for lost in (0, 1):
        bear = laptop.add(notes=f"before the lid was closed {lost}")
        laptop.hand.ahead = -slept

        def wake(_method: str, _path: str) -> None:
            laptop.hand.ahead = 0

        laptop.line.refuse, laptop.line.lost_replies = wake, lost
        before = len(laptop.line.asked)
        if lost:
            with pytest.raises(UnreachableError):
                laptop.sync()
        laptop.sync()
        assert len(laptop.line.asked) - before <= 2 + lost
        tablet.sync()
        assert tablet.read(bear)
    assert laptop.hash == tablet.hash
