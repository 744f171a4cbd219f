"""What the sync needs of a vault, with the real ledger judging what goes from one to the other."""

from pathlib import Path

import pytest

from desktop.collection.founding import found_tenant
from desktop.vault.errors import UnfitLinksError
from desktop.vault.layout import layout_of
from desktop.vault.readable import passed_over
from desktop.vault.vault import Surroundings, Vault
from shared.crypto.devices import DeviceKeys
from shared.crypto.epochs import Keyring
from shared.crypto.randomness import Salts
from shared.domain.edits import Edit, Group, Shape, encode_edit
from shared.domain.operations import Put
from shared.domain.schema import Kind
from shared.domain.stamps import Origin
from shared.ids import Cursor, DeviceId, LogId
from shared.ledger import Accepted, Author, Ledger, rebuild
from shared.ledger.values import SealedEntry
from shared.membership import Role, Signer, admit, verify_chain
from tests.desktop.vault.household import Clock, converge, drawn, plain_entry, rid

COPY = rid(1)


class Founder:
    """Two vaults of one tenant whose entries the real ledger seals and judges."""

    def __init__(self, home: Path) -> None:
        self.founded = found_tenant(drawn(b"found"))
        self.keyring = Keyring(self.founded.tenant, {1: self.founded.epoch_key})
        self.vault = self._make(home / "a.swingtag", self.founded.keys.device)
        self.elsewhere = self._make(home / "b.swingtag", DeviceId(rid(7)))

    def _make(self, folder: Path, device: DeviceId) -> Vault:
        world = Surroundings(Clock(), drawn(b"world"))
        vault = Vault.create(folder, "pw", self.founded.tenant, device, world)
        links = [made.link for made in self.founded.links]
        vault.log.absorb([], links)
        vault.log.absorb([], links)
        return vault

    def ledger(self, vault: Vault) -> Ledger:
        return Ledger(vault.log.state(), self.keyring, vault.log.hash_at)

    def seal(self) -> SealedEntry:
        log = self.vault.log
        numbers, edits = log.pending(10, 1 << 20)
        author = Author(log.origin, self.founded.keys.signing, log.previous)
        entry = self.ledger(self.vault).seal(edits, author, Salts(drawn(b"salt")))
        log.keep_sealed(entry, numbers)
        return entry


@pytest.fixture
def founder(tmp_path):
    founder = Founder(tmp_path)
    founder.vault.apply("Add", [Put(Kind.COPY, COPY, {"notes": "a" * 500})])
    founder.vault.apply("Edit", [Put(Kind.COPY, COPY, {"notes": "b"})])
    yield founder
    founder.vault.close()
    founder.elsewhere.close()


def test_the_outbox_is_emptied_step_by_step(founder):
    log = founder.vault.log
    assert len(log.pending(10, 1)[0]) == 1, "one at least, however small the room"
    assert log.waiting() == len(log.pending(10, 1 << 20)[0]) == 2
    entry = founder.seal()
    assert log.pending(10, 1 << 20) == ((), ())
    assert log.unsent() == [entry]
    assert log.waiting() == 2
    log.acknowledge([entry])
    assert (log.unsent(), log.waiting()) == ([], 0)


def test_entries_are_kept_once_and_rebuilt_to_the_byte(founder):
    """The history is what was sealed; the sealed bytes come out of it again, also elsewhere."""
    entry, here, there = founder.seal(), founder.vault.log, founder.elsewhere.log
    sealed = rebuild(here.entry_at(entry.origin, 1), founder.keyring)
    history = founder.vault.records.history(Kind.COPY, COPY)
    assert [past.value for past in history] == ["b", "a" * 500]
    ledger = founder.ledger(founder.elsewhere)
    accepted = ledger.judge(sealed)
    assert isinstance(accepted, Accepted)
    there.absorb([accepted], cursor=Cursor(41), log_id=LogId(b"l" * 16))
    assert there.cursor() == (LogId(b"l" * 16), 41)
    assert rebuild(there.entry_at(entry.origin, 1), founder.keyring) == sealed
    assert there.state().heads == ledger.state.heads == here.state().heads
    assert there.state().links == here.state().links == tuple(m.link for m in founder.founded.links)
    assert there.content_hash() == here.content_hash()
    assert founder.elsewhere.records.history(Kind.COPY, COPY) == history


def test_an_edit_that_cannot_be_read_is_passed_over_and_holds_nothing_up(device):
    one, other = device("one"), device("other")
    one.put(COPY, notes="a")
    one.seal()
    (good,) = other.lacks(one)
    stranger = one.vault.log.origin._replace(device=rid(99))
    bad = plain_entry(stranger, 1, {}, (b"\xc1",))
    other.vault.log.absorb([Accepted(bad, {}, (b"\xc1",)), good], cursor=Cursor(9))
    assert other.vault.log.cursor() == (None, 9)
    assert other.vault.log.entry_at(stranger, 1) == bad, "it is passed on as it is"
    assert other.get(COPY) == {"notes": "a"}
    assert passed_over(other.vault.secrets) == {rid(99)}
    assert other.vault.checkup.examine(None) == []


def test_links_that_make_no_chain_are_not_stored(founder):
    """Two lists behind each other are none; a collection with such a table opens nothing."""
    entry, log = founder.seal(), founder.elsewhere.log
    links, signer = (
        log.state().links,
        Signer(founder.founded.keys.device, founder.founded.keys.signing),
    )
    now = verify_chain(links, founder.founded.tenant)

    def key(number):
        keys = DeviceKeys.generate(drawn(bytes([number])))
        newcomer = keys.introduce(now.tenant)
        return admit(now, signer, newcomer, Role.OWNER, b"box" * number).link

    ours, theirs = key(1), key(2)
    log.absorb([], [ours])
    accepted = founder.ledger(founder.elsewhere).judge(rebuild(entry, founder.keyring))
    for unfit in ([theirs], [ours, theirs], [b"nonsense"], [*links, theirs]):
        with pytest.raises(UnfitLinksError):
            log.absorb([accepted], unfit, cursor=Cursor(41))
    assert log.state().links == (*links, ours)
    assert log.state().heads == {}
    assert log.cursor() == (None, 0)
    log.absorb([accepted], [*links, ours])
    assert verify_chain(log.state().links, now.tenant).length == len(links) + 1


def test_a_new_stream_takes_along_what_no_server_has(device):
    one, other = device("one"), device("other")
    one.put(COPY, notes="sent")
    one.seal()
    other.take(one)
    one.vault.log.acknowledge(one.vault.log.unsent())
    first = one.vault.log.origin
    one.put(COPY, notes="sealed")
    one.seal()
    one.put(COPY, notes="pending")
    second = one.vault.log.renew()
    assert (one.vault.log.previous, second.device) == (first, first.device)
    assert one.heads[first].seq == 1
    assert one.vault.log.waiting() == 2
    converge([one, other])
    assert other.get(COPY) == {"notes": "pending"}
    assert other.heads.keys() == {first, second}
    assert not other.vault.records.conflicts()
    assert [past.value for past in other.vault.records.history(Kind.COPY, COPY)] == [
        "pending",
        "sealed",
        "sent",
    ]


def test_the_same_edit_in_two_entries_counts_once(device):
    """A restored device sends again, in a new stream, what it had sent in the one before."""
    one, other = device("one"), device("other")
    one.put(COPY, notes="a")
    one.seal()
    (once,) = other.lacks(one)
    one.vault.log.renew()
    one.put(COPY, notes="b")
    one.seal()
    other.take(one)
    other.vault.log.absorb([once])
    one.vault.log.absorb([once])
    assert other.get(COPY) == one.get(COPY) == {"notes": "b"}
    assert not other.vault.records.conflicts()
    assert len(other.vault.records.history(Kind.COPY, COPY)) == 2


def test_what_a_newer_version_wrote_is_kept_merged_and_passed_on(device):
    one, other = device("one"), device("other")
    newer = Origin(rid(99), b"newer-on")
    groups = (
        Group(Shape.INSERT, "holiday", [COPY], ("sparkle",), (["much"],)),
        Group(Shape.INSERT, "copy", [rid(2)], ("glitter", "notes"), ([5], ["known"])),
        Group(77, "copy", [rid(2)]),
    )
    blob = encode_edit(Edit("Newer", 1 << 60, 0, newer, groups))
    entry = plain_entry(newer, 1, {}, (blob,))
    one.vault.log.absorb([Accepted(entry, {}, (blob,))])
    other.take(one)
    assert one.vault.log.content_hash() == other.vault.log.content_hash()
    assert other.get(rid(2)) == {"glitter": 5, "notes": "known"}
    assert other.vault.log.entry_at(newer, 1) == entry
    with other.vault._database.reading() as cursor:
        (row,) = layout_of("holiday").read_living(cursor)
        assert layout_of("party").read_living(cursor) == []
    assert row.fields() == {"sparkle": "much"}
    other.put(rid(2), notes="edited here")
    converge([one, other])
    assert one.get(rid(2)) == {"glitter": 5, "notes": "edited here"}


@pytest.mark.parametrize("field", ["notes", "paid", "model", "deleted"])
def test_a_value_that_its_field_cannot_hold_is_passed_over(device, field):
    one = device("one")
    wrong = {"notes": 5, "paid": "five", "model": "text", "deleted": True}[field]
    group = Group(Shape.INSERT, "copy", [COPY], (field,), ([wrong],))
    stranger = one.vault.log.origin._replace(device=rid(99))
    blob = encode_edit(Edit("Odd", 1 << 60, 0, stranger, (group,)))
    one.vault.log.absorb([Accepted(plain_entry(stranger, 1, {}, (blob,)), {}, (blob,))])
    assert one.get(COPY) == {}
    assert passed_over(one.vault.secrets) == {rid(99)}
