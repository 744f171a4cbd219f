"""What was set aside when a device was removed is adopted, and reaches everybody."""

import pytest

from desktop.collection.late import LateChanges
from desktop.collection.values import Query
from desktop.sync.chain import Chain
from desktop.vault.cuts import cuts_of
from desktop.vault.vault import Vault
from shared.domain.schema import DELETED
from tests.desktop.sync.conftest import World
from tests.desktop.sync.desk import Desk
from tests.desktop.sync.test_removal import Slipped, slipped

__all__ = ["slipped"]


def late_on(vault: Vault) -> LateChanges:
    def cuts():
        state = vault.log.state()
        return cuts_of(Chain.held(state).membership, state.heads)

    return LateChanges(vault.records, cuts, vault.apply)


def told(desk: Desk) -> set[tuple[bytes, str, object]]:
    return {(one.record, one.past.field, one.past.value) for one in late_on(desk.vault).all()}


def test_what_is_adopted_reaches_all_and_is_taken_back_in_one_step(
    world: World, slipped: Slipped
) -> None:
    laptop, phone = world.artmatt.laptop, slipped.phone
    before = world.begin.laptop.hash
    phone.sync()
    whole = {
        (slipped.changed, "notes", "late"),
        (slipped.built_on, "notes", "late"),
        (slipped.deleted, DELETED, True),
        (slipped.born, "notes", "late"),
    }
    assert told(phone) == whole
    assert told(laptop) == set(), "the laptop never had them"
    late = late_on(phone.vault)
    assert {piece.new for piece in late.pieces() if len(piece.changes) == 1} == {True, False}
    wanted = [one for one in late.all() if one.record != slipped.built_on]
    late.adopt(wanted)
    assert told(phone) == {(slipped.built_on, "notes", "late")}
    for _ in range(2):
        phone.sync()
        laptop.sync()
    for desk in (laptop, phone):
        assert desk.read(slipped.changed)["notes"] == "late"
        assert desk.read(slipped.born)["notes"] == "late"
        assert desk.read(slipped.built_on)["notes"] == "2"
        assert set(desk.vault.shelves.find(Query())) == {
            slipped.changed,
            slipped.built_on,
            slipped.born,
        }
    assert laptop.hash == phone.hash

    assert phone.vault.undo_label == "Adopt set-aside changes"
    phone.vault.undo()
    for _ in range(2):
        phone.sync()
        laptop.sync()
    assert laptop.hash == phone.hash
    for desk in (laptop, phone):
        assert desk.read(slipped.changed)["notes"] == "0"
        assert set(desk.vault.shelves.find(Query())) == slipped.pieces
    assert (slipped.changed, "notes", "late") in told(phone)
    world.begin.sync()
    assert world.begin.laptop.hash == before
    assert told(world.begin.laptop) == set()


def test_a_new_piece_comes_with_what_it_leads_to(slipped: Slipped) -> None:
    """A single field of a new record brings the whole of it: half a record is none."""
    phone = slipped.phone
    phone.sync()
    late = late_on(phone.vault)
    born = [one for one in late.all() if one.new]
    assert born
    late.adopt(born[:1])
    assert not [one for one in late.all() if one.new]
    assert phone.read(slipped.born)["notes"] == "late"


@pytest.mark.usefixtures("slipped")
def test_nothing_is_set_aside_where_no_device_was_removed(world: World) -> None:
    assert late_on(world.begin.laptop.vault).pieces() == ()
    assert late_on(world.begin.tablet.vault).all() == []
