"""The ten cases in which other programs lose an edit or never agree again. Here: none of either."""

import pytest

from shared.domain.operations import Put
from shared.domain.schema import CUSTOM_PREFIX, DELETED, Kind
from tests.desktop.vault.household import Device, converge, rid

COPY = rid(1)


@pytest.fixture
def pair(device):
    """Two devices that hold the same copy."""
    one, other = device("one"), device("other")
    one.put(COPY, notes="as found", number="1")
    converge([one, other])
    return one, other


def settle_down(*devices: Device) -> None:
    converge(list(devices))
    assert len({each.vault.log.content_hash() for each in devices}) == 1


def losers(device: Device) -> dict[str, object]:
    return {each.field: each.loser.value for each in device.vault.records.conflicts()}


def every_value(device: Device, field: str, kind: Kind = Kind.COPY, record=COPY) -> set[object]:
    return {
        past.value for past in device.vault.records.history(kind, record) if past.field == field
    }


@pytest.mark.parametrize("first", [0, 1])
def test_different_fields_in_either_order_both_stand(pair, first):
    pair[first].put(COPY, notes="from one")
    pair[1 - first].put(COPY, number="77")
    settle_down(*pair)
    for each in pair:
        assert each.get(COPY) == {"notes": "from one", "number": "77"}
        assert not each.vault.records.conflicts()


def test_the_same_field_keeps_the_later_value_and_shows_the_other(pair):
    one, other = pair
    one.put(COPY, notes="earlier")
    other.clock.millis = one.clock.millis + 60_000
    other.put(COPY, notes="later")
    settle_down(one, other)
    for each in pair:
        assert each.get(COPY)["notes"] == "later"
        assert losers(each) == {"notes": "earlier"}
        assert every_value(each, "notes") == {"as found", "earlier", "later"}


@pytest.mark.parametrize("later", [0, 1])
def test_who_wrote_the_same_last_speaks_for_both(pair, later):
    """No matter who hears of what first: one replaces a value that the other had written, too."""
    pair[later].clock.millis = pair[1 - later].clock.millis + 60_000
    for each in pair:
        each.put(COPY, notes="the same")
    pair[1].clock.millis += 120_000
    pair[1].put(COPY, notes="replaced")
    settle_down(*pair)
    for each in pair:
        assert each.get(COPY)["notes"] == "replaced"
        # Written after the replaced one, by somebody else, it was seen by nobody.
        assert losers(each) == ({} if later == 1 else {"notes": "the same"})


def test_the_same_field_within_one_second(pair):
    one, other = pair
    one.clock.pace = other.clock.pace = 0
    other.clock.millis = one.clock.millis
    one.put(COPY, notes="left hand")
    other.put(COPY, notes="right hand")
    settle_down(one, other)
    both = {"left hand", "right hand"}
    for each in pair:
        assert {each.get(COPY)["notes"], losers(each)["notes"]} == both


def test_a_clock_four_minutes_ahead_wins_nothing_for_ever(pair):
    one, other = pair
    one.clock.millis += 240_000
    one.put(COPY, notes="from the future")
    settle_down(one, other)
    other.put(COPY, notes="written after having read that")
    settle_down(one, other)
    for each in pair:
        assert each.get(COPY)["notes"] == "written after having read that"
        assert not each.vault.records.conflicts()


def test_a_delete_does_not_swallow_a_later_edit(pair):
    one, other = pair
    one.delete(COPY)
    other.put(COPY, notes="still here")
    settle_down(one, other)
    for each in pair:
        assert each.get(COPY)["notes"] == "still here"
        assert losers(each) == {DELETED: True}
        assert each.vault.shelves.counts().copies == 1
        (conflict,) = each.vault.records.conflicts()
        assert conflict.winner.device == other.vault.device
        assert conflict.loser.device == one.vault.device


def test_whoever_saved_a_record_is_named_although_the_deleter_wrote_to_it_since(pair):
    one, other = pair
    one.delete(COPY)
    other.put(COPY, notes="still here")
    settle_down(one, other)
    one.put(COPY, number="2")
    settle_down(one, other)
    for each in pair:
        (conflict,) = each.vault.records.conflicts()
        assert conflict.winner.device == other.vault.device


@pytest.mark.parametrize("later", [0, 1])
def test_two_deletes_made_apart_hold_although_one_had_not_seen_an_edit(device, pair, later):
    one, other = pair
    third = device("third")
    third.take(one)
    third.put(COPY, notes="seen by one deleter only")
    one.take(third)
    pair[later].clock.millis += 60_000
    one.delete(COPY)
    other.delete(COPY)
    settle_down(one, other, third)
    for each in (one, other, third):
        assert (each.vault.shelves.counts().copies, each.vault.shelves.counts().trash) == (0, 1)
        assert not losers(each)
    third.restore(COPY)
    settle_down(one, other, third)
    for each in pair:
        assert each.vault.shelves.counts().copies == 1
        assert each.get(COPY)["notes"] == "seen by one deleter only"
        assert not losers(each)


@pytest.mark.parametrize("ahead", [0, 60_000])
def test_who_takes_out_of_the_trash_what_another_deletes_apart_has_it(device, pair, ahead):
    one, other = pair
    third = device("third")
    one.delete(COPY)
    third.take(one)
    third.clock.millis += 30_000
    third.restore(COPY)
    other.clock.millis += ahead
    other.delete(COPY)
    settle_down(one, other, third)
    for each in (one, other, third):
        assert each.vault.shelves.counts().copies == 1
        assert losers(each) == ({DELETED: True} if ahead else {})
        for conflict in each.vault.records.conflicts():
            assert (conflict.winner.device, conflict.winner.value) == (third.vault.device, False)
    other.delete(COPY)
    settle_down(one, other, third)
    assert all(each.vault.shelves.counts().copies == 0 for each in (one, other, third))


def test_both_add(pair):
    one, other = pair
    one.put(rid(2), notes="from one")
    other.put(rid(3), notes="from other")
    settle_down(one, other)
    assert all(each.vault.shelves.counts().copies == 3 for each in pair)


def test_both_add_what_is_the_same_thing(pair):
    """Both choose one piece of the catalogue, so the record's id is the same."""
    one, other = pair
    one.put(rid(9), Kind.MODEL, name="Peanut", animal="Elephant")
    other.put(rid(9), Kind.MODEL, name="Peanut", style_number="4062")
    settle_down(one, other)
    whole = {"name": "Peanut", "animal": "Elephant", "style_number": "4062"}
    for each in pair:
        assert each.get(rid(9), Kind.MODEL) == whole
        assert not each.vault.records.conflicts()


def test_a_renamed_label_and_an_edited_value(pair):
    one, other = pair
    name = CUSTOM_PREFIX + rid(5).hex()
    one.put(rid(5), Kind.FIELD, label="Pellets", type="text")
    one.vault.apply("Fill", [Put(Kind.COPY, COPY, {name: "PVC"})])
    settle_down(one, other)
    one.put(rid(5), Kind.FIELD, label="Filling")
    other.vault.apply("Fill", [Put(Kind.COPY, COPY, {name: "PE"})])
    settle_down(one, other)
    for each in pair:
        assert each.get(rid(5), Kind.FIELD)["label"] == "Filling"
        assert each.get(COPY)[name] == "PE"
        assert not each.vault.records.conflicts()


def test_a_new_field_and_an_edited_copy(pair):
    one, other = pair
    name = CUSTOM_PREFIX + rid(6).hex()
    one.put(rid(6), Kind.FIELD, label="Poem", type="text")
    one.vault.apply("Fill", [Put(Kind.COPY, COPY, {name: "yes"})])
    other.put(COPY, notes="meanwhile")
    settle_down(one, other)
    for each in pair:
        assert each.get(COPY) == {"notes": "meanwhile", "number": "1", name: "yes"}


def test_two_new_fields(pair):
    one, other = pair
    one.put(rid(7), Kind.FIELD, label="Poem", type="text")
    other.put(rid(8), Kind.FIELD, label="Poem", type="text")
    settle_down(one, other)
    assert all(len(each.vault.records.living(Kind.FIELD)) == 2 for each in pair)
