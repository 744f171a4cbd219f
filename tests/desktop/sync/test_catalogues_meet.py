"""Collections over two devices: what both made while apart is one thing when they meet."""

from desktop.collection.collection import Collection
from desktop.collection.imaging import Prepared
from desktop.collection.reference.catalogue import Reference, load
from desktop.collection.values import Draft, Query
from shared.domain.schema import FieldType, Kind
from tests.desktop.sync.conftest import World
from tests.desktop.sync.desk import Desk

REFERENCE: Reference = load()


class Lens:
    """Takes every picture as it is."""

    def prepare(self, data: bytes) -> Prepared:
        return Prepared(data, "image/png", data[:8], "image/png")


def collection_of(desk: Desk) -> Collection:
    return Collection(desk.vault, REFERENCE, Lens(), desk.network.surroundings, "bears")


def catalogue(collection: Collection, text: str) -> Draft:
    piece = REFERENCE.search(text)[0]
    typed = Draft(location="Cabinet / Top shelf", tags=("Favourites",))
    return collection.copies.propose(piece, typed).draft


def test_the_same_piece_added_apart_is_one_model_in_one_place_without_a_conflict(
    world: World,
) -> None:
    collections = [collection_of(desk) for desk in world.artmatt.desks]
    for collection in collections:
        collection.copies.add(catalogue(collection, "peanut royal blue"))
        collection.copies.add(Draft(model={"name": "Grandma's bear"}))
    world.artmatt.sync()
    assert world.artmatt.laptop.hash == world.artmatt.tablet.hash
    for collection in collections:
        found = collection.find(Query())
        details = [collection.detail(copy) for copy in found.ids]
        assert len(details) == 4
        assert len({detail.model for detail in details if detail}) == 2
        assert [place.path for place in collection.words.locations()] == [
            "Cabinet",
            "Cabinet / Top shelf",
        ]
        assert [tag.name for tag in collection.words.tags()] == ["Favourites"]
        assert collection.conflicts() == []
    assert len(collection_of(world.begin.laptop).find(Query()).ids) == 0


def test_a_new_field_and_its_rename_apart_both_survive(world: World) -> None:
    laptop, tablet = (collection_of(desk) for desk in world.artmatt.desks)
    copy = laptop.copies.add(catalogue(laptop, "humphrey"))
    laptop.words.add_field("Smoke-free", FieldType.YES_NO)
    world.artmatt.sync()
    (smoke,) = tablet.words.fields()
    tablet.copies.edit([copy], {smoke.field.name: True})
    laptop.words.rename(Kind.FIELD, smoke.record, "Smoke-free home")
    tablet.words.add_field("Insured for", FieldType.MONEY)
    world.artmatt.sync()
    for collection in (laptop, tablet):
        labels = [field.label for field in collection.words.fields()]
        assert sorted(labels) == ["Insured for", "Smoke-free home"]
        detail = collection.detail(copy)
        assert detail is not None
        assert detail.copy_fields[smoke.field.name] is True
        assert collection.conflicts() == []
