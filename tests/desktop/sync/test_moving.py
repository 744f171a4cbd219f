"""A collection goes to another server, or to none, with all that it has."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.sync.errors import InvalidAddressError, SyncError, UnreachableError
from desktop.vault.identity import read_server
from shared.ids import EntryHash
from tests.desktop.sync.conftest import World, pair
from tests.desktop.sync.desk import Desk
from tests.desktop.sync.test_pictures import attach, shown
from tests.sync_server.serving import Running, running


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path / "other server") as server:
        yield server


def move(desk: Desk, server: Running, name: str) -> None:
    desk.network.sign_up(desk.vault, server.address, name)
    desk.restart()
    desk.sync()
    assert desk.session.notices == ()


def level(*desks: Desk) -> None:
    for _ in range(2):
        for desk in desks:
            desk.sync()
            assert desk.session.notices == ()
    assert len({desk.hash for desk in desks}) == 1


def entries_of(desk: Desk) -> set[EntryHash]:
    state = desk.vault.log.state()
    return {
        entry.hash
        for origin, head in state.heads.items()
        for seq in range(1, head.seq + 1)
        if (entry := desk.vault.log.entry_at(origin, seq)) is not None
    }


def test_all_that_a_collection_has_goes_to_another_server(
    world: World, other: Running, tmp_path: Path
) -> None:
    """Both collectors move; one device of each first, which brings what the other wrote, too."""
    late = {}
    for house in (world.artmatt, world.begin):
        laptop, tablet = house.desks
        bears = [desk.add(notes=house.name) for desk in house.desks]
        photo = attach(laptop, bytes(300_000), b"thumbnail")
        level(laptop, tablet)
        sealed = entries_of(laptop)
        move(laptop, other, f"{house.name}-moved")
        assert read_server(laptop.vault.secrets) == other.address
        late[house.name] = tablet.add(notes="still at the old one")
        tablet.sync()
        with pair(laptop, tmp_path / f"{house.name}-phone.swingtag", other.address) as phone:
            phone.sync()
            assert all(phone.read(bear)["notes"] == house.name for bear in bears)
            assert shown(phone, photo, "thumb_") == b"thumbnail"
            move(tablet, other, f"{house.name}-moved")
            level(laptop, tablet, phone)
            assert phone.read(late[house.name])
            phone.session.want(photo)
            phone.sync()
            assert shown(phone, photo) == bytes(300_000)
        assert sealed <= entries_of(tablet), "nothing is sealed again"
    assert not world.artmatt.laptop.read(late["begin"])
    assert not world.begin.laptop.read(late["artmatt"])
    assert world.begin.laptop.hash != world.artmatt.laptop.hash


def test_a_device_that_holds_a_snapshot_gives_it_to_the_other_server(
    world: World, other: Running, tmp_path: Path
) -> None:
    """The phone has no entries of what was put together; the others follow it."""
    laptop, tablet = world.artmatt.desks
    bears = [laptop.add(notes=f"bear {n}") for n in range(3)]
    for n in range(10):
        laptop.put(bears[0], notes=f"changed {n}")
        laptop.sync()
    level(laptop, tablet)
    laptop.tidy()
    tablet.hand.ahead = laptop.hand.ahead
    tablet.tidy()
    level(laptop, tablet)
    with pair(laptop, tmp_path / "phone.swingtag", world.server.address) as phone:
        phone.hand.ahead = laptop.hand.ahead
        phone.sync()
        assert phone.vault.snapshots.taken is not None
        phone.put(bears[1], notes="on the phone")
        level(laptop, phone, tablet)
        move(phone, other, "artmatt-moved")
        with pair(phone, tmp_path / "new.swingtag", other.address) as new:
            new.hand.ahead = laptop.hand.ahead
            new.sync()
            assert new.hash == phone.hash == laptop.hash
            laptop.add(notes="meanwhile")
            for desk in (laptop, tablet):
                move(desk, other, "artmatt-moved")
            level(laptop, tablet, phone, new)


def test_a_place_that_is_not_to_be_had_changes_nothing(world: World, other: Running) -> None:
    desk = world.artmatt.laptop
    bear = desk.add(notes="here")
    world.artmatt.sync()
    move(world.begin.laptop, other, "taken")
    where = desk.vault.log.cursor()
    for address, name, error in (
        ("http://127.0.0.1:1", "artmatt", UnreachableError),
        ("no address", "artmatt", InvalidAddressError),
        (other.address, "taken", SyncError),
    ):
        with pytest.raises(error):
            desk.network.sign_up(desk.vault, address, name)
        assert read_server(desk.vault.secrets) == world.server.address
        assert desk.vault.log.cursor() == where
        assert not desk.vault.log.elsewhere()
    desk.put(bear, notes="goes on")
    level(*world.artmatt.desks)


def test_back_from_no_server_and_from_another_one(world: World, other: Running) -> None:
    """Whatever the way, what was written in between is carried to where the device syncs."""
    laptop, tablet = world.artmatt.desks
    level(laptop, tablet)
    laptop.network.settle(laptop.vault, "")
    bear = laptop.add(notes="without a server")
    move(laptop, other, "artmatt-moved")
    tablet.add(notes="meanwhile")
    tablet.sync()
    move(laptop, world.server, "artmatt")
    level(laptop, tablet)
    assert tablet.read(bear)
