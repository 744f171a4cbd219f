from hypothesis import given
from hypothesis import strategies as st

from desktop.collection.order import between


@given(st.lists(st.floats(0, 1), max_size=60))
def test_there_is_always_room_between_any_two(places):
    positions = []
    for place in places:
        at = round(place * len(positions))
        low = positions[at - 1] if at else ""
        high = positions[at] if at < len(positions) else ""
        positions.insert(at, between(low, high))
    assert positions == sorted(set(positions))
    assert not any(position.endswith("0") for position in positions)


def test_adding_at_the_end_stays_short():
    last = ""
    for _ in range(1000):
        last = between(last, "")
    assert len(last) < 300
