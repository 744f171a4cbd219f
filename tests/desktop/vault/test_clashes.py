"""What fits each by itself and not together, and conflicts that are closed many at a time."""

from desktop.vault.steps import Choice
from desktop.vault.values import Query
from shared.domain.schema import DELETED, Kind
from tests.desktop.vault.household import converge, rid

ONE, TWO, ATTIC, BOX = rid(1), rid(2), rid(70), rid(71)


def both_ways(device):
    return device("laptop"), device("phone")


def test_a_number_that_two_devices_gave_stands_on_both_and_is_flagged(device):
    laptop, phone = both_ways(device)
    laptop.put(ONE, number="A-09")
    phone.clock.millis = laptop.clock.millis + 1_000
    phone.put(TWO, number="A-09")
    converge([laptop, phone])
    for each in (laptop, phone):
        records, shelves = each.vault.records, each.vault.shelves
        (same,) = records.same_numbers()
        assert (same.number, same.copies, records.clashes()) == ("A-09", (ONE, TWO), 1)
        assert all(row.flagged for row in shelves.rows(list(shelves.find(Query()))))
        assert records.detail(ONE).namesakes == (TWO,)
        assert records.free_number("A-09") == "A-10"
    phone.put(TWO, number="A-10")
    assert phone.vault.records.clashes() == 0
    assert not any(row.flagged for row in phone.vault.shelves.rows([ONE, TWO]))
    phone.vault.undo()
    phone.delete(TWO)
    assert phone.vault.records.clashes() == 0
    assert phone.vault.records.detail(TWO).deleted
    assert phone.vault.records.free_number("no digits") == "no digits 2"


def test_places_that_were_put_into_each_other_are_told_the_newest_link_first(device):
    laptop, phone = both_ways(device)
    laptop.put(ATTIC, Kind.LOCATION, name="Attic")
    laptop.put(BOX, Kind.LOCATION, name="Box")
    converge([laptop, phone])
    laptop.put(BOX, Kind.LOCATION, parent=ATTIC)
    phone.clock.millis = laptop.clock.millis + 60_000
    phone.put(ATTIC, Kind.LOCATION, parent=BOX)
    converge([laptop, phone])
    for each in (laptop, phone):
        (circle,) = each.vault.records.circles()
        assert circle.places == ((ATTIC, "Attic"), (BOX, "Box"))
        assert each.vault.records.clashes() == 1
    laptop.put(ATTIC, Kind.LOCATION, parent=None)
    converge([laptop, phone])
    assert phone.vault.records.circles() == []
    assert phone.get(BOX, Kind.LOCATION)["parent"] == ATTIC


def test_many_conflicts_are_closed_in_one_step(device):
    laptop, phone = both_ways(device)
    for copy in (ONE, TWO):
        laptop.put(copy, notes="found", number=str(copy[-1]))
    converge([laptop, phone])
    laptop.put(ONE, notes="of the laptop")
    laptop.delete(TWO)
    phone.clock.millis = laptop.clock.millis + 60_000
    phone.put(ONE, notes="of the phone")
    phone.put(TWO, notes="written meanwhile")
    converge([laptop, phone])
    numbers = {each.field: each.number for each in phone.vault.records.conflicts()}
    before = phone.vault.log.content_hash()
    phone.vault.choose(
        {numbers["notes"]: Choice.BOTH, numbers[DELETED]: Choice.OTHER, 999: Choice.BOTH}
    )
    converge([laptop, phone])
    for each in (laptop, phone):
        assert each.get(ONE)["notes"] == "of the phone\n\nof the laptop"
        assert each.vault.records.detail(TWO).deleted
        assert each.vault.records.conflicts() == []
    phone.vault.undo()
    assert phone.vault.log.content_hash() == before
