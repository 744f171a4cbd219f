"""Push and pull: what is stored, what is sent, what is refused."""

import os
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from shared.ids import Cursor, Incarnation, LogId
from shared.membership import Cut, Role
from shared.protocol.heads import digest_of_heads
from shared.protocol.limits import PAGE_BYTES
from shared.protocol.messages import StreamHead
from shared.signing import SigningKey, sha256
from tests.sync_server.collector import Device, digest, problem, refused
from tests.sync_server.conftest import Households
from tests.sync_server.serving import Running


def test_what_one_device_writes_the_other_reads_and_no_stranger(households: Households) -> None:
    first = households.artmatt
    second = first.add()
    written = [first.write(), first.write()]
    assert first.sync(*written).entries == ()
    assert second.sync().entries == tuple(written)
    assert second.sync().entries == ()
    assert households.begin.sync().entries == ()
    assert households.begin.cursor == 0


def test_own_entries_come_only_when_asked_for(households: Households) -> None:
    first = households.artmatt
    second = first.add()
    mine, theirs = first.write(), second.write()
    first.sync(mine)
    second.sync(theirs)
    assert first.sync(cursor=0).entries == (theirs,)
    assert first.sync(cursor=0, own=True).entries == (mine, theirs)


def test_a_reply_that_was_lost_costs_nothing(households: Households) -> None:
    first = households.artmatt
    second = first.add()
    one, two = first.write(), first.write()
    first.post_sync(one)  # the reply never comes
    first.sync(one, two)
    assert second.sync().entries == (one, two)
    assert second.cursor == 2


def test_a_second_entry_of_one_number_is_refused_and_nothing_else_stored(
    households: Households,
) -> None:
    first = households.artmatt
    first.sync(first.write())
    twin = Device(first.http, first.collector)
    twin.incarnation = first.incarnation
    other = twin.write()
    new = first.seal()
    response = first.post_sync(new, other)
    assert refused(response) == (409, "entry_taken")
    assert problem(response).at == 1
    assert first.sync().cursor == 1


def test_a_clone_that_went_on_from_another_entry_is_found_out(households: Households) -> None:
    first = households.artmatt
    first.sync(first.write())
    forged = first.seal(prev=bytes(32))
    assert refused(first.post_sync(forged)) == (409, "entry_taken")


def test_a_gap_is_refused(households: Households) -> None:
    first = households.artmatt
    first.write()
    assert refused(first.post_sync(first.write())) == (409, "entry_gap")


def test_a_new_incarnation_starts_at_one_and_names_the_entry_before(
    households: Households,
) -> None:
    first = households.artmatt
    first.sync(first.write())
    assert first.last
    before, first.incarnation = first.last.hash, Incarnation(os.urandom(8))
    reborn = first.seal(seq=1, prev=before)
    assert first.sync(reborn).cursor == 2


@pytest.mark.parametrize("spoilt", [0, 1, 6, 40, 80, 120, 160, 220, 300, -1])
def test_a_changed_byte_anywhere_is_refused(households: Households, spoilt: int) -> None:
    first = households.artmatt
    entry = bytearray(first.write())
    entry[spoilt] ^= 1
    assert refused(first.post_sync(bytes(entry))) == (422, "entry_refused")


def test_only_a_device_of_the_tenant_may_have_written(households: Households) -> None:
    artmatt, begin = households.artmatt, households.begin
    theirs = begin.write()
    assert refused(artmatt.post_sync(theirs)) == (422, "entry_refused")
    misplaced = artmatt.seal(tenant=begin.collector.tenant)
    assert refused(artmatt.post_sync(misplaced)) == (422, "entry_refused")
    stolen = begin.seal(tenant=artmatt.collector.tenant)
    assert refused(artmatt.post_sync(stolen)) == (422, "entry_refused")
    artmatt.write()
    assert artmatt.last
    wrong_key = artmatt.signed(artmatt.last.header, 600, SigningKey.generate(os.urandom))
    assert refused(artmatt.post_sync(wrong_key)) == (422, "entry_refused")


def test_any_device_may_bring_what_another_wrote(households: Households) -> None:
    first = households.artmatt
    second = first.add()
    entry = second.write()
    first.sync(entry)
    assert second.sync().entries == ()
    assert second.sync(cursor=0, own=True).entries == (entry,)


def test_a_viewer_reads_and_does_not_write(households: Households) -> None:
    first = households.artmatt
    viewer = first.add(Role.VIEWER)
    entry = first.write()
    first.sync(entry)
    assert viewer.sync().entries == (entry,)
    assert refused(viewer.post_sync(viewer.write())) == (422, "entry_refused")


def test_the_paper_key_writes_nothing(households: Households) -> None:
    collector = households.artmatt.collector
    paper = Device(households.artmatt.http, collector, collector.paper)
    assert refused(paper.post_sync()) == (403, "paper")
    by_paper = paper.write()
    assert refused(households.artmatt.post_sync(by_paper)) == (422, "entry_refused")


def test_an_old_epoch_is_stale_unless_the_server_had_lost_the_entry(
    households: Households,
) -> None:
    first = households.artmatt
    late, kept = first.seal(), first.write()
    first.sync(kept)
    made = first.collector.rotation()
    assert first.post_links(made).is_success
    first.collector.take(made)
    assert first.sync(kept).cursor == 1  # resent: it is here already
    old = first.seal(epoch=1)
    assert refused(first.post_sync(old)) == (409, "epoch_stale")
    assert first.sync(old, again=True).cursor == 2
    assert late != kept


def test_an_entry_of_an_epoch_that_the_server_does_not_know_waits_for_the_links(
    households: Households,
) -> None:
    first = households.artmatt
    assert refused(first.post_sync(first.seal(epoch=2))) == (409, "chain_behind")
    assert refused(first.post_sync(first.seal(), links=99)) == (409, "chain_behind")
    assert first.sync(links=99).chain == first.collector.membership.length


def test_after_a_revocation_only_entries_up_to_the_cut_are_taken(households: Households) -> None:
    first = households.artmatt
    second = first.add()
    one, two, three = second.write(), second.write(), second.write()
    second.sync(one)
    assert second.last
    kept = sha256(two)
    cuts = {second.incarnation: Cut(2, kept)}
    made = first.collector.revocation(second.keys, cuts)
    assert first.post_links(made).is_success
    first.collector.take(made)
    assert refused(second.post_sync(three)) == (401, "revoked")
    assert refused(first.post_sync(two, three, again=True)) == (422, "entry_refused")
    assert first.sync(two, again=True, own=True).entries == (one, two)


def test_pages_are_bounded_and_complete(households: Households) -> None:
    first = households.artmatt
    second = first.add()
    written = [first.write(900_000) for _ in range(8)]
    for entry in written:
        first.sync(entry)
    read: list[bytes] = []
    replies = 0
    while True:
        reply = second.sync()
        replies += 1
        assert sum(map(len, reply.entries)) <= PAGE_BYTES
        read += reply.entries
        if not reply.more:
            break
    assert read == written
    assert replies == 2


def test_entries_that_the_device_has_are_not_sent_again(households: Households) -> None:
    first = households.artmatt
    second = first.add()
    one, two = first.write(), first.write()
    first.sync(one, two)
    have = StreamHead(first.keys.device, first.incarnation, 1, sha256(one))
    assert second.sync(have=(have,)).entries == (two,)


def test_level_devices_compare_heads_and_hear_only_of_differences(households: Households) -> None:
    first = households.artmatt
    second = first.add()
    first.sync(first.write())
    second.sync()
    second.sync(second.write())
    first.sync()
    assert first.sync(heads=digest(first, second)).heads == ()
    assert set(first.sync(heads=digest(first)).heads) == {first.head, second.head}
    assert set(first.sync(vector=True).heads) == {first.head, second.head}
    assert first.sync(heads=digest(first), cursor=1).heads == ()  # not level: nothing to compare


def test_heads_after_a_cut_compare_at_the_cut(households: Households) -> None:
    first = households.artmatt
    second = first.add()
    one, two = second.write(), second.write()
    second.sync(one, two)
    made = first.collector.revocation(second.keys, {second.incarnation: Cut(1, sha256(one))})
    assert first.post_links(made).is_success
    first.collector.take(made)
    cut = StreamHead(second.keys.device, second.incarnation, 1, sha256(one))
    assert first.sync(vector=True).heads == (cut,)


def test_a_device_of_another_log_learns_the_heads_and_nothing_is_stored(
    households: Households,
) -> None:
    first = households.artmatt
    first.sync(first.write())
    for fields in ({"log": LogId(os.urandom(16))}, {"cursor": Cursor(5)}):
        reply = first.sync(first.seal(), **fields)
        assert reply.stale
        assert reply.entries == ()
        assert reply.heads == (first.head,)
    assert first.sync().cursor == 1


def test_a_log_in_which_nothing_counts_any_more_is_begun_anew(households: Households) -> None:
    """The server lost what the first device wrote; all that it has is behind a cut."""
    first = households.artmatt
    second = first.add()
    second.sync(second.write())
    made = first.collector.revocation(second.keys)
    assert first.post_links(made).is_success
    first.collector.take(made)
    mine = digest_of_heads((StreamHead(first.keys.device, first.incarnation, 1, bytes(32)),))
    assert first.sync().cursor == 1
    reply = first.sync(heads=mine)
    assert reply.stale
    assert reply.heads == ()


def test_new_links_come_before_entries_with_their_boxes(households: Households) -> None:
    first = households.artmatt
    known = first.collector.membership.length
    second = first.add()
    reply = second.sync(links=known)
    (parcel,) = reply.links
    assert parcel == first.collector.parcels[-1]
    assert first.sync(links=known).links == (parcel,)
    assert reply.chain == known + 1


def test_a_wrong_clock_is_told_the_time_and_nothing_else(
    households: Households, server: Running
) -> None:
    first = households.artmatt
    right = first.clock
    first.clock = lambda: right() + 301_000
    response = first.post_sync()
    assert refused(response) == (401, "clock")
    assert abs(problem(response).time - right()) < 5_000
    first.clock = lambda: right() + 290_000
    assert first.post_sync().is_success
    server.dial.turn(86_400)
    offset = problem(first.post_sync()).time - first.clock()
    first.clock = lambda: right() + offset
    assert first.post_sync().is_success


@pytest.mark.parametrize("body", [b"", b"\xc1", b"[]", b"\x90", b"\x93\xc4\x00\xff\x00"])
def test_what_is_no_message_is_malformed(households: Households, body: bytes) -> None:
    response = households.artmatt.call("POST", "/v1/sync", body)
    assert refused(response) == (400, "malformed")


def test_requests_that_wait_together_are_stored_together_and_judged_alone(
    households: Households, server: Running
) -> None:
    first, begin = households.artmatt, households.begin
    devices = [first, *(first.add() for _ in range(5))]
    for device in devices:
        device.http = httpx.Client(base_url=server.address, timeout=20)
    entries = {device: [device.write() for _ in range(10)] for device in devices}
    liar = devices[-1]
    entries[liar][7] = liar.seal(seq=99)

    def push(device: Device) -> list[int]:
        return [device.post_sync(entry).status_code for entry in entries[device]]

    with ThreadPoolExecutor(len(devices)) as pool:
        answers = dict(zip(devices, pool.map(push, devices), strict=True))
    good = [device for device in devices if device is not liar]
    assert all(answers[device] == [200] * 10 for device in good)
    assert answers[liar] == [200] * 7 + [409] * 3
    stored = list(first.sync(cursor=0, own=True).entries)
    for device in good:
        assert [each for each in stored if each in entries[device]] == entries[device]
    assert [each for each in stored if each in entries[liar]] == entries[liar][:7]
    assert len(stored) == 57
    assert begin.sync(cursor=0, own=True).entries == ()
    for device in devices:
        device.http.close()
