"""Edits as bytes: they come back as they were, small, and nothing but edits passes."""

from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.columns import (
    LARGEST,
    SMALLEST,
    MalformedColumnError,
    pack_column,
    unpack_column,
)
from shared.domain.edits import (
    MOST_RECORDS,
    Edit,
    Group,
    MalformedEditError,
    Shape,
    decode_edit,
    encode_edit,
)
from shared.domain.stamps import Origin, Stamp
from shared.ids import DeviceId, Incarnation, RecordId

DEVICE = DeviceId(b"d" * 16)
HOME = Origin(DEVICE, Incarnation(b"home-one"))
AWAY = Origin(DeviceId(b"e" * 16), Incarnation(b"away-one"))

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
integers = st.integers(SMALLEST, LARGEST)
ids = st.binary(min_size=16, max_size=16).map(RecordId)
values = st.none() | texts | integers | st.booleans() | st.binary(max_size=20) | ids
columns = st.one_of(
    st.lists(each, min_size=0, max_size=80)
    for each in (
        values,
        st.none() | integers,
        st.none() | st.integers(19_900_000, 20_300_000),
        st.none() | ids,
        st.sampled_from(["MWMT", "NM", None]),
        st.sampled_from([True, 1, 0, False, None]),
    )
)


def alike(one, other) -> bool:
    return one == other and list(map(type, one)) == list(map(type, other))


@given(columns)
def test_every_column_comes_back_as_it_was(column):
    wire = msgspec.msgpack.encode(pack_column(column))
    kind = type(pack_column(column))
    assert alike(unpack_column(msgspec.msgpack.decode(wire, type=kind)), column)


@st.composite
def groups(draw, stamps: int):
    records = draw(st.lists(ids, min_size=1, max_size=30, unique=True))
    shape = draw(st.sampled_from(list(Shape)))
    names = tuple(draw(st.lists(texts.filter(bool), max_size=3, unique=True)))
    count = len(records)

    def column(each):
        return draw(st.lists(each, min_size=count, max_size=count))

    if shape in {Shape.DELETE, Shape.RESTORE}:
        names = ()
    has_values = shape in {Shape.INSERT, Shape.UPDATE}
    stamped = {Shape.UPDATE: len(names), Shape.SETTLE: len(names), Shape.INSERT: 0}.get(shape, 1)
    return Group(
        shape,
        draw(texts.filter(bool)),
        records,
        names,
        tuple(column(values) for _ in names if has_values),
        tuple(column(st.integers(0, stamps)) for _ in range(stamped)),
        tuple(column(st.just(()))) if shape is Shape.DELETE else (),
    )


@st.composite
def edits(draw):
    stamps = tuple(
        draw(st.lists(st.builds(Stamp, st.integers(0, LARGEST), st.sampled_from([HOME, AWAY]))))
    )
    return Edit(
        label=draw(texts),
        reading=draw(st.integers(0, LARGEST)),
        millis=draw(st.integers(0, 1 << 47)),
        origin=HOME,
        groups=tuple(draw(st.lists(groups(len(stamps)), max_size=3))),
        stamps=stamps,
    )


@given(edits())
def test_every_edit_comes_back_as_it_was(edit):
    back = decode_edit(encode_edit(edit), DEVICE)
    assert back == edit
    for one, other in zip(back.groups, edit.groups, strict=True):
        assert all(map(alike, one.columns, other.columns))


@given(edits(), st.data())
def test_damage_is_one_error_and_no_other(edit, data):
    blob = bytearray(encode_edit(edit))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(blob) - 1))
        blob[place] = data.draw(st.integers(0, 255))
    blob = blob[: data.draw(st.integers(0, len(blob)))]
    with suppress(MalformedEditError):
        decode_edit(bytes(blob), DEVICE)


def test_a_delete_tells_what_its_writer_saw():
    stamps = (Stamp(5, HOME), Stamp(7, AWAY))
    covers = ((stamps[0],), stamps, ())
    group = Group(Shape.DELETE, "copy", _run(3), (), (), ([0, 1, 2],), covers)
    edit = Edit("Delete", 9, 0, HOME, (group,), stamps)
    assert decode_edit(encode_edit(edit), DEVICE) == edit


def test_ids_that_count_on_and_repeated_values_cost_almost_nothing():
    count = 10_000
    plain = Group(Shape.INSERT, "copy", _run(count), ("model",), (_run(count),))
    chosen = Group(Shape.INSERT, "copy", _run(count), ("status",), (["owned", "wanted"] * 5_000,))
    assert len(encode_edit(Edit("Import", 1, 0, HOME, (plain,)))) < 2 * count + 200
    assert len(encode_edit(Edit("Import", 1, 0, HOME, (chosen,)))) < 2 * count + 200


def test_what_a_newer_version_adds_passes():
    newer = Group(9, "holiday", _run(2), ("a", "b"), ([1, 2],), ())
    edit = Edit("Newer", 1, 0, HOME, (newer,))
    assert decode_edit(encode_edit(edit), DEVICE).groups == (newer,)
    longer = msgspec.msgpack.encode([*msgspec.msgpack.decode(encode_edit(edit)), "more"])
    assert decode_edit(longer, DEVICE) == edit


@pytest.mark.parametrize(
    "group",
    [
        Group(Shape.INSERT, "copy", [RecordId(bytes(16))] * 2),
        Group(Shape.INSERT, "copy", [RecordId(bytes(16))], ("a", "a"), ([1], [2])),
        Group(Shape.INSERT, "copy", [RecordId(bytes(16))], ("a",), ([1, 2],)),
        Group(Shape.UPDATE, "copy", [RecordId(bytes(16))], ("a",), ([1],), ([3],)),
        Group(Shape.UPDATE, "copy", [RecordId(bytes(16))], ("a",), ([1],)),
        Group(Shape.INSERT, "", [RecordId(bytes(16))]),
        Group(Shape.RESTORE, "copy", [RecordId(bytes(16))]),
        Group(Shape.INSERT, "copy", [RecordId(n.to_bytes(16)) for n in range(MOST_RECORDS + 1)]),
    ],
)
def test_groups_that_do_not_fit_together_are_refused(group):
    with pytest.raises(MalformedEditError):
        decode_edit(encode_edit(Edit("Odd", 1, 0, HOME, (group,))), DEVICE)


def test_integers_beyond_what_a_record_holds_are_refused():
    too_large = pack_column([LARGEST])
    too_large.values[0] = LARGEST + 1
    with pytest.raises(MalformedColumnError):
        unpack_column(too_large)


def _run(count: int) -> list[RecordId]:
    return [RecordId(((1 << 100) + number).to_bytes(16)) for number in range(count)]


KNOWN = bytes.fromhex(
    """
    97a445646974ce0008000001c408686f6d652d6f6e6591c41865656565656565656565656565656565617761
    792d6f6e659292ce000500000192ce0006000000959701a4636f707992c41000000000000000000000000000
    0000010191a56e6f74657391920092a4626c7565c090909702a4636f707991c4100000000000000000000000
    000000000192a470616964a3783a619292009107920091c3929200910192009100909703a374616791c41000
    0000000000000000000000000000029090929200910092009100919200019704a374616791c4100000000000
    000000000000000000000190909192009102909705a4636f707991c410000000000000000000000000000000
    0191a47061696490919200910190
    """
)


def test_a_known_answer():
    """The bytes of docs/format.md: they must never change."""
    first, second = RecordId(bytes(15) + b"\x01"), RecordId(bytes(15) + b"\x02")
    stamps = (Stamp(5 << 16, AWAY), Stamp(6 << 16, HOME))
    groups = (
        Group(Shape.INSERT, "copy", [first, second], ("notes",), (["blue", None],)),
        Group(Shape.UPDATE, "copy", [first], ("paid", "x:a"), ([7], [True]), ([1], [0])),
        Group(Shape.DELETE, "tag", [second], replaces=([0],), covers=(stamps,)),
        Group(Shape.RESTORE, "tag", [first], replaces=([2],)),
        Group(Shape.SETTLE, "copy", [first], ("paid",), replaces=([1],)),
    )
    edit = Edit("Edit", 8 << 16, 9, HOME, groups, stamps)
    assert encode_edit(edit) == KNOWN
    assert decode_edit(KNOWN, DEVICE) == edit
