"""Over a real server: a day brought back reaches the other devices; news of what others changed."""

import pytest

from desktop.collection.collection import Collection
from desktop.collection.news import LATE_MILLIS
from desktop.collection.values import Choice, Draft, Query
from shared.domain.operations import Put
from shared.domain.schema import Kind
from shared.ids import RecordId
from tests.desktop.sync.conftest import World
from tests.desktop.sync.desk import Desk
from tests.desktop.sync.test_catalogues_meet import collection_of

HOUR = 3_600_000


def names(collection: Collection) -> list[str]:
    return [row.name for row in collection.rows(collection.find(Query()).ids)]


def arrived(collection: Collection) -> list[tuple[str, int]]:
    return [(each.device_name, each.pieces) for each in collection.news.heard()]


def name_devices(*pairs: tuple[Collection, Desk, str]) -> None:
    for collection, desk, name in pairs:
        collection.roster.rename(desk.vault.device, name)


@pytest.mark.parametrize("with_photo", [False, True])
def test_a_day_brought_back_reaches_the_other_devices_and_is_undone_there_too(
    world: World, *, with_photo: bool
) -> None:
    household = world.artmatt
    laptop, tablet = (collection_of(desk) for desk in household.desks)
    peanut = laptop.copies.add(Draft(model={"name": "Peanut"}, copy={"notes": "royal blue"}))
    photo = laptop.photos.add(peanut, b"a picture") if with_photo else None
    household.sync()
    then, hash_then = household.laptop.hand.millis(), laptop.content_hash
    for desk in household.desks:
        desk.hand.ahead += HOUR
    tablet.copies.edit([peanut], {"notes": "light blue"})
    if photo is not None:
        tablet.photos.remove(photo)
    household.sync()
    laptop.copies.add(Draft(model={"name": "Patti"}))
    laptop.copies.delete([peanut])
    household.sync()
    hash_now = laptop.content_hash

    heard: list[tuple[int, int]] = []
    past = laptop.times.at(then, lambda done, whole: heard.append((done, whole)))
    assert names(past.collection) == ["Peanut"]
    assert names(laptop) == ["Patti"]
    assert heard[-1] == (1 + with_photo, 1 + with_photo)
    told = past.until(None, laptop, lambda _done, _whole: None)
    assert told.counts == (1, 0, 1)
    assert [piece.row.name for piece in told.removed] == ["Peanut"]
    done = past.bring_back("Bring it back", lambda _done, _whole: None)
    assert done.missing == 0
    past.close()
    household.sync()
    assert laptop.content_hash == tablet.content_hash == hash_then
    assert names(tablet) == ["Peanut"]
    assert [row.thumbnail for row in tablet.rows([peanut])] == [photo]
    laptop.undo()
    household.sync()
    assert tablet.content_hash == hash_now
    assert len(collection_of(world.begin.laptop).find(Query()).ids) == 0


def test_what_others_changed_meanwhile_is_news_until_it_was_seen(world: World) -> None:
    household = world.artmatt
    laptop, tablet = (collection_of(desk) for desk in household.desks)
    name_devices((laptop, household.laptop, "laptop"), (tablet, household.tablet, "tablet"))
    copies = laptop.copies.add_many("Add", [Draft(model={"name": str(n)}) for n in range(14)])
    household.sync()
    assert arrived(tablet) == []  # a new device knows no yesterday
    tablet.news.caught_up()
    tablet.news.look()
    tablet.news.look_away()
    laptop.copies.edit(copies, {"status": "trade"})
    laptop.copies.edit(copies[:3], {"notes": "checked"})
    laptop.settings.put("skin", "begin", "Change the look")
    household.sync()
    assert arrived(tablet) == [("laptop", 14)]
    household.tablet.reopen()
    tablet = collection_of(household.tablet)
    tablet.news.look()
    assert arrived(tablet) == [("laptop", 14)]
    steps = tablet.news.report().steps()
    assert [step.label for step in steps] == ["Edit 3 pieces", "Edit 14 pieces"]
    assert {(turn.field, turn.before, turn.after) for turn in steps[0].turns} == {
        ("notes", None, "checked")
    }
    tablet.news.dismiss()
    household.tablet.reopen()
    assert arrived(collection_of(household.tablet)) == []
    assert arrived(collection_of(world.begin.laptop)) == []


def test_what_comes_while_somebody_looks_is_no_news_unless_it_is_late(world: World) -> None:
    household = world.artmatt
    laptop, tablet = (collection_of(desk) for desk in household.desks)
    name_devices((laptop, household.laptop, "laptop"), (tablet, household.tablet, "tablet"))
    copies = laptop.copies.add_many("Add", [Draft(model={"name": "Peanut"})])
    household.sync()
    tablet.news.caught_up()
    tablet.news.look()
    household.laptop.hand.ahead += 1_000  # written while somebody looks
    laptop.copies.edit(copies[:1], {"notes": "live"})
    household.sync()
    assert arrived(tablet) == []
    laptop.copies.edit(copies[:1], {"notes": "long ago when it comes"})
    household.tablet.hand.ahead += LATE_MILLIS + 60_000  # a night asleep, the window open
    household.sync()
    assert arrived(tablet) == [("laptop", 1)]


def test_all_that_waits_is_chosen_in_one_click(world: World) -> None:
    household = world.artmatt
    laptop, tablet = (collection_of(desk) for desk in household.desks)
    name_devices((laptop, household.laptop, "laptop"), (tablet, household.tablet, "tablet"))
    one, two = laptop.copies.add_many("Add", [Draft(model={"name": n}) for n in ("One", "Two")])
    household.sync()
    for collection, word in ((laptop, "of the laptop"), (tablet, "of the tablet")):
        collection.copies.edit([one, two], {"notes": word})
    laptop.copies.edit([one], {"number": "17"})
    tablet.copies.edit([two], {"number": "17"})
    household.sync()
    assert laptop.choices.count == tablet.choices.count == 3
    (same,) = tablet.choices.numbers()
    assert tablet.choices.free_number(same.number) == "18"
    tablet.choices.renumber(same.copies[1], "18")
    first, second = tablet.choices.conflicts()
    tablet.choices.settle(first.number, Choice.BOTH)
    household.sync()
    (left,) = laptop.choices.conflicts()
    assert left.record == second.record
    laptop.choices.take_all(household.laptop.vault.device)
    household.sync()
    for collection in (laptop, tablet):
        notes = [dict(collection.detail(copy).copy_fields)["notes"] for copy in (one, two)]  # type: ignore[union-attr]  # they are here
        assert "of the laptop" in notes
        assert any("\n\n" in str(each) for each in notes)
        assert collection.choices.count == 0


def test_places_put_into_each_other_are_taken_apart(world: World) -> None:
    household = world.artmatt
    laptop, tablet = (collection_of(desk) for desk in household.desks)
    one, two = laptop.copies.add_many("Add", [Draft(model={"name": n}) for n in ("One", "Two")])
    laptop.copies.move([one], "Attic")
    laptop.copies.move([two], "Box")
    household.sync()
    places = {place.path: place.location for place in laptop.words.locations()}
    laptop.write("Move", [_into(places["Attic"], places["Box"])])
    tablet.write("Move", [_into(places["Box"], places["Attic"])])
    household.sync()
    (circle,) = laptop.choices.circles()
    assert laptop.choices.count == 1
    laptop.choices.take_out(*circle.places[1])
    household.sync()
    assert tablet.choices.count == 0
    inner, outer = circle.places[0][1], circle.places[1][1]
    assert f"{outer} / {inner}" in [place.path for place in tablet.words.locations()]


def _into(place: RecordId, outer: RecordId) -> Put:
    return Put(Kind.LOCATION, place, {"parent": outer})
