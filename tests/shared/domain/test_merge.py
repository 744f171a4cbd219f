"""The rules of merging: whatever order causes allow, the same value stands and the same loses."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.merge import Deletion, Verdict, Written, cover_of, judge, later, lies_dead, same
from shared.domain.stamps import Origin, Stamp
from shared.ids import DeviceId, Incarnation

STREAMS = [Origin(DeviceId(bytes([n]) * 16), Incarnation(b"life-one")) for n in range(3)]

stamps = st.builds(Stamp, st.integers(1, 40), st.sampled_from(STREAMS))


@dataclass(frozen=True)
class Write:
    """A write to one field, and the write that its writer saw there."""

    number: int
    stamp: Stamp
    parent: "Write | None"


@st.composite
def writes(draw):
    """Writes that each follow one of those before, or none; a later stamp than what they saw."""
    made: list[Write] = []
    for number in range(draw(st.integers(1, 7))):
        parent = draw(st.sampled_from([None, *made]))
        reading = (parent.stamp.reading if parent else 0) + draw(st.integers(1, 5))
        stamp = Stamp(reading, draw(st.sampled_from(STREAMS)))
        if stamp not in {write.stamp for write in made}:
            made.append(Write(number, stamp, parent))
    return made


def merged(order: list[Write]) -> tuple[int, set[int]]:
    """Return the write that stands, and those that wait for a choice."""
    held: Written | None = None
    losers: set[Stamp] = set()
    numbers = {write.stamp: write.number for write in order}
    for write in order:
        replaced = write.parent.stamp if write.parent else None
        arriving = Written(write.number, write.stamp)
        losers.discard(replaced)
        verdict = judge(held, arriving, replaced)
        if verdict is Verdict.WINS:
            losers.add(held.stamp)
        if verdict is Verdict.LOSES:
            losers.add(write.stamp)
        if verdict in {Verdict.FOLLOWS, Verdict.WINS}:
            held = arriving
    return held.value, {numbers[stamp] for stamp in losers}


@given(writes(), st.randoms(use_true_random=False))
def test_any_order_that_causes_allow_gives_the_same(made, chance):
    waiting, order = list(made), []
    while waiting:
        ready = [write for write in waiting if write.parent is None or write.parent in order]
        order.append(chance.choice(ready))
        waiting.remove(order[-1])
    assert merged(order)[0] == merged(made)[0]
    seen = {write.parent.number for write in made if write.parent}
    winner, losers = merged(order)
    # Whatever nobody replaced knowingly either stands or waits for a choice.
    unseen = {write.number for write in made} - seen
    assert unseen <= losers | {winner}


@given(stamps, stamps)
def test_equal_values_are_no_conflict_but_yes_is_not_one(one, other):
    verdict = judge(Written("x", one), Written("x", other), None)
    assert verdict is (Verdict.KNOWN if one == other else Verdict.AGREES)
    assert not same(1, True)  # noqa: FBT003 - the very point
    assert judge(None, Written("x", one), None) is Verdict.FOLLOWS


@given(st.lists(stamps, min_size=1, max_size=8), st.data())
def test_a_delete_holds_exactly_while_every_value_was_seen(live, data):
    deletion = Deletion(Stamp(99, STREAMS[0]), cover_of(live))
    assert lies_dead(deletion, live)
    origin = data.draw(st.sampled_from(STREAMS))
    known = max((stamp.reading for stamp in live if stamp.origin == origin), default=0)
    unseen = Stamp(known + data.draw(st.integers(1, 9)), origin)
    assert not lies_dead(deletion, [*live, unseen])
    assert not lies_dead(None, live)
    assert not lies_dead(Deletion(Stamp(99, STREAMS[0]), None), live)


@given(st.lists(st.builds(Deletion, stamps, st.none() | st.just(())), min_size=1, max_size=5))
def test_the_last_word_on_a_record_stands_in_any_order(words):
    def last(order):
        held = None
        for word in order:
            held = later(held, word)
        return held.stamp

    assert last(words) == last(list(reversed(words))) == max(word.stamp for word in words)
