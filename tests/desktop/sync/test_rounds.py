"""Whole rounds of sync: real vaults, a real server, real HTTP, two collectors."""

import os
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from msgspec import structs

from desktop.sync.errors import RefusedError, UnreachableError
from desktop.sync.notices import Notice
from desktop.vault.identity import keep_server
from shared.domain.schema import Kind
from shared.ids import RecordId
from shared.protocol.messages import SyncReply, decode, encode
from shared.protocol.problems import Code
from tests.benchmarks.proxy import CountingProxy, counting_proxy
from tests.desktop.sync.conftest import Household, World, pair
from tests.desktop.sync.desk import Desk, open_desk
from tests.sync_server.serving import running

STEPS = 60


def agree(*desks: Desk) -> bool:
    return len({desk.hash for desk in desks}) == 1


def test_an_edit_reaches_the_other_device_and_nobody_else(world: World) -> None:
    artmatt, begin = world.artmatt, world.begin
    bear = artmatt.laptop.add(notes="Peanut, royal blue")
    before = begin.laptop.hash
    artmatt.sync()
    begin.sync()
    assert artmatt.tablet.read(bear)["notes"] == "Peanut, royal blue"
    assert agree(*artmatt.desks)
    assert begin.laptop.hash == begin.tablet.hash == before
    (change,) = artmatt.tablet.changes
    assert change.remote
    assert change.records[Kind.COPY] == {bear}


def test_fields_edited_apart_both_survive(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    bear = laptop.add(notes="n", number="1")
    world.artmatt.sync()
    laptop.put(bear, notes="from the laptop")
    tablet.put(bear, number="2")
    world.artmatt.sync()
    assert agree(laptop, tablet)
    assert laptop.read(bear)["notes"] == "from the laptop"
    assert laptop.read(bear)["number"] == "2"


def test_offline_and_back_loses_nothing(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    laptop.line.cut = True
    bears = [laptop.add(notes=f"offline {n}") for n in range(5)]
    with pytest.raises(UnreachableError):
        laptop.sync()
    assert laptop.vault.log.waiting() == 5
    tablet.add(notes="meanwhile")
    tablet.sync()
    laptop.line.cut = False
    world.artmatt.sync()
    assert agree(laptop, tablet)
    assert all(tablet.read(bear) for bear in bears)
    assert laptop.vault.log.waiting() == 0


@pytest.mark.parametrize("lost", [1, 3])
def test_a_lost_reply_makes_no_duplicates(world: World, lost: int) -> None:
    laptop, tablet = world.artmatt.desks
    bear = laptop.add(notes="once")
    laptop.line.lost_replies = lost
    for _ in range(lost):
        with pytest.raises(UnreachableError):
            laptop.sync()
    laptop.put(bear, notes="and edited")
    laptop.restart()
    world.artmatt.sync()
    assert agree(laptop, tablet)
    assert tablet.read(bear)["notes"] == "and edited"
    assert entries_at_server(laptop) == len(heads(laptop, laptop))


def heads(desk: Desk, whose: Desk) -> list[int]:
    """Every number that a device has used, as ``desk`` knows it."""
    state = desk.vault.log.state()
    return [
        seq
        for origin, head in state.heads.items()
        if origin.device == whose.vault.device
        for seq in range(1, head.seq + 1)
    ]


def entries_at_server(desk: Desk) -> int:
    """How many entries the server counts for a device."""
    about = desk.session._courier.about()
    return next(d.entries for d in about.devices if d.device == desk.vault.device.hex())


def test_three_devices_converge_whatever_the_order(world: World, tmp_path: Path) -> None:
    laptop, tablet = world.artmatt.desks
    phone = pair(laptop, tmp_path / "phone.swingtag", world.server.address)
    try:
        bear = laptop.add(notes="start")
        for desk in (laptop, tablet, phone):
            desk.sync()
        desks = (laptop, tablet, phone)
        for number, desk in enumerate(desks):
            desk.put(bear, notes=f"version {number}")
            desk.add(notes=f"new on {number}")
        tablet.delete(bear)
        for order in ((2, 0, 1), (1, 2, 0), (0, 1, 2)):
            for index in order:
                desks[index].sync()
        assert agree(*desks)
        assert len({desk.read(bear).get("notes") for desk in desks}) == 1
    finally:
        phone.close()


def do_something(draw: random.Random, desk: Desk, bear: RecordId) -> None:
    """Edit, delete or add on a device, or let something happen to its line or its memory."""
    match draw.randrange(8):
        case 0:
            desk.put(bear, notes=f"notes {draw.random()}")
        case 1:
            desk.put(bear, number=f"number {draw.random()}")
        case 2:
            desk.delete(bear)
        case 3:
            desk.add(notes="new")
        case 4:
            desk.line.cut = not desk.line.cut
        case 5:
            desk.line.lost_replies = draw.randrange(3)
        case 6:
            desk.restart()
        case _:
            desk.reopen()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_in_whatever_order_they_converge(
    world: World, tmp_path: Path, seed: int
) -> None:
    draw = random.Random(seed)  # noqa: S311 - repeatable on purpose
    with pair(world.artmatt.laptop, tmp_path / "phone.swingtag", world.server.address) as phone:
        desks = [*world.artmatt.desks, phone]
        bears = [desks[0].add(notes=f"bear {n}") for n in range(4)]
        for _ in range(STEPS):
            do_something(draw, draw.choice(desks), draw.choice(bears))
            with suppress(UnreachableError):
                draw.choice(desks).sync()
        for desk in desks:
            desk.line.cut, desk.line.lost_replies = False, 0
        for desk in desks * 2:
            desk.sync()
        assert agree(*desks)
        assert all(desk.session.notices == () for desk in desks)
        assert all(desk.vault.log.waiting() == 0 for desk in desks)
        assert world.begin.laptop.hash == world.begin.tablet.hash


@pytest.fixture
def metered(world: World) -> Iterator[tuple[Household, CountingProxy]]:
    """Both devices of artmatt, at the server by way of a counting proxy."""
    port = int(world.server.address.rsplit(":", 1)[1])
    with counting_proxy(port) as proxy:
        for desk in world.artmatt.desks:
            keep_server(desk.vault.secrets, f"http://127.0.0.1:{proxy.port}")
            desk.restart()
        world.artmatt.laptop.add(notes="one that came before")
        world.artmatt.sync()
        yield world.artmatt, proxy
        for desk in world.artmatt.desks:
            desk.network.http.close()


def test_one_edit_costs_one_small_request(metered: tuple[Household, CountingProxy]) -> None:
    artmatt, proxy = metered
    bear = artmatt.laptop.add(notes="Bought at the flea market, swing tag a little creased.")
    before = proxy.traffic
    artmatt.laptop.sync()
    pushed = proxy.traffic.since(before)
    artmatt.tablet.sync()
    pulled = proxy.traffic.since(before)
    assert artmatt.tablet.read(bear)
    print(f"push: {pushed}, push and pull: {pulled}")
    assert pushed.requests == 1
    assert pushed.bytes_up + pushed.bytes_down <= 1200
    assert pulled.bytes_up + pulled.bytes_down - pushed.bytes_up - pushed.bytes_down <= 1200


def test_an_edit_that_rides_in_the_event_costs_no_request(
    metered: tuple[Household, CountingProxy],
) -> None:
    artmatt, proxy = metered
    stream = artmatt.tablet.session.dial()
    events = iter(stream)
    assert artmatt.tablet.session.overhear(next(events))
    bear = artmatt.laptop.add(notes="Bought at the flea market, swing tag a little creased.")
    before = proxy.traffic
    artmatt.laptop.sync()
    assert artmatt.tablet.session.overhear(next(events))
    both = proxy.traffic.since(before)
    assert artmatt.tablet.read(bear)
    print(f"push, and the event: {both}")
    assert both.requests == 1
    assert both.bytes_up + both.bytes_down <= 2000
    stream.close()


def test_nothing_to_say_costs_half_a_kilobyte(metered: tuple[Household, CountingProxy]) -> None:
    artmatt, proxy = metered
    before = proxy.traffic
    artmatt.tablet.sync()
    spent = proxy.traffic.since(before)
    print(f"no-op: {spent}")
    assert spent.requests == 1
    assert spent.bytes_up + spent.bytes_down <= 512


def test_an_event_brings_a_small_edit_without_a_request(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    world.artmatt.sync()
    stream = tablet.session.dial()
    events = iter(stream)
    assert tablet.session.overhear(next(events))
    bear = laptop.add(notes="by itself")
    laptop.sync()
    asked = len(tablet.line.asked)
    assert tablet.session.overhear(next(events))
    assert tablet.read(bear)["notes"] == "by itself"
    assert len(tablet.line.asked) == asked
    stream.close()


def tampered(path: str, body: bytes) -> bytes:
    """Flip a bit in the last byte of every entry that a server sends."""
    if not path.endswith("/sync"):
        return body
    reply = decode(body, SyncReply)
    entries = tuple(entry[:-1] + bytes([entry[-1] ^ 1]) for entry in reply.entries)
    return encode(structs.replace(reply, entries=entries))


def test_a_changed_entry_is_refused_and_shown_and_fetched_again(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    bear = laptop.add(notes="genuine")
    laptop.sync()
    before = tablet.hash
    tablet.line.alter = tampered
    tablet.sync()
    assert tablet.session.notices == (Notice.REFUSED.value,)
    assert tablet.hash == before
    assert not tablet.read(bear)
    tablet.line.alter = None
    tablet.restart()
    tablet.sync()
    assert tablet.session.notices == ()
    assert tablet.read(bear)["notes"] == "genuine"


def test_entries_of_another_collector_are_refused(world: World) -> None:
    world.begin.laptop.add(notes="begin's")
    stolen: list[bytes] = []

    def steal(path: str, body: bytes) -> bytes:
        if path.endswith("/sync"):
            stolen.extend(decode(body, SyncReply).entries)
        return body

    def plant(path: str, body: bytes) -> bytes:
        if not path.endswith("/sync"):
            return body
        reply = decode(body, SyncReply)
        return encode(structs.replace(reply, entries=tuple(stolen)))

    world.begin.laptop.sync()
    world.begin.tablet.line.alter = steal
    world.begin.tablet.sync()
    assert stolen
    tablet = world.artmatt.tablet
    before = tablet.hash
    tablet.line.alter = plant
    tablet.sync()
    assert tablet.session.notices == (Notice.REFUSED.value,)
    assert tablet.hash == before


@contextmanager
def put_back(world: World, backup: Path, *, new_log: bool) -> Iterator[str]:
    """Replace the server by one that was restored from a backup, until the block ends."""
    if new_log:
        for database in backup.glob("**/tenant.db"):
            with closing(sqlite3.connect(database)) as db, db:
                db.execute("UPDATE fact SET value = ? WHERE name = 'log'", (os.urandom(16),))
    with running(backup) as server:
        for house in (world.artmatt, world.begin):
            for desk in house.desks:
                keep_server(desk.vault.secrets, server.address)
                desk.restart()
        yield server.address


@pytest.mark.parametrize("new_log", [False, True])
def test_a_server_that_lost_entries_gets_them_back(
    world: World, tmp_path: Path, *, new_log: bool
) -> None:
    laptop, tablet = world.artmatt.desks
    shutil.copytree(world.server.folder, tmp_path / "backup")
    bears = [desk.add(notes="kept") for desk in world.artmatt.desks]
    world.artmatt.sync()
    others = world.begin.laptop.add(notes="kept, too")
    world.begin.laptop.sync()
    unsent = laptop.add(notes="never sent to the old one")
    with put_back(world, tmp_path / "backup", new_log=new_log):
        tablet.add(notes="new to both")
        tablet.sync()
        assert Notice.RESTORED.value in tablet.session.notices
        world.artmatt.sync()
        assert agree(laptop, tablet)
        assert all(laptop.read(bear) for bear in (*bears, unsent))
        laptop.sync()
        assert laptop.session.notices == ()
        world.begin.sync()
        assert world.begin.tablet.read(others)["notes"] == "kept, too"


@pytest.mark.parametrize("clone_first", [False, True])
def test_a_device_put_back_from_a_backup_loses_nothing(
    world: World, tmp_path: Path, *, clone_first: bool
) -> None:
    laptop, tablet = world.artmatt.desks
    old = laptop.add(notes="before the backup")
    laptop.sync()
    copy = tmp_path / "copy.swingtag"
    key = laptop.vault.key
    laptop.reopen(lambda: shutil.copytree(laptop.vault.folder, copy))
    twin = open_desk(copy, key, world.server.address)
    try:
        mine, theirs = laptop.add(notes="on the original"), twin.add(notes="on the copy")
        for desk in (twin, laptop) if clone_first else (laptop, twin):
            desk.sync()
        for desk in (twin, laptop, tablet, twin, laptop):
            desk.sync()
        assert agree(laptop, twin, tablet)
        assert all(tablet.read(bear) for bear in (old, mine, theirs))
    finally:
        twin.close()


def test_a_full_account_leaves_edits_here(world: World) -> None:
    laptop = world.artmatt.laptop
    bear = laptop.add(notes="too much")
    laptop.line.refuse = lambda _method, path: Code.QUOTA if path.endswith("/sync") else None
    with pytest.raises(RefusedError) as caught:
        laptop.sync()
    assert caught.value.sentence == Code.QUOTA.sentence
    assert laptop.vault.log.waiting() == 1
    laptop.line.refuse = lambda _method, _path: None
    world.artmatt.sync()
    assert world.artmatt.tablet.read(bear)
