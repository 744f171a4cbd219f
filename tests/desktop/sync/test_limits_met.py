"""A plan used up, a server asked too often: words, patience, and on again by itself."""

from collections.abc import Iterator

import pytest

from desktop.sync.status import SyncPhase
from shared.protocol.problems import Code
from tests.desktop.sync.conftest import World
from tests.desktop.sync.desk import eventually
from tests.desktop.sync.test_worker import Working
from tests.sync_server.serving import Running, command


@pytest.fixture
def pair(world: World) -> Iterator[tuple[Working, Working]]:
    both = Working(world.artmatt.laptop), Working(world.begin.laptop)
    for working in both:
        working.settle()
    yield both
    for working in both:
        working.worker.stop()


def tenants_limits(server: Running, device: Working) -> object:
    held = server.house.doorway._stores._open.get(device.desk.vault.tenant)
    return held and held.store.limits


def put_on(server: Running, device: Working, plan: str, *limits: str) -> None:
    before = tenants_limits(server, device)
    if limits:
        command(server.folder, "plan", "define", plan, *limits)
    command(server.folder, "tenant", "plan", "set", "artmatt", plan)
    eventually(lambda: tenants_limits(server, device) != before)


def test_a_full_account_says_so_keeps_the_edits_and_goes_on_when_there_is_room(
    world: World, pair: tuple[Working, Working]
) -> None:
    laptop, begin = pair
    put_on(world.server, laptop, "tiny", "--log-bytes", "1")
    laptop.edit("does not fit")
    eventually(lambda: laptop.worker.status.message == Code.QUOTA.sentence)
    assert laptop.is_in(SyncPhase.TROUBLE)
    laptop.edit("nor does this, and it is kept all the same")
    assert laptop.worker.status.waiting >= 1
    begin.edit("the other one's room is its own")
    begin.settle()
    put_on(world.server, laptop, "standard")
    laptop.settle()
    world.artmatt.tablet.sync()
    assert world.artmatt.tablet.vault.log.content_hash() == laptop.desk.vault.log.content_hash()


def test_a_device_that_is_asked_to_wait_waits_and_goes_on(
    world: World, pair: tuple[Working, Working]
) -> None:
    laptop, begin = pair
    world.server.dial.stop()
    put_on(world.server, laptop, "slow", "--device-rate", "0.1", "--rate", "0")  # one at once
    lines = world.server.log.records

    def asked() -> list[int]:
        return [
            int(str(line["status"]))
            for line in world.server.log.records[len(lines) :]
            if line.get("route") == "sync" and line["status"] in {200, 429}
        ]

    for n in range(3):
        laptop.edit(f"edit {n}")
        eventually(lambda: laptop.worker.status.waiting == 0 or 429 in asked())
    eventually(lambda: 429 in asked())
    eventually(lambda: laptop.worker.status.message == Code.TOO_MANY.sentence)
    assert laptop.is_in(SyncPhase.OFFLINE)
    told = asked().count(429)
    for n in range(5):
        laptop.edit(f"more {n}")
        begin.edit(f"theirs {n}")
        begin.settle()
    assert asked().count(429) == told == 1  # it does not ask again before its time
    put_on(world.server, laptop, "standard")
    world.server.dial.turn(1)
    laptop.worker.sync_now()
    laptop.settle()
