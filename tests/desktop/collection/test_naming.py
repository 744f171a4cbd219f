import uuid

from hypothesis import given
from hypothesis import strategies as st

from desktop.collection.naming import Mint, named
from shared.domain.schema import Kind


def mint(millis=1_700_000_000_000, chance=b"\xff" * 10):
    return Mint(lambda: millis, lambda count: chance[:count])


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
def test_an_id_is_a_uuid_of_version_7_with_its_time(millis, chance):
    made = uuid.UUID(bytes=mint(millis, chance).fresh())
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert made.int >> 80 == millis


@given(
    st.lists(st.tuples(st.integers(0, 2**48 - 1), st.integers(1, 50)), min_size=1, max_size=8),
    st.binary(min_size=10, max_size=10),
)
def test_later_ids_are_larger_whatever_the_clock_does(steps, chance):
    times = iter([millis for millis, _ in steps])
    maker = Mint(lambda: next(times), lambda _: chance)
    ids = [made for _, count in steps for made in maker.run(count)]
    assert ids == sorted(set(ids))


def test_a_run_counts_on_by_one():
    ids = [int.from_bytes(made) for made in mint().run(100_000)]
    assert ids == list(range(ids[0], ids[0] + 100_000))
    assert all(uuid.UUID(int=number).version == 7 for number in (ids[0], ids[-1]))


def test_the_same_thing_has_the_same_id_and_others_have_others():
    names = [
        named(Kind.MODEL, "4000-spot"),
        named(Kind.VARIANT, "4000-spot"),
        named(Kind.TERM, "grade", "M"),
        named(Kind.TERM, "gradeM", ""),
    ]
    assert len(set(names)) == len(names)
    assert named(Kind.MODEL, "4000-spot") == names[0]
    assert uuid.UUID(bytes=names[0]).version == 8
