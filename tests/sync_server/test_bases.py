"""Snapshots and history at the server: what it keeps, when it drops entries, and when never."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from shared.envelope import Kind
from shared.ids import EntryHash, Incarnation
from shared.membership import Cut, Role
from shared.protocol import paths
from shared.protocol.limits import SEEN_SECONDS
from shared.protocol.messages import About, Approval, StreamHead
from shared.signing import NO_HASH, sha256
from tests.sync_server.collector import Device, granted, refused
from tests.sync_server.conftest import Households, sign_up_both
from tests.sync_server.serving import Running, running
from tests.sync_server.test_limits import SMALL

DAY = 86_400
LONG = SEEN_SECONDS + DAY


def wrote(device: Device, count: int = 3) -> StreamHead:
    device.sync(*(device.write() for _ in range(count)))
    return device.head


def about(device: Device) -> About:
    return msgspec.json.decode(granted(device.call("GET", paths.ABOUT)).content, type=About)


def compact(device: Device, *heads: StreamHead, **named: object) -> bytes:
    """Make a device's snapshot the base, which nobody else has to approve."""
    piece, snapshot = device.seal_object(Kind.PIECE), device.snapshot(*heads, **named)  # type: ignore[arg-type] # tests name fields freely
    granted(device.put_object(piece))
    granted(device.propose(snapshot, *heads, objects=(piece,)))
    assert device.base().base == sha256(snapshot)
    return snapshot


def test_a_lone_device_s_snapshot_takes_the_place_of_its_entries(households: Households) -> None:
    owner, other = households.artmatt, households.begin
    wrote(other)
    head = wrote(owner, 5)
    piece, segment = owner.seal_object(Kind.PIECE), owner.seal_object(Kind.SEGMENT)
    snapshot = owner.snapshot(head)
    for sealed in (piece, segment, segment):
        granted(owner.put_object(sealed))
    assert about(owner).entries == 5
    granted(owner.propose(snapshot, head, objects=(piece, segment)))
    assert (about(owner).entries, about(owner).entry_bytes) == (0, 0)
    assert about(owner).object_bytes == len(piece + segment + snapshot)
    assert about(other).entries == 3
    assert about(other).objects == 0
    assert granted(owner.call("GET", paths.sealed_object(sha256(piece)))).content == piece
    assert refused(other.call("GET", paths.sealed_object(sha256(piece)))) == (404, "not_found")
    # Its stream goes on where it was, and whoever has read all needs no snapshot.
    assert owner.sync(owner.write()).base == b""
    assert owner.sync(cursor=0, own=True, have=(head,)).entries[-1][82:90] == (6).to_bytes(8)


def test_a_newcomer_is_told_of_the_base_and_gets_the_rest_afterwards(
    households: Households,
) -> None:
    owner = households.artmatt
    head = wrote(owner, 5)
    snapshot = compact(owner, head)
    tail = owner.write()
    owner.sync(tail)
    newcomer = owner.add()
    mine = newcomer.write()
    told = newcomer.sync(mine)
    assert (told.base, told.entries, told.cursor) == (sha256(snapshot), (), 0)
    assert newcomer.sync(have=(head,)).entries == (tail,)
    assert newcomer.sync(mine).base == b""
    assert owner.sync().entries == (mine,)


def test_entries_are_dropped_only_when_all_who_were_here_lately_have_signed(
    server: Running,
) -> None:
    owner = sign_up_both(server).artmatt
    laptop, phone = owner.add(), owner.add()
    heads = (wrote(owner, 2), wrote(laptop, 2))
    owner.sync()
    snapshot, other = owner.snapshot(*heads), owner.snapshot(*heads)
    granted(owner.propose(snapshot, *heads))
    granted(laptop.propose(laptop.snapshot(*heads), *heads))
    assert owner.base().proposed == sha256(snapshot), "of two that say the same the first stays"
    assert owner.base().awaits == (laptop.keys.device,), "the phone was never here"
    phone.sync(have=heads)
    assert set(owner.base().awaits) == {laptop.keys.device, phone.keys.device}
    forged = Approval(laptop.keys.device, os.urandom(64))
    assert refused(owner.propose(snapshot, *heads, approvals=(forged,))) == (422, "entry_refused")
    moved = Approval(laptop.keys.device, laptop.approval(other).signature)
    assert refused(owner.propose(snapshot, *heads, approvals=(moved,))) == (422, "entry_refused")
    granted(laptop.approve(snapshot))
    granted(laptop.approve(snapshot))
    assert about(owner).entries == 4
    granted(phone.approve(snapshot))
    assert about(owner).entries == 0
    assert owner.base().base == sha256(snapshot)


def test_a_device_that_was_not_here_for_90_days_is_not_waited_for(server: Running) -> None:
    owner = sign_up_both(server).artmatt
    laptop = owner.add()
    head = wrote(laptop)
    snapshot = owner.snapshot(head)
    granted(owner.propose(snapshot, head))
    assert owner.base().awaits == (laptop.keys.device,)
    server.dial.turn(LONG)
    owner.clock = server.dial.millis
    assert owner.base().awaits == ()
    assert about(owner).entries == 3, "nothing is dropped unless somebody asks"
    granted(owner.propose(snapshot, head))
    assert about(owner).entries == 0


@pytest.mark.parametrize(
    "fault", ["viewer", "tenant", "kind", "heads", "epoch", "stranger", "signature"]
)
def test_a_proposal_that_is_not_in_order_changes_nothing(
    households: Households, fault: str
) -> None:
    owner, other = households.artmatt, households.begin
    head = wrote(owner)
    snapshot, heads = owner.snapshot(head), (head,)
    expected = (422, "entry_refused")
    match fault:
        case "tenant":
            snapshot = other.snapshot(head)
        case "kind":
            snapshot = owner.seal_object(Kind.PIECE)
        case "heads":
            heads = (StreamHead(head.device, head.incarnation, head.seq + 1, head.hash),)
        case "epoch":
            snapshot = owner.seal(
                kind=Kind.SNAPSHOT, seq=1, prev=NO_HASH, epoch=2, seen=snapshot[122:154]
            )
            expected = (409, "chain_behind")
        case "stranger":
            heads = (StreamHead(other.keys.device, head.incarnation, 1, head.hash),)
            snapshot = owner.snapshot(*heads)
        case "signature":
            snapshot = snapshot[:-1] + bytes([snapshot[-1] ^ 1])
        case _:
            viewer = owner.add(Role.VIEWER)
            snapshot = viewer.snapshot(head)
    assert refused(owner.propose(snapshot, *heads)) == expected
    assert about(owner).entries == 3
    assert owner.base().proposed == b""


def test_a_proposal_must_follow_the_base_and_contradict_nothing(households: Households) -> None:
    owner = households.artmatt
    head = wrote(owner)
    missing = owner.seal_object(Kind.PIECE)
    refusal = refused(owner.propose(owner.snapshot(head), head, objects=(missing,)))
    assert refusal == (409, "base_incomplete")
    other = StreamHead(head.device, head.incarnation, head.seq, EntryHash(os.urandom(32)))
    assert refused(owner.propose(owner.snapshot(other), other)) == (409, "entry_taken")
    first = compact(owner, head)
    later = wrote(owner)
    moved = (409, "base_moved")
    assert refused(owner.propose(owner.snapshot(later), later)) == moved, "the same number again"
    assert refused(owner.propose(owner.snapshot(later, n=2), later)) == moved, "after another one"
    back = owner.snapshot(n=2, prev=sha256(first))
    assert refused(owner.propose(back)) == moved, "it covers less"
    second = compact(owner, later, n=2, prev=sha256(first))
    granted(owner.propose(second, later))
    assert about(owner).entries == 0


def test_no_base_goes_past_the_cut_of_a_removed_device(households: Households) -> None:
    owner = households.artmatt
    thief = owner.add()
    wrote(owner, 1)
    entries = [thief.write() for _ in range(3)]
    thief.sync(*entries)
    cut = Cut(2, sha256(entries[1]))
    cuts = {thief.incarnation: cut}
    made = owner.collector.revocation(thief.keys, cuts)
    granted(owner.post_links(made))
    owner.collector.take(made)
    beyond = (owner.head, thief.head)
    assert refused(owner.propose(owner.snapshot(*beyond), *beyond)) == (422, "entry_refused")
    at_cut = StreamHead(thief.keys.device, thief.incarnation, *cut)
    compact(owner, owner.head, at_cut)
    assert refused(thief.propose(thief.snapshot(owner.head), owner.head)) == (401, "revoked")
    assert about(owner).entries == 1, "what lies behind the cut counts for nobody"


def test_a_server_that_lost_its_log_starts_again_from_a_base(households: Households) -> None:
    owner = households.artmatt
    head = StreamHead(owner.keys.device, Incarnation(owner.incarnation), 9, EntryHash(bytes(32)))
    snapshot = compact(owner, head, n=4, prev=EntryHash(os.urandom(32)))
    assert owner.sync(cursor=0, log=b"").base == sha256(snapshot)
    reply = owner.sync(cursor=0, log=b"", own=True, have=(head,))
    assert (reply.base, reply.entries) == (b"", ())
    tail = owner.seal(seq=10, prev=head.hash)
    assert owner.sync(tail, again=True).base == b""
    gone = owner.seal(seq=5)
    assert refused(owner.post_sync(gone)) == (409, "entry_taken")
    granted(owner.post_sync(gone, again=True))


def test_a_base_survives_a_restart_and_its_pieces_outlive_it_by_a_day(tmp_path: Path) -> None:
    with running(tmp_path / "data") as server:
        owner = sign_up_both(server).artmatt
        head = wrote(owner)
        first = compact(owner, head)
    with running(tmp_path / "data") as server:
        owner.http = server.http
        assert owner.sync().base == b""
        owner.sync(owner.write())
        assert owner.cursor == 4
        compact(owner, owner.head, n=2, prev=sha256(first))
        assert about(owner).objects == 2, "somebody may be reading the old one"
        server.dial.turn(2 * DAY)
        owner.clock = server.dial.millis
        granted(owner.put_object(owner.seal_object(Kind.PIECE)))
        assert about(owner).objects == 2


def test_pieces_count_but_a_full_log_can_still_be_made_smaller(tmp_path: Path) -> None:
    with running(tmp_path / "data", plans=SMALL) as server:
        owner = sign_up_both(server).artmatt
        wrote(owner, 3)
        full = (507, "quota")
        assert refused(owner.post_sync(owner.seal())) == full
        compact(owner, owner.head)
        owner.sync(owner.write())
        assert refused(owner.post_sync(owner.seal())) == full
        granted(owner.put_object(owner.seal_object(Kind.PIECE)))
        assert refused(owner.put_object(owner.seal_object(Kind.PIECE))) == full


def test_a_file_of_the_version_before_is_brought_up_to_date(tmp_path: Path) -> None:
    with running(tmp_path / "data") as server:
        owner = sign_up_both(server).artmatt
        wrote(owner)
    (path,) = [
        path
        for path in (tmp_path / "data").rglob("tenant.db")
        if owner.collector.tenant.hex() in str(path)
    ]
    with closing(sqlite3.connect(path)) as db:
        db.executescript(
            "DROP TABLE snapshot; DROP TABLE approval; DROP TABLE object; DROP TABLE visit;"
            "PRAGMA user_version = 1;"
        )
    with running(tmp_path / "data") as server:
        owner.http = server.http
        laptop = owner.add()
        granted(laptop.propose(laptop.snapshot(owner.head), owner.head))
        assert laptop.base().awaits == (owner.keys.device,), "it wrote here once"
