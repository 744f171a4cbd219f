"""Bodies of history segments, and what lies behind a snapshot that was taken in."""

from dataclasses import replace

import msgspec
import pytest

from shared.crypto.epochs import Keyring
from shared.envelope import Header, Kind
from shared.ids import DeviceId
from shared.ledger import (
    Accepted,
    Author,
    Code,
    Head,
    LedgerState,
    OversizedError,
    Refused,
    rebuild,
)
from shared.ledger.frame import (
    MAX_BODY_BYTES,
    MAX_EDITS,
    MAX_FRAME_BYTES,
    pack_body,
    unpack_body,
)
from shared.ledger.making import (
    Press,
    bodies_of_pages,
    decode_segment,
    encode_segment,
)
from shared.ledger.snapshots import (
    Manifest,
    Snapshot,
    check_reach,
    decode_manifest,
    encode_manifest,
    open_part,
    pages_in,
)
from shared.membership import revoke
from shared.signing import NO_HASH, sha256
from tests.shared.worlds import World, stream

ONE, OTHER = DeviceId(b"1" * 16), DeviceId(b"2" * 16)


def test_a_segment_keeps_who_wrote_what_and_no_more_than_fits():
    edits = [(ONE, b"a"), (OTHER, b"b"), (ONE, b""), (ONE, bytes(500))]
    assert decode_segment(encode_segment(edits)) == edits
    most = [(ONE, b"")] * MAX_EDITS
    assert decode_segment(encode_segment(most)) == most
    with pytest.raises(OversizedError):
        encode_segment([*most, (ONE, b"")])


NESTED = b"\x91" * 100_000 + b"\x90"
"""What a newer version might add behind the fields that are known, but deeper than any reads."""


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no frame",
        pack_body(b"\x90"),
        pack_body(b"\xc1"),
        pack_body(b"\x94"),
        pack_body(b"\x95\x01\x90\x92\x00\x90\x90\xc0"),
        pack_body(b"\x94\x01\x90\x93\x00\x90" + NESTED + b"\x90"),
    ],
)
def test_what_is_no_segment_is_refused(body):
    with pytest.raises(Refused) as refused:
        decode_segment(body)
    assert refused.value.code == Code.FRAME


@pytest.mark.parametrize("writer", [-1, 2, True, None, "0"])
def test_who_wrote_is_a_place_in_the_list_and_nothing_else(writer):
    genuine = msgspec.msgpack.decode(unpack_body(encode_segment([(ONE, b"a"), (OTHER, b"b")])))
    assert genuine[2][1] == [0, 1]
    genuine[2][1] = [0, writer]
    with pytest.raises(Refused) as refused:
        decode_segment(pack_body(msgspec.msgpack.encode(genuine)))
    assert refused.value.code == Code.FRAME


def test_pages_that_fill_pieces_exactly_leave_nothing_over():
    for size, pieces in ((4 * 1024 * 1024 - 4, 1), (4 * 1024 * 1024 - 3, 2)):
        bodies = list(bodies_of_pages([bytes(size)]))
        assert len(bodies) == pieces
        assert list(pages_in(bodies)) == [bytes(size)]


def test_long_pages_follow_each_other_and_longer_ones_are_not_waited_for():
    pages = [bytes(17 * 1024 * 1024), bytes(17 * 1024 * 1024)]
    assert list(pages_in(bodies_of_pages(pages))) == pages
    longest = bytes(MAX_FRAME_BYTES - 4)
    assert list(pages_in(bodies_of_pages([longest]))) == [longest]
    given = iter([pack_body((MAX_FRAME_BYTES - 3).to_bytes(4)), pack_body(b"more")])
    with pytest.raises(Refused) as refused:
        next(pages_in(given))
    assert refused.value.code == Code.FRAME
    assert next(given), "the next body was not even asked for"


def test_a_part_under_a_key_that_is_not_here_is_refused():
    world = World.make("artmatt")
    desk = world.desk(0)
    press = Press(world.membership, world.keyring, desk.author, world.salts)
    sealed = rebuild(press.segment(1, [(ONE, b"an edit")]), world.keyring)
    name = sha256(sealed)
    assert open_part(sealed, name, Kind.SEGMENT, world.tenant, world.keyring)
    with pytest.raises(Refused) as refused:
        open_part(sealed, name, Kind.SEGMENT, world.tenant, Keyring(world.tenant, {}))
    assert refused.value.code == Code.SEAL


def test_an_entry_may_name_a_head_that_lies_behind_the_base():
    """Its writer had seen less than the snapshot stands for, and that is no fault."""
    world = World.make("artmatt")
    writer, slow = world.desk(0), world.desk(1)
    entries = [writer.write(b"%d" % n) for n in range(4)]
    for sealed in entries[:2]:
        slow.take(sealed)
    late = slow.write(b"seen two")
    base = writer.ledger.state
    newcomer = world.desk(1)
    newcomer.author = Author(newcomer.author.origin, newcomer.keys.signing)
    newcomer.reopen(LedgerState(world.tenant, base.links, base.heads, base.seen, base.heads))
    assert isinstance(newcomer.take(late), Accepted)
    assert rebuild(newcomer.entries[slow.author.origin, 1], newcomer.keyring) == late


def test_a_list_that_names_a_stream_twice_is_refused():
    world = World.make("artmatt")
    origin = world.desk(0).author.origin
    body = encode_manifest(Manifest({origin: Head(1, NO_HASH)}, {}, bytes(32), (), 0, ()))
    wire = msgspec.msgpack.decode(unpack_body(body))
    for field, wrong in ((2, [[0, []], [0, []]]), (2, [[1, []]]), (2, [[-1, []]]), (5, -1)):
        changed = [*wire[:field], wrong, *wire[field + 1 :]]
        with pytest.raises(Refused) as refused:
            decode_manifest(pack_body(msgspec.msgpack.encode(changed)))
        assert refused.value.code == Code.FRAME
    deep = b"\x94" + msgspec.msgpack.encode(NO_HASH) + b"\x01\xc2" + NESTED
    with pytest.raises(Refused) as refused:
        decode_manifest(pack_body(unpack_body(body)[:-1] + b"\x91" + deep))
    assert refused.value.code == Code.FRAME


def test_a_body_has_exactly_so_many_bytes_at_most():
    noise = stream("noise")(MAX_BODY_BYTES)
    fits = next(n for n in range(MAX_BODY_BYTES, 0, -1) if packs(noise[:n]))
    assert len(pack_body(noise[:fits])) == MAX_BODY_BYTES
    assert unpack_body(pack_body(noise[:fits])) == noise[:fits]
    longest = bytes(MAX_FRAME_BYTES)
    assert unpack_body(pack_body(longest)) == longest
    assert not packs(longest + b"\0")
    assert unpack_body(pack_body(b"")) == b""


def packs(raw):
    try:
        return pack_body(raw)
    except OversizedError:
        return None


def test_what_a_device_without_a_cut_wrote_does_not_have_to_be_in_a_snapshot():
    world = World.make("artmatt")
    writer, reader = world.desk(1), world.desk(0)
    reader.take(writer.write(b"an edit"))
    heads = dict(reader.ledger.state.heads)
    press = Press(world.membership, world.keyring, reader.author, world.salts)
    empty = Manifest({}, {}, bytes(32), (), 0, ())
    entry = press.snapshot(empty, 1, NO_HASH)
    snapshot = Snapshot(entry, Header.parse(entry.header, Kind.SNAPSHOT), empty, {})
    assert snapshot.hash == snapshot.entry.hash
    state = replace(reader.ledger.state, heads=heads, base=heads)
    with pytest.raises(Refused):
        check_reach(snapshot, state, world.membership, reader.hash_at)
    made = revoke(
        world.membership,
        world.owners[0].signer,
        writer.keys.device,
        {},
        world.next_epoch(b"k" * 32, {writer.keys.device}),
    )
    world.apply(made.link)
    check_reach(snapshot, state, world.membership, reader.hash_at)
    own = {**heads, reader.author.origin: Head(1, NO_HASH)}
    with pytest.raises(Refused):
        check_reach(snapshot, replace(state, heads=own, base=own), world.membership, reader.hash_at)
