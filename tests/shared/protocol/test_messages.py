"""Messages keep their bytes, and older and newer programs understand each other."""

from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ids import Cursor, DeviceId, EntryHash, Incarnation, LogId
from shared.membership import Cut, Member, Membership, Role
from shared.protocol.heads import digest_of_heads, heads_that_count
from shared.protocol.messages import (
    LinkParcel,
    MalformedMessageError,
    StreamHead,
    SyncReply,
    SyncRequest,
    decode,
    encode,
)
from shared.protocol.problems import Code, Problem

heads = st.builds(
    StreamHead,
    st.binary(min_size=16, max_size=16),
    st.binary(min_size=8, max_size=8),
    st.integers(1, 2**62),
    st.binary(min_size=32, max_size=32),
)
requests = st.builds(
    SyncRequest,
    st.sampled_from([b"", bytes(16)]),
    st.integers(0, 2**62),
    st.integers(0, 100),
    st.sampled_from([b"", bytes(32)]),
    st.lists(st.binary(max_size=50), max_size=4).map(tuple),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.lists(heads, max_size=3).map(tuple),
)


@given(requests)
def test_a_message_is_its_bytes(request: SyncRequest) -> None:
    assert decode(encode(request), SyncRequest) == request


@given(requests, st.data())
def test_a_cut_or_spoilt_message_is_malformed_or_another_message(
    request: SyncRequest, data: st.DataObject
) -> None:
    raw = bytearray(encode(request))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    for wire in (bytes(raw), bytes(raw[:at])):
        with suppress(MalformedMessageError):
            assert isinstance(decode(wire, SyncRequest), SyncRequest)


def test_fields_that_a_newer_program_added_are_skipped_and_missing_ones_filled_in() -> None:
    reply = SyncReply(LogId(bytes(16)), Cursor(7), 1, 2, (LinkParcel(b"link"),))
    fields = msgspec.msgpack.decode(encode(reply))
    assert decode(msgspec.msgpack.encode([*fields, "new", 1]), SyncReply) == reply
    assert decode(msgspec.msgpack.encode(fields[:5]), SyncReply) == reply


@given(st.lists(heads, unique=True, max_size=6), st.randoms())
def test_the_digest_is_of_the_set_of_heads(some: list[StreamHead], random: "st.DataObject") -> None:
    shuffled = list(some)
    random.shuffle(shuffled)
    assert digest_of_heads(shuffled) == digest_of_heads(some)
    if some:
        changed = msgspec.structs.replace(some[0], seq=some[0].seq % 2**62 + 1)
        assert digest_of_heads([changed, *some[1:]]) != digest_of_heads(some)
        assert digest_of_heads(some[1:]) != digest_of_heads(some)


@pytest.mark.parametrize(
    ("cuts", "seq", "expected"),
    [
        (None, 9, 9),
        ({b"i" * 8: Cut(5, EntryHash(b"c" * 32))}, 9, 5),
        ({b"i" * 8: Cut(5, EntryHash(b"c" * 32))}, 4, 4),
        ({b"i" * 8: Cut(0, EntryHash(bytes(32)))}, 9, None),
        ({}, 9, None),
    ],
)
def test_heads_count_up_to_the_cut(cuts: dict | None, seq: int, expected: int | None) -> None:
    device = DeviceId(b"d" * 16)
    member = Member(device, Role.EDITOR, b"", b"", device, cuts=cuts)
    membership = Membership(bytes(32), {device: member}, (), EntryHash(bytes(32)), 1)
    head = StreamHead(device, Incarnation(b"i" * 8), seq, EntryHash(b"h" * 32))
    counted = heads_that_count([head], membership)
    assert [each.seq for each in counted] == ([] if expected is None else [expected])


def test_every_code_has_a_name_of_its_own_and_a_sentence() -> None:
    words = [code.word for code in Code]
    assert len(words) == len(set(words))
    for code in Code:
        assert Code.named(code.word) is code
        assert code.sentence.endswith(".")
        assert 400 <= code.status < 600
    assert Code.named("from the future") is None


def test_a_problem_says_only_what_it_has_to() -> None:
    problem = Problem("not_found", "There is nothing here.")
    raw = msgspec.json.encode(problem)
    assert raw == b'{"code":"not_found","sentence":"There is nothing here."}'
    assert msgspec.json.decode(b'{"code":"x","sentence":"y","new":1}', type=Problem).code == "x"
