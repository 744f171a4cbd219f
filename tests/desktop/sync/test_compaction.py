"""Entries are put together: what a snapshot must bring, and what must be left afterwards."""

from pathlib import Path

from desktop.vault.values import Query
from shared.domain.schema import Kind
from shared.ids import RecordId
from tests.desktop.sync.conftest import Household, World, pair
from tests.desktop.sync.desk import Desk


def entries_at(desk: Desk) -> int:
    return desk.network.about(desk.vault).entries


def write_much(house: Household, rounds: int = 6) -> list[RecordId]:
    """Let both devices edit in turn; give the copies."""
    copies = [house.laptop.add(notes=f"copy {n}", status="owned") for n in range(3)]
    house.sync()
    for n in range(rounds):
        for desk in house.desks:
            desk.put(copies[n % 3], notes=f"{n} by {desk.vault.folder.name}")
            desk.sync()
    house.sync()
    house.laptop.delete(copies[2])
    house.sync()
    return copies


def compact(house: Household) -> None:
    """Let one propose and the other approve."""
    house.laptop.tidy()
    house.tablet.tidy()
    house.sync()


def past(desk: Desk, copy: RecordId) -> list[tuple[str, object, int, str]]:
    history = desk.vault.records.history(Kind.COPY, copy)
    return [(each.field, each.value, each.millis, each.label) for each in history]


def test_a_newcomer_has_the_list_from_a_snapshot_and_all_history_later(
    world: World, tmp_path: Path
) -> None:
    house, other = world.artmatt, world.begin
    other.laptop.add(notes="of somebody else")
    other.sync()
    theirs = other.laptop.hash
    copies = write_much(house)
    before = {copy: past(house.laptop, copy) for copy in copies}
    assert entries_at(house.laptop) >= 10
    compact(house)
    assert entries_at(house.laptop) == 0
    assert entries_at(other.laptop) == 1
    with pair(house.laptop, tmp_path / "phone.swingtag", world.server.address) as phone:
        phone.sync()
        assert phone.hash == house.laptop.hash
        assert len(phone.vault.shelves.find(Query("copy"))) == 0
        assert len(phone.vault.shelves.find(Query("laptop"))) == 0
        assert len(phone.vault.shelves.find(Query("tablet"))) == 2
        assert {copy: past(phone, copy) for copy in copies} == before
        phone.put(copies[0], notes="by the phone")
        phone.sync()
        house.sync()
        assert house.laptop.hash == house.tablet.hash == phone.hash
    assert other.laptop.hash == other.tablet.hash == theirs
