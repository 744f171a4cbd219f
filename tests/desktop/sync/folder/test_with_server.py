"""Devices that have a server and a stick: what came by one goes by the other, without alarm."""

import secrets
import shutil
from pathlib import Path

from desktop.sync.folder.traffic import FolderNotice
from desktop.sync.notices import Notice
from desktop.sync.removal import wish_role
from shared.crypto.paper import PAPER_BYTES, paper_device
from shared.domain.schema import Kind
from shared.domain.stamps import Origin
from shared.ledger import Head
from shared.membership import Role
from tests.desktop.sync.conftest import World, pair
from tests.desktop.sync.desk import Desk
from tests.desktop.sync.folder.household import Household, exchange, open_bundle, save_bundle, shelf


def quiet(*desks: Desk) -> None:
    """Sync, and see that nothing is said."""
    for desk in desks:
        desk.sync()
        assert desk.session.notices == ()


def last_own(desk: Desk) -> tuple[Origin, Head]:
    """Return the last entry that a device wrote."""
    return desk.vault.log.origin, desk.vault.log.state().heads[desk.vault.log.origin]


def test_what_came_by_stick_is_carried_to_the_server_quietly(world: World, stick: Path) -> None:
    laptop, tablet = world.artmatt.desks
    others = world.begin.laptop.hash
    bears = [laptop.add(notes="written under way")]
    exchange(laptop, stick)
    exchange(tablet, stick)
    bears.append(tablet.add(notes="and answered"))
    exchange(tablet, stick)
    exchange(laptop, stick)
    quiet(tablet)
    assert not tablet.vault.log.elsewhere(), "the server has the laptop's, too"
    asked = len(tablet.line.asked)
    quiet(tablet)
    assert len(tablet.line.asked) - asked == 1
    quiet(laptop, tablet, laptop)
    assert not laptop.vault.log.elsewhere()
    assert laptop.hash == tablet.hash
    assert all(desk.read(bear) for bear in bears for desk in (laptop, tablet))
    laptop.line.carried.clear()
    traffic = exchange(laptop, stick)
    assert (traffic.edits_in, traffic.edits_out, traffic.sentences) == (0, 0, ())
    world.begin.sync()
    assert world.begin.laptop.hash == others


def test_a_stick_that_is_older_than_the_server_says_nothing(world: World, stick: Path) -> None:
    laptop, tablet = world.artmatt.desks
    laptop.add(notes="by stick and by server")
    exchange(laptop, stick)
    quiet(laptop)
    laptop.add(notes="by the server only")
    quiet(laptop)
    assert exchange(tablet, stick).edits_in == 1
    quiet(tablet, laptop)
    assert not tablet.vault.log.elsewhere()
    assert exchange(tablet, stick).sentences == ()
    assert exchange(laptop, stick).sentences == ()
    assert laptop.hash == tablet.hash


def test_what_left_by_stick_keeps_its_number_when_the_key_changes(
    world: World, stick: Path, tmp_path: Path
) -> None:
    """C8: what left under the old key is carried as it is; what never left is sealed again."""
    laptop, tablet = world.artmatt.desks
    bear = laptop.add(notes="left under the old key")
    exchange(laptop, stick)
    stream, head = last_own(laptop)
    bean = laptop.add(notes="sealed, and never sent")
    laptop.line.cut = True
    tablet.network.change_kit(tablet.vault, paper_device(secrets.token_bytes(PAPER_BYTES)))
    quiet(tablet)
    laptop.line.cut = False
    quiet(laptop, tablet, laptop)
    assert tablet.vault.log.hash_at(stream, head.seq) == head.hash
    for record in (bear, bean):
        assert tablet.read(record) == laptop.read(record) != {}
    bundle = tmp_path / "all.swingbundle"
    save_bundle(laptop, bundle)
    assert open_bundle(tablet, bundle).sentences == ()
    exchange(tablet, stick)
    assert exchange(laptop, stick).sentences == ()
    quiet(laptop, tablet)


def test_a_snapshot_on_the_stick_serves_who_lacks_entries_that_are_gone(
    world: World, stick: Path, tmp_path: Path
) -> None:
    house = world.artmatt
    laptop, tablet = house.desks
    tablet.line.cut = True
    mine = tablet.add(notes="written where no server is")
    bears = [laptop.add(notes=f"bear {n}") for n in range(3)]
    for n in range(10):
        laptop.put(bears[0], notes=f"changed {n}")
        laptop.sync()
    days = 100
    laptop.hand.ahead += days * 24 * 3_600_000
    world.server.dial.turn(days * 24 * 3600)
    laptop.sync()
    laptop.tidy()
    with pair(laptop, tmp_path / "phone.swingtag", world.server.address) as phone:
        phone.sync()
        laptop.sync()
        assert phone.vault.snapshots.taken is not None
        exchange(phone, stick)
        assert list((shelf(phone, stick) / "snapshots").iterdir())
        assert exchange(tablet, stick).sentences == ()
        assert [tablet.read(bear) for bear in bears] == [laptop.read(bear) for bear in bears]
        assert len(tablet.vault.records.history(Kind.COPY, bears[0])) >= 10
        exchange(phone, stick)
        assert phone.read(mine)
        assert phone.hash == tablet.hash
        tablet.line.cut = False
        tablet.hand.ahead = phone.hand.ahead = laptop.hand.ahead
        quiet(phone, tablet, laptop, phone)
        assert laptop.hash == tablet.hash == phone.hash


def test_a_household_that_had_no_server_signs_up_later(
    world: World, artmatt: Household, stick: Path
) -> None:
    """What was written before is carried up once, by whoever comes first; nothing is doubled."""
    laptop, tablet = artmatt.desks
    bears = [desk.add(notes=desk.vault.folder.name) for desk in (laptop, tablet)]
    artmatt.go_round(stick)
    late = tablet.add(notes="since then")
    laptop.network.sign_up(laptop.vault, world.server.address, "matts-own")
    quiet(laptop)
    assert not laptop.vault.log.elsewhere()
    assert tablet.network.knows(tablet.vault, world.server.address)
    tablet.network.sign_up(tablet.vault, world.server.address, "matts-own")
    quiet(tablet, laptop, tablet)
    assert laptop.hash == tablet.hash
    assert all(laptop.read(record) for record in (*bears, late))
    assert exchange(laptop, stick).sentences == ()
    assert exchange(tablet, stick).sentences == ()
    assert not laptop.read(world.begin.laptop.add(notes="of somebody else"))


def test_a_key_that_came_by_stick_is_known_to_the_sync_that_runs(world: World, stick: Path) -> None:
    laptop, tablet = world.artmatt.desks
    quiet(laptop, tablet)
    tablet.network.change_kit(tablet.vault, paper_device(secrets.token_bytes(PAPER_BYTES)))
    quiet(tablet)
    bear = tablet.add(notes="under the new key")
    exchange(tablet, stick)
    assert exchange(laptop, stick).edits_in == 1
    bean = laptop.add(notes="so is this")
    quiet(laptop, tablet)
    assert laptop.read(bear)
    assert tablet.read(bean)


def test_what_a_viewer_had_set_aside_counts_again_when_it_may_write(
    world: World, stick: Path
) -> None:
    laptop, tablet = world.artmatt.desks
    others = world.begin.laptop.hash
    old = laptop.add(notes="known to both")
    quiet(laptop, tablet)
    tablet.put(old, notes="left by stick only")
    new = tablet.add(notes="new, by stick only")
    exchange(tablet, stick)
    wish_role(laptop.vault.secrets, tablet.vault.device, Role.VIEWER)
    laptop.sync()
    tablet.sync()
    assert tablet.session.notices == (Notice.SET_ASIDE.value,)
    assert (tablet.read(old)["notes"], tablet.read(new)) == ("known to both", {})
    wish_role(laptop.vault.secrets, tablet.vault.device, Role.EDITOR)
    laptop.sync()
    quiet(tablet, laptop)
    assert laptop.read(old)["notes"] == "left by stick only"
    assert laptop.read(new)["notes"] == "new, by stick only"
    assert laptop.hash == tablet.hash
    world.begin.sync()
    assert world.begin.laptop.hash == others


def test_a_copy_that_went_another_way_by_the_server_is_told(world: World, stick: Path) -> None:
    laptop, tablet = world.artmatt.desks
    quiet(laptop)
    home = laptop.vault.folder
    older = home.with_name("older")
    laptop.reopen(meanwhile=lambda: shutil.copytree(home, older))
    laptop.add(notes="by stick, then put back")
    exchange(laptop, stick)

    def put_back() -> None:
        shutil.rmtree(home)
        older.rename(home)

    laptop.reopen(meanwhile=put_back)
    laptop.add(notes="the same number, by server")
    quiet(laptop, tablet)
    for desk in (tablet, laptop):
        assert exchange(desk, stick).notices == {FolderNotice.FORKED}
        quiet(desk)
    assert laptop.hash == tablet.hash


def test_a_device_that_reads_its_own_past_again_asks_for_heads_afterwards(
    world: World, stick: Path
) -> None:
    laptop, tablet = world.artmatt.desks
    tablet.add(notes="an own stream")
    quiet(tablet, laptop)
    laptop.add(notes="carried")
    exchange(laptop, stick)
    exchange(tablet, stick)
    tablet.vault.log.renew()
    tablet.restart()
    quiet(tablet, laptop, tablet)
    assert not tablet.vault.log.elsewhere()
    assert laptop.hash == tablet.hash
