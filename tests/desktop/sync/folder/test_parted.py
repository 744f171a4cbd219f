"""Two copies of a device, each used by a stick of its own, and the way out without a server."""

from contextlib import ExitStack
from pathlib import Path

from desktop.sync.findings import Findings, Source
from desktop.sync.folder.traffic import FolderNotice
from desktop.sync.removal import wish
from desktop.vault.identity import Identity, keep_identity, read_identity
from tests.desktop.sync.desk import Desk
from tests.desktop.sync.folder.household import Household, Template, exchange, let_in
from tests.desktop.sync.test_parted import assert_level, copied, parting


def welcome(owner: Desk, folder: Path) -> Desk:
    """Let a device in with all keys, as the files of a pairing bring them."""
    desk = let_in(owner, folder)
    keyring, keys = read_identity(owner.vault.secrets).keyring, read_identity(desk.vault.secrets)
    keep_identity(desk.vault.secrets, Identity(keys.keys, keyring))
    return desk


def test_parted_devices_come_together_by_the_steps_that_are_shown(
    homes: Template, begin: Household, tmp_path: Path
) -> None:
    untouched = [desk.hash for desk in begin.desks]
    sticks = [tmp_path / f"stick {n}" for n in range(3)]
    for stick in sticks:
        stick.mkdir()
    with ExitStack() as open_desks:
        house = homes.house(tmp_path, "artmatt", 3)
        laptop, tablet, phone = map(open_desks.enter_context, house.desks)
        for desk in (laptop, tablet, phone, laptop, tablet):
            exchange(desk, sticks[0])
        copy = open_desks.enter_context(copied(laptop, tmp_path / "copy.swingtag"))
        laptop.add(notes="by one stick")
        copy.add(notes="by another")
        for desk, stick in ((laptop, 0), (tablet, 0), (copy, 1), (phone, 1)):
            exchange(desk, sticks[stick])
        traffic = exchange(tablet, sticks[1])
        assert FolderNotice.FORKED in traffic.notices
        now = Findings(tablet.vault.secrets, Source.FOLDER, tablet.hand.millis)
        now.found(FolderNotice.FORKED, {stream.device for stream in traffic.forked})
        assert parting(tablet) is not None
        for gone in (laptop, phone):
            wish(tablet.vault.secrets, gone.vault.device)
        assert FolderNotice.FORKED not in exchange(tablet, sticks[2]).notices
        now.settle()
        joined = [
            open_desks.enter_context(welcome(tablet, tmp_path / f"new {n}.swingtag"))
            for n in range(2)
        ]
        made = [desk.add(notes="from now on") for desk in (tablet, *joined)]
        for desk in (tablet, *joined) * 3:
            assert exchange(desk, sticks[2]).notices == set()
        assert_level((tablet, *joined), made)
    assert [desk.hash for desk in begin.desks] == untouched
