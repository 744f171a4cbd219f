"""A copied device, one copy used at the server, one by a stick: what is told, and the way out."""

import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from desktop.collection.devices import Roster
from desktop.collection.values import Parting
from desktop.sync.findings import findings, parted
from desktop.sync.notices import Notice
from desktop.sync.removal import wish
from shared.domain.operations import Change
from tests.desktop.sync.conftest import World, pair
from tests.desktop.sync.desk import Desk, open_desk
from tests.desktop.sync.folder.household import exchange


def parting(desk: Desk) -> Parting | None:
    """Return what the page of devices is told."""

    def write(_label: str, _operations: object) -> Change:
        raise AssertionError

    vault = desk.vault
    roster = Roster(
        vault.log,
        vault.records,
        vault.secrets,
        write=write,
        announce=lambda _change: None,
        wake=lambda: None,
        now_millis=desk.hand.millis,
    )
    return roster.parting()


def copied(desk: Desk, folder: Path, server: str = "") -> Desk:
    desk.reopen(lambda: shutil.copytree(desk.vault.folder, folder))
    return open_desk(folder, desk.vault.key, server)


def assert_level(desks: Sequence[Desk], made: Sequence[bytes]) -> None:
    assert len({desk.hash for desk in desks}) == 1
    assert all(desk.read(record) for desk in desks for record in made)
    assert all(parting(desk) is None for desk in desks)


def test_devices_that_a_copy_has_parted_come_together_again_by_the_steps_that_are_shown(
    world: World, tmp_path: Path
) -> None:
    laptop, tablet = world.artmatt.desks
    at, stick, untouched = world.server.address, tmp_path / "stick", world.begin.laptop.hash
    stick.mkdir()
    with ExitStack() as open_desks:
        phone = open_desks.enter_context(pair(laptop, tmp_path / "phone.swingtag", at))
        for desk in (laptop, tablet, phone, laptop):
            desk.sync()
        copy = open_desks.enter_context(copied(laptop, tmp_path / "copy.swingtag", at))
        laptop.add(notes="by the server")
        world.artmatt.sync()
        copy.add(notes="by a stick")
        exchange(copy, stick)
        exchange(phone, stick)
        every = (phone, tablet, laptop, copy)
        for desk in every * 2:
            desk.sync()
        for desk in every:
            desk.add(notes="after that")
        for desk in every * 3:
            desk.sync()
        told = [parting(desk) for desk in every]
        assert [each is not None and (each.apart, each.this_one) for each in told] == [
            *((True, False), (False, False), (False, True), (True, True))
        ], "the two that took the stick's version are apart from the server's"
        there = parted(tablet.vault.secrets)
        assert there is not None
        assert there.devices == {laptop.vault.device, phone.vault.device}
        for device in there.devices:
            wish(tablet.vault.secrets, device)
        for _ in range(2):
            tablet.sync()
        assert tablet.session.notices == ()
        joined = [
            open_desks.enter_context(pair(tablet, tmp_path / f"new {n}.swingtag", at))
            for n in range(2)
        ]
        made = [desk.add(notes="from now on") for desk in (tablet, *joined)]
        for desk in (tablet, *joined) * 3:
            desk.sync()
        assert_level((tablet, *joined), made)
        past = next(one for one in findings(tablet.vault.secrets) if one.alarm)
        assert (past.sentence, past.holds) == (Notice.FORKED.value, False), "it may be dismissed"
    world.begin.sync()
    assert world.begin.laptop.hash == untouched
    assert findings(world.begin.laptop.vault.secrets) == ()
