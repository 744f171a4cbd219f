"""Who exchanges by hand is missed as well, and says that it read what came."""

from pathlib import Path

from desktop.sync.silence import DAY_MILLIS, PATIENCE_MILLIS, silent_since
from tests.desktop.sync.desk import Desk
from tests.desktop.sync.folder.household import Household, exchange


def misses(desk: Desk, other: Desk) -> bool:
    return other.vault.device in silent_since(desk.vault.secrets, desk.hand.millis())


def test_a_device_that_never_exchanges_is_missed_after_two_weeks(
    artmatt: Household, begin: Household, stick: Path
) -> None:
    laptop, tablet = artmatt.desks
    artmatt.go_round(stick)
    begin.go_round(stick)
    laptop.add(notes="to be read")
    exchange(laptop, stick)
    laptop.hand.ahead += PATIENCE_MILLIS - DAY_MILLIS
    assert not misses(laptop, tablet)
    laptop.hand.ahead += 2 * DAY_MILLIS
    assert misses(laptop, tablet)
    exchange(tablet, stick)
    exchange(laptop, stick)
    assert misses(laptop, tablet), "it owes an answer for a day before it gives one"
    tablet.hand.ahead += DAY_MILLIS
    exchange(tablet, stick)
    exchange(laptop, stick)
    assert not misses(laptop, tablet)
    quiet = laptop.hash
    for _ in range(3):
        laptop.hand.ahead += 2 * DAY_MILLIS
        tablet.hand.ahead += 2 * DAY_MILLIS
        artmatt.go_round(stick, rounds=1)
    assert laptop.hash == tablet.hash == quiet, "nothing answers an answer"
    assert not misses(laptop, tablet)
    assert not misses(tablet, laptop)
    assert not misses(*begin.desks)
