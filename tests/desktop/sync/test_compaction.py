"""Entries are put together: what a snapshot must bring, and what must be left afterwards."""

import secrets
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from desktop.sync.bases import FalseBaseError, ForkedBaseError
from desktop.sync.compaction import BaseLostError
from desktop.sync.errors import SyncError
from desktop.sync.notices import Notice
from desktop.sync.removal import removal, wish
from desktop.vault.identity import add_founding, keep_server, read_founding, read_identity
from desktop.vault.past import UnknownPastError, reading_at
from desktop.vault.past_vault import PastVault
from desktop.vault.repairing import repair
from desktop.vault.values import Conflict, Query
from shared.domain.operations import PutMany
from shared.domain.schema import Kind
from shared.envelope import Kind as EnvelopeKind
from shared.ids import RecordId
from shared.ledger import Head
from shared.protocol.limits import SEEN_SECONDS
from shared.protocol.messages import ChainRequest, LinkParcel
from shared.signing import NO_HASH
from tests.desktop.sync.conftest import Household, World, pair
from tests.desktop.sync.desk import SWIFT, Desk, eventually, open_desk
from tests.desktop.sync.test_worker import Working
from tests.sync_server.serving import running


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
    house.laptop.tidy()
    house.sync()


def write_what_is_forgotten(desk: Desk, copy: RecordId, home: Path) -> Path:
    """Write what the server takes and then forgets; return the folder as it was before."""
    folder = home / "twin.swingtag"
    shutil.copytree(desk.vault.folder, folder, ignore=shutil.ignore_patterns("lock", "*-shm"))
    desk.put(copy, notes="what the server forgot")
    desk.line.cut = True
    with pytest.raises(SyncError):
        desk.sync()
    desk.vault.log.acknowledge(desk.vault.log.unsent())
    return folder


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


def test_nothing_is_dropped_before_the_other_device_has_agreed(world: World) -> None:
    house = world.artmatt
    write_much(house)
    before = entries_at(house.laptop)
    house.laptop.tidy()
    assert entries_at(house.laptop) == before
    house.tablet.add(notes="not sent yet")
    house.tablet.tidy()
    assert entries_at(house.laptop) == 0, "it had gone on, but agrees about what was there"
    house.sync()
    assert house.laptop.hash == house.tablet.hash


def test_a_device_that_shows_something_else_signs_nothing_and_says_so(world: World) -> None:
    """Its file was damaged or tampered with: the six words cannot tell, the state can."""
    house = world.artmatt
    laptop, tablet = house.desks
    copies = write_much(house)
    with tablet.vault._database.writing() as cursor:
        cursor.execute("UPDATE copy SET notes = 'another' WHERE id = ?", (copies[0],))
    laptop.tidy()
    tablet.tidy()
    assert tablet.session.notices == (Notice.DIFFERENT.value,)
    assert entries_at(laptop) > 0, "nothing was dropped"
    key, keyring = tablet.vault.key, read_identity(tablet.vault.secrets).keyring
    surroundings = tablet.network.surroundings
    tablet.reopen(lambda: repair(tablet.vault.folder, key, keyring, surroundings))
    tablet.sync()
    tablet.tidy()
    assert tablet.session.notices == ()
    assert entries_at(laptop) == 0
    assert tablet.hash == laptop.hash


def test_a_device_that_was_away_for_a_year_finds_its_way_back(world: World) -> None:
    """F33: its unsent edits come on top, and what was deleted meanwhile stays deleted."""
    house = world.artmatt
    laptop, tablet = house.desks
    copies = write_much(house)
    gone = laptop.add(notes="to be sold")
    house.sync()
    tablet.put(copies[0], notes="written offline")
    sealed_offline = tablet.add(notes="a find of the holiday")
    for desk in house.desks:
        desk.hand.ahead += 100 * 24 * 3_600_000
    world.server.dial.turn(100 * 24 * 3600)
    laptop.delete(gone)
    for n in range(10):
        laptop.put(copies[1], notes=f"while the other slept {n}")
        laptop.sync()
    laptop.tidy()
    assert entries_at(laptop) == 0, "a device that was not here for 90 days is not waited for"
    tablet.sync()
    laptop.sync()
    assert tablet.hash == laptop.hash
    assert tablet.read(copies[0])["notes"] == "written offline"
    assert tablet.read(copies[1])["notes"] == "while the other slept 9"
    assert laptop.read(sealed_offline)["notes"] == "a find of the holiday"
    assert gone not in tablet.vault.shelves.find(Query())
    assert past(tablet, copies[1]) == past(laptop, copies[1])
    assert tablet.session.notices == ()


def test_entries_that_were_sealed_and_never_sent_are_sealed_again_behind_the_base(
    world: World,
) -> None:
    house = world.artmatt
    laptop, tablet = house.desks
    copies = write_much(house)
    tablet.put(copies[0], notes="its reply was lost")
    tablet.line.cut = True
    with pytest.raises(SyncError):
        tablet.sync()
    assert tablet.vault.log.unsent()
    for desk in house.desks:
        desk.hand.ahead += 100 * 24 * 3_600_000
    world.server.dial.turn(100 * 24 * 3600)
    for n in range(10):
        laptop.put(copies[1], notes=f"{n}")
        laptop.sync()
    laptop.tidy()
    tablet.line.cut = False
    tablet.sync()
    laptop.sync()
    assert laptop.hash == tablet.hash
    assert laptop.read(copies[0])["notes"] == "its reply was lost"


def test_a_server_that_lost_its_base_gets_another_one_from_a_device_that_began_with_it(
    world: World, tmp_path: Path
) -> None:
    house = world.artmatt
    laptop, tablet = house.desks
    copies = write_much(house)
    before = past(laptop, copies[1])
    compact(house)
    with (
        pair(laptop, tmp_path / "phone.swingtag", world.server.address) as phone,
        running(tmp_path / "new server") as server,
    ):
        phone.sync()
        phone.put(copies[0], notes="after the snapshot")
        for desk in (phone, laptop, tablet, laptop):
            desk.sync()
        for desk in (phone, laptop, tablet):
            keep_server(desk.vault.secrets, server.address)
            desk.restart()
        laptop.network.sign_up(laptop.vault, server.address, "artmatt")
        phone.sync()
        assert phone.session.notices == (Notice.RESTORED.value,)
        with pair(laptop, tmp_path / "second.swingtag", server.address) as second:
            second.sync()
            assert second.hash == laptop.hash
            assert past(second, copies[1]) == before
        for desk in (laptop, tablet, phone):
            desk.sync()
            assert desk.hash == laptop.hash
            assert desk.session.notices == ()
        assert entries_at(laptop) == 1, "what the phone wrote after it"


def test_what_a_lying_server_gives_for_a_snapshot_is_not_taken_in(
    world: World, tmp_path: Path
) -> None:
    """A14, A17: another piece, an old snapshot, somebody else's, none at all."""
    house, other = world.artmatt, world.begin
    write_much(other)
    compact(other)
    write_much(house)
    compact(house)
    with pair(house.laptop, tmp_path / "phone.swingtag", world.server.address) as phone:
        honest = phone.vault.log.content_hash()
        for lie in (swapped_bit, cut_short, nothing):
            for part in ("/objects/", "/base/"):
                phone.line.alter = partial(lie, part)
                phone.restart()
                with pytest.raises(SyncError):
                    phone.sync()
                assert phone.vault.log.content_hash() == honest
                assert phone.vault.snapshots.taken is None
        phone.line.alter = None
        phone.sync()
        assert phone.hash == house.laptop.hash


def test_a_base_is_signed_again_when_the_device_that_made_it_alone_is_put_out(
    world: World, tmp_path: Path
) -> None:
    laptop, tablet = world.artmatt.desks
    with pair(laptop, tmp_path / "phone.swingtag", world.server.address) as phone:
        phone.sync()
        desks = (laptop, tablet, phone)
        for desk in desks:
            desk.hand.ahead += 100 * 24 * 3_600_000
        world.server.dial.turn(100 * 24 * 3600)
        copy = tablet.add(notes="before")
        for n in range(10):
            tablet.put(copy, notes=f"{n}")
            tablet.sync()
        tablet.tidy()
        assert entries_at(tablet) == 0, "nobody else was here for 90 days"
        laptop.sync()
        laptop.tidy()
        wish(laptop.vault.secrets, tablet.vault.device)
        laptop.sync()
        with pytest.raises(FalseBaseError):
            phone.sync()
        laptop.hand.ahead += 25 * 3_600_000
        laptop.tidy()
        phone.sync()
        assert phone.hash == laptop.hash


def test_history_that_the_server_lost_is_put_together_anew(world: World, tmp_path: Path) -> None:
    """Whoever gives a base back may lack some of its history."""
    house = world.artmatt
    copies = write_much(house)
    compact(house)
    for database in world.server.folder.glob("**/tenant.db"):
        with closing(sqlite3.connect(database)) as db, db:
            db.execute("DELETE FROM object WHERE kind = ?", (EnvelopeKind.SEGMENT,))
    for desk in house.desks * 5:
        desk.put(copies[1], notes=secrets.token_hex())
        desk.sync()
    house.sync()
    compact(house)
    assert entries_at(house.laptop) == 0
    with pair(house.laptop, tmp_path / "phone.swingtag", world.server.address) as phone:
        phone.sync()
        assert phone.hash == house.laptop.hash
        assert past(phone, copies[1]) == past(house.laptop, copies[1])


def test_a_snapshot_of_another_history_is_told_from_a_false_one(
    world: World, tmp_path: Path
) -> None:
    """The server had taken another entry of this device, and then forgot it."""
    house = world.artmatt
    laptop, tablet = house.desks
    copies = write_much(house)
    folder = write_what_is_forgotten(tablet, copies[0], tmp_path)
    with open_desk(folder, tablet.vault.key, world.server.address) as twin:
        twin.put(copies[1], notes="what it has")
        for desk in (twin, laptop):
            desk.sync()
        for desk in (laptop, twin, laptop):
            desk.tidy()
    assert entries_at(laptop) == 0
    tablet.line.cut = False
    before = tablet.hash
    with pytest.raises(ForkedBaseError):
        tablet.sync()
    assert tablet.hash == before
    assert tablet.read(copies[0])["notes"] == "what the server forgot"


def test_entries_under_numbers_that_a_snapshot_counts_otherwise_are_written_anew(
    world: World, tmp_path: Path
) -> None:
    """The same, but the other history went further: nothing in the snapshot contradicts."""
    house = world.artmatt
    laptop, tablet = house.desks
    copies = write_much(house)
    folder = write_what_is_forgotten(tablet, copies[0], tmp_path)
    with open_desk(folder, tablet.vault.key, world.server.address) as twin:
        for n in range(3):
            twin.put(copies[1], notes=f"what it has {n}")
            twin.sync()
        laptop.sync()
        for desk in (laptop, twin, laptop):
            desk.tidy()
        assert entries_at(laptop) == 0
        tablet.line.cut = False
        for desk in (tablet, laptop, twin, tablet, twin):
            desk.sync()
        for desk in (tablet, laptop, twin):
            assert desk.read(copies[0])["notes"] == "what the server forgot"
            assert desk.read(copies[1])["notes"] == "what it has 2"
            assert desk.hash == laptop.hash


def test_what_only_a_snapshot_tells_comes_back_to_devices_that_forgot_it(
    world: World, tmp_path: Path
) -> None:
    """The server and who made it alone are put back; only who began with it has it, as a whole."""
    house = world.artmatt
    folders = [tmp_path / f"{n}.swingtag" for n in range(2)]
    for desk, folder in zip(house.desks, folders, strict=True):
        desk.reopen(partial(shutil.copytree, desk.vault.folder, folder))
    copies = write_much(house)
    away = SEEN_SECONDS + 1
    world.server.dial.turn(away)
    house.laptop.hand.ahead = house.tablet.hand.ahead = away * 1000
    house.laptop.sync()
    house.laptop.tidy()
    assert entries_at(house.laptop) == 0, "nobody else was asked"
    with (
        pair(house.laptop, tmp_path / "phone.swingtag", world.server.address) as phone,
        running(tmp_path / "new server") as server,
        open_desk(folders[0], house.laptop.vault.key, server.address) as laptop,
        open_desk(folders[1], house.tablet.vault.key, server.address) as tablet,
    ):
        phone.sync()
        chain = house.laptop.vault.log.state().links
        keep_server(phone.vault.secrets, server.address)
        phone.restart()
        for desk in (laptop, tablet):
            add_founding(desk.vault.secrets, read_founding(house.laptop.vault.secrets))
            desk.vault.log.absorb((), chain)
            desk.restart()
        laptop.network.sign_up(laptop.vault, server.address, "artmatt")
        for desk in (laptop, tablet):
            desk.sync()
        with pytest.raises(BaseLostError):
            phone.sync()
        for desk in (laptop, tablet):
            desk.sync()
            desk.tidy()
        for desk in (phone, laptop, tablet, phone):
            desk.sync()
        for desk in (phone, laptop, tablet):
            assert desk.read(copies[0])["notes"] == house.laptop.read(copies[0])["notes"]
            assert desk.hash == house.laptop.hash
            assert desk.session.notices == ()


def test_two_bases_of_which_neither_has_all_are_bridged_by_entries(
    world: World, tmp_path: Path
) -> None:
    """The server is put back and goes on to a base of its own, without what another stood for."""
    house = world.artmatt
    laptop, tablet = house.desks
    copies = [laptop.add(notes=f"copy {n}") for n in range(2)]
    house.sync()
    shutil.copytree(world.server.folder, tmp_path / "older")
    for n in range(8):
        laptop.put(copies[0], notes=f"by the laptop {n}")
        laptop.sync()
    world.server.dial.turn(SEEN_SECONDS + 1)
    laptop.hand.ahead = tablet.hand.ahead = (SEEN_SECONDS + 1) * 1000
    laptop.sync()
    laptop.tidy()
    assert entries_at(laptop) == 0
    with (
        pair(laptop, tmp_path / "phone.swingtag", world.server.address) as phone,
        running(tmp_path / "older") as server,
    ):
        phone.sync()
        server.dial.turn(2 * SEEN_SECONDS)
        for desk in (laptop, tablet, phone):
            desk.hand.ahead = 2 * SEEN_SECONDS * 1000
            keep_server(desk.vault.secrets, server.address)
            desk.restart()
        for n in range(9):
            tablet.put(copies[1], notes=f"by the tablet {n}")
            tablet.sync()
        tablet.tidy()
        assert entries_at(tablet) == 0
        for desk in (laptop, phone, tablet, laptop, phone):
            desk.sync()
        for desk in (laptop, phone, tablet):
            assert desk.read(copies[0])["notes"] == "by the laptop 7"
            assert desk.read(copies[1])["notes"] == "by the tablet 8"
            assert desk.hash == laptop.hash
            assert past(desk, copies[0]) == past(laptop, copies[0])
            assert desk.session.notices == ()


def test_another_snapshot_than_the_one_named_is_neither_taken_in_nor_signed(
    world: World,
) -> None:
    house, shown = world.artmatt, list[bytes]()
    write_much(house)
    compact(house)
    base = house.laptop.vault.snapshots.base
    assert base is not None

    def listen(path: str, body: bytes) -> bytes:
        if "/base/" in path:
            shown.append(body)
        return body

    house.tablet.line.alter = listen
    house.tablet.session._bases.learn(base.hash)
    house.tablet.line.alter = lambda path, body: shown[0] if "/base/" in path else body
    write_much(house)
    house.laptop.tidy()
    with pytest.raises(FalseBaseError):
        house.tablet.tidy()
    assert entries_at(house.laptop) > 0
    house.tablet.line.alter = None
    house.tablet.tidy()
    assert entries_at(house.laptop) == 0


def test_a_snapshot_behind_a_cut_is_replaced_by_one_before_it(world: World, tmp_path: Path) -> None:
    """Decision 12: newcomers refuse it, and who took it in takes the next one in its place."""
    house = world.artmatt
    laptop, tablet = house.desks
    copies = write_much(house)
    address = world.server.address
    tablet.put(copies[1], notes="behind the cut")
    house.sync()
    compact(house)
    with pair(laptop, tmp_path / "phone.swingtag", address) as phone:
        phone.sync()
        assert phone.read(copies[1])["notes"] == "behind the cut"
        laptop.sync()
        books = laptop.session._exchange.books
        heads = {
            origin: Head(head.seq - 1, laptop.vault.log.hash_at(origin, head.seq - 1) or NO_HASH)
            if origin == tablet.vault.log.origin
            else head
            for origin, head in books.ledger.state.heads.items()
        }
        out = tablet.vault.device
        link = removal(books.membership, books.identity, out, heads, secrets.token_bytes)
        parcel = LinkParcel(link.link, link.boxes)
        laptop.session._courier.append_links(ChainRequest(books.membership.head, (parcel,)))
        laptop.sync()
        assert laptop.read(copies[1])["notes"] != "behind the cut"
        with pair(laptop, tmp_path / "second.swingtag", address) as second:
            with pytest.raises(FalseBaseError):
                second.sync()
            phone.sync()
            laptop.tidy()
            phone.tidy()
            second.sync()
            assert second.read(copies[1])["notes"] != "behind the cut"
            second.tidy()
            for desk in (laptop, phone, second):
                desk.sync()
            assert laptop.hash == second.hash == phone.hash
            assert laptop.network.about(laptop.vault).entries <= 1, "what lies behind the cut"


def write_for_months(world: World) -> tuple[RecordId, int]:
    """Let old history be put together; return a copy and a time that lies in it."""
    house = world.artmatt
    laptop = house.laptop
    copy = laptop.add(notes="first")
    house.sync()
    house.tablet.put(copy, notes="by the tablet")  # a conflict, were what follows not seen whole
    house.sync()
    for n in range(10):
        laptop.put(copy, notes=f"typing {n}")
        laptop.hand.ahead += 60_000
        laptop.sync()
    house.sync()
    then = laptop.vault.chronicle.span().last
    assert then is not None
    compact(house)
    months = 40 * 24 * 3_600_000
    for desk in house.desks:
        desk.hand.ahead += months
    world.server.dial.turn(months / 1000)
    house.sync()
    for n in range(10):
        laptop.put(copy, notes=f"much later {n}")
        laptop.sync()
    house.sync()
    compact(house)
    base = laptop.vault.snapshots.base
    assert base is not None
    assert [segment.settled for segment in base.manifest.segments] == [True, False]
    return copy, then


def test_old_history_is_put_together_and_never_the_last_word_of_an_hour(
    world: World, tmp_path: Path
) -> None:
    laptop = world.artmatt.laptop
    copy, then = write_for_months(world)
    with pair(laptop, tmp_path / "phone.swingtag", world.server.address) as phone:
        phone.sync()
        values = [value for field, value, _, _ in past(phone, copy) if field == "notes"]
        later = [f"much later {n}" for n in reversed(range(10))]
        assert values == [*later, "typing 9", "by the tablet", "first"]
        assert len(past(laptop, copy)) > len(values), "who wrote it keeps all"
        for desk in (laptop, phone):
            span = desk.vault.chronicle.span()
            assert span.known == span.first
            assert shown_then(desk, then) == ("typing 9", [])
            assert shown_then(desk, laptop.hand.millis()) == ("much later 9", [])
        (put,) = phone.vault.chronicle.piece_back(copy, reading_at(then)).operations
        assert put == PutMany(Kind.COPY, [copy], ("notes",), (["typing 9"],))
        lose_an_edit(phone)
        with pytest.raises(UnknownPastError):
            shown_then(phone, then)


def shown_then(desk: Desk, millis: int) -> tuple[object, list[Conflict]]:
    """Return the notes of the only piece, and the choices that waited."""
    then = PastVault(desk.vault, reading_at(millis), lambda _done, _whole: None)
    (fields,) = then.records.living(Kind.COPY).values()
    return fields["notes"], list(then.records.conflicts())


def lose_an_edit(desk: Desk) -> None:
    """Lose the tablet's edit, after which it wrote nothing for an hour: that did not pass."""
    with desk.vault._database.writing() as cursor:
        sql = """
            UPDATE edit SET segment = NULL WHERE segment IS NOT NULL AND label = 'Edit'
            AND stream = (SELECT stream FROM edit GROUP BY stream ORDER BY count(*) LIMIT 1)"""
        assert cursor.execute(sql).rowcount == 1


def test_the_worker_tidies_when_nothing_happens(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    rhythm = replace(laptop.network.rhythm, pace=replace(SWIFT, rest=0.05))
    laptop.network = replace(laptop.network, rhythm=rhythm)
    laptop.restart()
    working = Working(laptop)
    for n in range(10):
        working.edit(f"{n}")
        working.settle()
    eventually(lambda: "POST /v1/base" in laptop.line.asked)
    tablet.sync()
    tablet.tidy()
    assert entries_at(tablet) == 0
    working.worker.stop()


def swapped_bit(part: str, path: str, body: bytes) -> bytes:
    return body[:-20] + bytes([body[-20] ^ 1]) + body[-19:] if part in path else body


def cut_short(part: str, path: str, body: bytes) -> bytes:
    return body[:-1] if part in path else body


def nothing(part: str, path: str, body: bytes) -> bytes:
    return b"" if part in path else body
