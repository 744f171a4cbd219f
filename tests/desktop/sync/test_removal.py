"""A device is put out: at once, or when the server can be reached again; and what that means."""

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec import structs

from desktop.sync.books import Books
from desktop.sync.chain import Chain
from desktop.sync.errors import RefusedError, UnreachableError
from desktop.sync.notices import Notice
from desktop.sync.put_out import PutOutError, UnprovenRemovalError
from desktop.sync.refusal import Refusal
from desktop.sync.removal import (
    is_wished,
    removal,
    wish,
    wish_role,
    wished_role,
    withdraw,
    withdraw_role,
)
from desktop.vault.identity import read_identity
from desktop.vault.values import Query
from shared.crypto.randomness import Salts
from shared.domain.schema import Kind
from shared.domain.stamps import Origin
from shared.ids import Incarnation, RecordId
from shared.ledger import Author, Waiting
from shared.membership import MOST_STREAMS, Role
from shared.protocol.messages import (
    ChainReply,
    ChainRequest,
    LinkParcel,
    SyncReply,
    decode,
    encode,
)
from shared.protocol.problems import Code
from tests.desktop.sync.conftest import World, pair
from tests.desktop.sync.desk import Desk, eventually
from tests.desktop.sync.test_worker import Working


def live(desk: Desk) -> set[bytes]:
    chain = Chain.held(desk.vault.log.state())
    return {member.device for member in chain.membership.live if member.role is not Role.PAPER}


def written_by(desk: Desk, **fields: str) -> bytes:
    """Let a device write an entry and return it sealed, without sending it."""
    desk.add(**fields)
    books = Books(desk.vault, desk.network.surroundings.random)
    numbers, edits = desk.vault.log.pending(100, 10_000)
    (entry,) = books.seal(numbers, edits)
    return books.sealed(entry)


def slip_in(desk: Desk, *entries: bytes) -> None:
    """Let the server show these entries to a device."""

    def alter(path: str, body: bytes) -> bytes:
        if not path.endswith("/sync"):
            return body
        reply = decode(body, SyncReply)
        return encode(structs.replace(reply, entries=(*reply.entries, *entries)))

    desk.line.alter = alter


def test_one_sync_puts_a_device_out(world: World, tmp_path: Path) -> None:
    laptop, tablet = world.artmatt.desks
    before = tablet.add(notes="before")
    world.artmatt.sync()
    with pair(laptop, tmp_path / "phone.swingtag", world.server.address) as phone:
        phone.sync()
        wish(laptop.vault.secrets, tablet.vault.device)
        laptop.sync()
        phone.sync()
        assert live(laptop) == live(phone) == {laptop.vault.device, phone.vault.device}
        assert not is_wished(laptop.vault.secrets, tablet.vault.device)
        assert laptop.session.notices == phone.session.notices == ()

        with pytest.raises(RefusedError) as caught:
            tablet.sync()
        assert isinstance(caught.value, PutOutError)
        assert tablet.read(before)["notes"] == "before"

        after = phone.add(notes="after")
        phone.sync()
        laptop.sync()
        assert laptop.read(after)
        assert laptop.read(before)
        assert laptop.hash == phone.hash
    assert live(world.begin.laptop) == {desk.vault.device for desk in world.begin.desks}
    world.begin.sync()


def test_the_paper_device_gets_the_new_key_too(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    bear = laptop.add(notes="kept")
    wish(laptop.vault.secrets, tablet.vault.device)
    laptop.sync()
    later = laptop.add(notes="under the new key")
    laptop.sync()
    words, tenant = " ".join(world.artmatt.words), laptop.vault.tenant
    joined = laptop.network.recover(words, tenant, world.server.address)
    keyring = read_identity(laptop.vault.secrets).keyring
    assert joined.identity.keyring == keyring
    assert set(keyring.epoch_keys) == {1, 2}
    assert laptop.read(bear)
    assert laptop.read(later)


def test_what_is_written_under_the_new_key_is_closed_to_the_removed_device(world: World) -> None:
    """Even a server that hands everything to it gives it nothing that it can open."""
    laptop, tablet = world.artmatt.desks
    wish(laptop.vault.secrets, tablet.vault.device)
    laptop.sync()
    laptop.add(notes="not for the tablet")
    laptop.sync()
    head = max(laptop.vault.log.state().heads.items(), key=lambda item: item[1].seq)
    books = Books(laptop.vault, laptop.network.surroundings.random)
    entry = laptop.vault.log.entry_at(head[0], head[1].seq)
    assert entry is not None
    links = laptop.session._courier.chain().links
    parcels = links[len(tablet.vault.log.state().links) :]
    theirs = Books(tablet.vault, tablet.network.surroundings.random)
    theirs.grow(parcels)
    assert not theirs.identity.keyring.has(2)
    assert isinstance(theirs.ledger.judge(books.sealed(entry)), Waiting)


def test_a_removal_waits_for_the_line_and_can_be_taken_back(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    laptop.line.cut = True
    wish(laptop.vault.secrets, tablet.vault.device)
    with pytest.raises(UnreachableError):
        laptop.sync()
    laptop.reopen()
    assert is_wished(laptop.vault.secrets, tablet.vault.device)
    tablet.add(notes="still one of us")
    tablet.sync()

    withdraw(laptop.vault.secrets, tablet.vault.device)
    laptop.line.cut = False
    laptop.sync()
    assert tablet.vault.device in live(laptop)

    wish(laptop.vault.secrets, tablet.vault.device)
    laptop.reopen()
    laptop.sync()
    assert live(laptop) == {laptop.vault.device}
    assert laptop.session.notices == ()


def test_a_removal_whose_answer_was_lost_is_not_made_twice(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    laptop.line.alter = lambda path, body: _lose_next(laptop, path, body)
    wish(laptop.vault.secrets, tablet.vault.device)
    with pytest.raises(UnreachableError):
        laptop.sync()
    laptop.line.alter = None
    laptop.sync()
    assert live(laptop) == {laptop.vault.device}
    assert set(read_identity(laptop.vault.secrets).keyring.epoch_keys) == {1, 2}
    laptop.add(notes="goes on")
    laptop.sync()
    assert laptop.vault.log.waiting() == 0


def _lose_next(desk: Desk, path: str, body: bytes) -> bytes:
    """Lose the answer to the next request once this one has come through."""
    if path.endswith("/sync"):
        desk.line.lost_replies = 1
    return body


def test_whoever_is_slower_signs_anew(world: World, tmp_path: Path) -> None:
    """Two devices remove two others at the same moment: both are out, under one chain."""
    laptop, tablet = world.artmatt.desks
    with (
        pair(laptop, tmp_path / "one.swingtag", world.server.address) as one,
        pair(laptop, tmp_path / "two.swingtag", world.server.address) as two,
    ):
        for desk in (laptop, tablet, one, two):
            desk.sync()
        wish(laptop.vault.secrets, one.vault.device)
        wish(tablet.vault.secrets, two.vault.device)
        wish(tablet.vault.secrets, one.vault.device)
        rivals = [tablet]

        def first(method: str, path: str) -> None:
            if (method, path) == ("POST", "/v1/chain") and rivals:
                rivals.pop().sync()

        laptop.line.refuse = first
        laptop.sync()
        tablet.sync()
        assert live(laptop) == live(tablet) == {laptop.vault.device, tablet.vault.device}
        assert not is_wished(laptop.vault.secrets, one.vault.device)
        laptop.add(notes="both read this")
        world.artmatt.sync()
        assert laptop.hash == tablet.hash


def test_entries_after_the_cut_are_refused_everywhere(world: World, tmp_path: Path) -> None:
    laptop, tablet = world.artmatt.desks
    early = tablet.add(notes="counts")
    tablet.sync()
    late = written_by(tablet, notes="too late")
    with pair(laptop, tmp_path / "phone.swingtag", world.server.address) as phone:
        wish(laptop.vault.secrets, tablet.vault.device)
        laptop.sync()
        for desk in (laptop, phone):
            slip_in(desk, late)
            desk.sync()
            assert desk.session.notices == (Notice.LATE.value,)
            desk.line.alter = None
            desk.sync()
            assert desk.session.notices == ()
            assert desk.read(early)
        assert laptop.hash == phone.hash
    with pytest.raises(RefusedError):
        tablet.sync()


def test_a_viewer_sees_everything_and_sends_nothing_until_it_may_again(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    early = tablet.add(notes="while it was an owner")
    world.artmatt.sync()
    wish_role(laptop.vault.secrets, tablet.vault.device, Role.VIEWER)
    laptop.sync()
    assert wished_role(laptop.vault.secrets, tablet.vault.device) is None
    news = laptop.add(notes="for everybody")
    laptop.sync()
    tablet.sync()
    held = tablet.add(notes="kept back")
    tablet.sync()
    tablet.sync()
    assert tablet.read(news)["notes"] == "for everybody"
    assert tablet.read(early)
    assert tablet.vault.log.waiting() == 1
    wish(tablet.vault.secrets, laptop.vault.device)
    tablet.sync()
    laptop.sync()
    assert laptop.read(early)
    assert not laptop.read(held)
    assert live(laptop) == {laptop.vault.device, tablet.vault.device}
    withdraw(tablet.vault.secrets, laptop.vault.device)

    wish_role(laptop.vault.secrets, tablet.vault.device, Role.EDITOR)
    laptop.sync()
    tablet.sync()
    tablet.sync()
    laptop.sync()
    assert laptop.read(held)["notes"] == "kept back"
    assert laptop.hash == tablet.hash
    assert laptop.session.notices == tablet.session.notices == ()
    world.begin.sync()
    roles = {
        member.role for member in Chain.held(world.begin.laptop.vault.log.state()).membership.live
    }
    assert roles == {Role.OWNER, Role.PAPER}


def test_a_role_waits_for_the_line_and_can_be_taken_back(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    laptop.line.cut = True
    wish_role(laptop.vault.secrets, tablet.vault.device, Role.EDITOR)
    with pytest.raises(UnreachableError):
        laptop.sync()
    laptop.reopen()
    withdraw_role(laptop.vault.secrets, tablet.vault.device)
    laptop.line.cut = False
    laptop.sync()
    chain = Chain.held(laptop.vault.log.state())
    assert chain.membership.devices[tablet.vault.device].role is Role.OWNER


def test_a_removed_device_signs_nothing_that_counts(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    tablet.sync()
    signer = read_identity(tablet.vault.secrets)
    wish(laptop.vault.secrets, tablet.vault.device)
    laptop.sync()
    chain = Chain.held(tablet.vault.log.state())
    made = removal(
        chain.membership, signer, laptop.vault.device, {}, tablet.network.surroundings.random
    )
    parcel = LinkParcel(made.link, made.boxes)
    with pytest.raises(RefusedError) as caught:
        tablet.session._courier.append_links(ChainRequest(chain.membership.head, (parcel,)))
    assert caught.value.refusal.code is Code.REVOKED
    laptop.sync()
    assert live(laptop) == {laptop.vault.device}


def in_many_lives(thief: Desk) -> list[bytes]:
    """Seal entries in as many incarnations as there may be, and in one more."""
    books = Books(thief.vault, secrets.token_bytes)
    keys, ledger, salts = books.identity.keys, books.ledger, Salts(secrets.token_bytes)
    before, sealed = books.author.origin, []
    here = sum(origin.device == before.device for origin in ledger.state.heads)
    for _ in range(MOST_STREAMS + 1 - here):
        life = Origin(before.device, Incarnation(secrets.token_bytes(8)))
        author = Author(life, keys.signing, before)
        sealed.append(books.sealed(ledger.seal((), author, salts)))
        # It claims to have seen no more than its own last entry, and hides from its own count.
        ledger._heads = {life: ledger._heads[life]}
        before = life
    return sealed


def test_a_thief_cannot_make_more_lives_than_a_removal_can_cut_off(
    world: World, tmp_path: Path
) -> None:
    """The server takes no entry of one more; the removal lists all that there are."""
    laptop, tablet = world.artmatt.desks
    with pair(laptop, tmp_path / "phone.swingtag", world.server.address) as thief:
        bear = thief.add(notes="before it was stolen")
        for desk in (thief, laptop, tablet, thief):
            desk.sync()
        *sealed, further = in_many_lives(thief)
        courier, exchange = thief.session._courier, thief.session._exchange
        exchange.begin()
        asked = exchange.parcel()
        for entries in (*batched(sealed, 500), (further,)):
            answer = courier.sync(structs.replace(asked, entries=tuple(entries), heads=b""))
            assert isinstance(answer, Refusal) is (further in entries)
        assert answer.code is Code.ENTRY_REFUSED
        laptop.sync()
        wish(laptop.vault.secrets, thief.vault.device)
        laptop.sync()
        tablet.sync()
        assert live(laptop) == live(tablet) == {laptop.vault.device, tablet.vault.device}
        member = Chain.held(tablet.vault.log.state()).membership.devices[thief.vault.device]
        assert len(member.cuts) == MOST_STREAMS
        assert tablet.read(bear)["notes"] == "before it was stolen"
        assert laptop.hash == tablet.hash
        assert laptop.session.notices == tablet.session.notices == ()
    world.begin.sync()
    assert world.begin.laptop.hash == world.begin.tablet.hash
    assert len(live(world.begin.laptop)) == 2, "untouched"


def batched(entries: list[bytes], count: int) -> Iterator[list[bytes]]:
    for at in range(0, len(entries), count):
        yield entries[at : at + count]


def test_at_work_the_line_closes_and_the_person_is_told(world: World) -> None:
    """Within a second or two, without anybody asking: the event stream is cut."""
    laptop, tablet = world.artmatt.desks
    working = Working(tablet)
    try:
        working.settle()
        eventually(lambda: working.worker._listener.live)
        began = time.monotonic()
        wish(laptop.vault.secrets, tablet.vault.device)
        laptop.sync()
        eventually(lambda: working.worker.status.removed)
        assert "and signed it" in working.worker.status.message
        assert time.monotonic() - began < 5
        assert not working.worker._listener.live
    finally:
        working.worker.stop()


def test_a_server_that_only_says_so_is_not_believed(world: World) -> None:
    """Nobody has removed the laptop: the list that it can show is the one that is here."""
    laptop, tablet = world.artmatt.desks
    bear = laptop.add(notes="stays here")
    forged = tablet.session._courier.chain()
    laptop.line.refuse = lambda _method, path: None if path.endswith("/chain") else Code.REVOKED
    working = Working(laptop)
    try:
        for shown in (forged, ChainReply(forged.links[:1]), ChainReply(())):
            laptop.line.alter = lambda path, body, shown=shown: (
                encode(shown) if path.endswith("/chain") else body
            )
            working.worker.sync_now()
            eventually(lambda: working.worker.status.message.startswith("The server says"))
            with pytest.raises(UnprovenRemovalError):
                laptop.sync()
        laptop.line.refuse = lambda _method, _path: Code.REVOKED
        with pytest.raises(UnprovenRemovalError):
            laptop.sync()
        assert not working.worker.status.removed
    finally:
        working.worker.stop()
    laptop.line.alter, laptop.line.refuse = None, lambda _method, _path: None
    world.artmatt.sync()
    assert tablet.read(bear)["notes"] == "stays here"


def test_a_clock_that_runs_ahead_is_held_to_the_servers(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    year = 365 * 24 * 3600 * 1000
    laptop.hand.ahead = year
    assert laptop.vault.clock.now_millis() > time.time() * 1000 + year / 2
    laptop.sync()
    bear = laptop.add(notes="by a clock that is a year ahead")
    world.artmatt.sync()
    (past,) = tablet.vault.records.history(Kind.COPY, bear)
    assert past.millis > time.time() * 1000 + year / 2, "dated as the laptop's own clock has it"
    tablet.put(bear, notes="written later, by a clock that is right")
    world.artmatt.sync()
    assert laptop.read(bear) == tablet.read(bear)
    assert laptop.read(bear)["notes"] == "written later, by a clock that is right"
    laptop.hand.ahead = -year
    assert laptop.vault.clock.now_millis() < time.time() * 1000, "a slow clock is left alone"


@dataclass(frozen=True)
class Slipped:
    """Pieces that the tablet still wrote to, and that the phone has got, before the cut."""

    phone: Desk
    changed: RecordId
    deleted: RecordId
    built_on: RecordId
    born: RecordId

    @property
    def pieces(self) -> set[RecordId]:
        return {self.changed, self.deleted, self.built_on}


@pytest.fixture
def slipped(world: World, tmp_path: Path) -> Iterator[Slipped]:
    """The tablet's last edits reach the server and the phone, but not the one that removes it."""
    laptop, tablet = world.artmatt.desks
    changed, deleted, built_on = (laptop.add(notes=f"{n}", number=f"{n}") for n in range(3))
    laptop.sync()
    with pair(laptop, tmp_path / "phone.swingtag", world.server.address) as phone:
        for desk in (tablet, phone):
            desk.sync()
        assert len(phone.vault.shelves.find(Query())) == 3
        tablet.put(changed, notes="late")
        tablet.put(built_on, notes="late")
        tablet.delete(deleted)
        born = tablet.add(notes="late")
        rivals = [phone, tablet]

        def meanwhile(method: str, path: str) -> None:
            while (method, path) == ("POST", "/v1/chain") and rivals:
                rivals.pop().sync()

        laptop.line.refuse = meanwhile
        wish(laptop.vault.secrets, tablet.vault.device)
        laptop.sync()
        assert phone.read(changed)["notes"] == "late"
        assert phone.read(born)
        yield Slipped(phone, changed, deleted, built_on, born)


def test_what_slipped_in_before_the_cut_is_set_aside_again(slipped: Slipped) -> None:
    phone = slipped.phone
    phone.put(slipped.built_on, number="on top of it")
    phone.sync()
    assert phone.session.notices == (Notice.SET_ASIDE.value,)
    assert phone.read(slipped.changed)["notes"] == "0"
    assert not phone.read(slipped.born)
    assert phone.read(slipped.built_on) == {"notes": "2", "number": "on top of it"}
    assert set(phone.vault.shelves.find(Query())) == slipped.pieces
    assert list(phone.vault.shelves.find(Query(words="late"))) == []
    assert phone.vault.shelves.counts().trash == 0
    past = phone.vault.records.history(Kind.COPY, slipped.changed)
    assert "late" in [each.value for each in past]


def test_who_was_cut_off_speaks_for_nobody(world: World, slipped: Slipped) -> None:
    """What the tablet wrote last does not settle a choice: the laptop never heard of it."""
    laptop, phone = world.artmatt.laptop, slipped.phone
    phone.sync()
    laptop.hand.ahead = -60_000
    laptop.put(slipped.changed, notes="late")
    phone.put(slipped.changed, notes="another")
    for desk in (laptop, phone, laptop):
        desk.sync()
    for desk in (laptop, phone):
        (conflict,) = desk.vault.records.conflicts()
        assert (conflict.winner.value, conflict.loser.value) == ("another", "late")
        assert conflict.loser.device == laptop.vault.device
    assert not world.begin.laptop.vault.records.conflicts()


def test_devices_on_both_sides_of_a_cut_agree_and_go_on(world: World, slipped: Slipped) -> None:
    laptop, phone = world.artmatt.laptop, slipped.phone
    phone.put(slipped.built_on, number="on top of it")
    phone.sync()
    for _ in range(2):
        for desk in (laptop, phone, laptop):
            desk.sync()
        assert laptop.hash == phone.hash
        laptop.put(slipped.changed, notes="goes on")
        phone.put(slipped.deleted, number="goes on, too")
    phone.reopen()
    assert set(phone.vault.shelves.find(Query())) == slipped.pieces
    for desk in (laptop, phone, laptop):
        desk.sync()
    assert laptop.hash == phone.hash
    assert laptop.session.notices == phone.session.notices == ()
