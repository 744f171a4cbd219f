"""The rules of merging: whatever order causes allow, the same value stands and the same loses."""

from dataclasses import dataclass
from functools import reduce
from itertools import islice, permutations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.merge import (
    Tombstone,
    Verdict,
    Written,
    cover_of,
    deletion,
    is_repeated,
    joined,
    judge,
    lies_dead,
    restoration,
    same,
    unseen,
)
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
    value: int


@st.composite
def writes(draw):
    """Writes that each follow one of those before, or none; a later stamp than what they saw."""
    made: list[Write] = []
    for number in range(draw(st.integers(1, 7))):
        parent = draw(st.sampled_from([None, *made]))
        reading = (parent.stamp.reading if parent else 0) + draw(st.integers(1, 5))
        stamp = Stamp(reading, draw(st.sampled_from(STREAMS)))
        if stamp not in {write.stamp for write in made}:
            made.append(Write(number, stamp, parent, draw(st.integers(0, 3))))
    return made


def merged(order: list[Write]) -> tuple[int, set[int]]:
    """Return the write that stands, and those that wait for a choice."""
    held: Written | None = None
    losers: set[Written] = set()
    said: list[Written] = []
    numbers = {write.stamp: write.number for write in order}
    for write in order:
        replaced = write.parent.stamp if write.parent else None
        arriving = Written(write.value, write.stamp)
        said.append(arriving)
        losers = {each for each in losers if each.stamp != replaced}
        losers = {each for each in losers if not is_repeated(each, [arriving])}
        verdict = judge(held, arriving, replaced)
        if verdict is Verdict.WINS:
            losers.add(held)
        if verdict is Verdict.LOSES and not is_repeated(arriving, said):
            losers.add(arriving)
        agrees = verdict is Verdict.AGREES and arriving.stamp > held.stamp
        if agrees or verdict in {Verdict.FOLLOWS, Verdict.WINS}:
            held = arriving
    return numbers[held.stamp], {numbers[each.stamp] for each in losers}


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
    spoken_for = {
        write.number
        for write in made
        for other in made
        if write.value == other.value and write.stamp < other.stamp
    }
    # Whatever nobody replaced knowingly either stands or waits for a choice, and nothing else does;
    # of one value only what was written last.
    assert losers == {write.number for write in made} - seen - spoken_for - {winner}


def test_who_claims_to_have_seen_what_is_later_follows_nothing():
    early, late = Stamp(5, STREAMS[0]), Stamp(9, STREAMS[1])
    assert judge(Written("a", early), Written("b", late), early) is Verdict.FOLLOWS
    assert judge(Written("a", late), Written("b", early), late) is Verdict.LOSES


@given(stamps, stamps)
def test_equal_values_are_no_conflict_but_yes_is_not_one(one, other):
    verdict = judge(Written("x", one), Written("x", other), None)
    assert verdict is (Verdict.KNOWN if one == other else Verdict.AGREES)
    assert not same(1, True)  # noqa: FBT003 - the very point
    assert judge(None, Written("x", one), None) is Verdict.FOLLOWS


@dataclass(frozen=True, eq=False)
class Deed:
    """A write to a field, a delete or a restore. ``knew``: what its maker had taken in."""

    what: str
    stamp: Stamp
    knew: frozenset["Deed"]
    cover: tuple[Stamp, ...] = ()

    @property
    def word(self) -> Tombstone:
        if self.what == "delete":
            return deletion(self.stamp, self.cover)
        return restoration(self.stamp)


class Keeper:
    """One device that holds one record: it takes deeds in as they come, and knows no others."""

    def __init__(self, number: int) -> None:
        self.origin = STREAMS[number]
        self.deeds: list[Deed] = []
        self.live: dict[str, Stamp] = {}
        self.tombstone: Tombstone | None = None

    @property
    def dead(self) -> bool:
        return lies_dead(self.tombstone, self.live.values())

    @property
    def ends_deleted(self) -> bool:
        return self.tombstone is not None and self.tombstone.ends_deleted

    def take(self, deed: Deed) -> None:
        self.deeds.append(deed)
        if deed.what in {"delete", "restore"}:
            self.tombstone = joined(self.tombstone, deed.word)
        else:
            self.live[deed.what] = max(deed.stamp, self.live.get(deed.what, deed.stamp))

    def do(self, what: str, later: int) -> None:
        """Do something as the program does: who writes to the dead takes them out with it."""
        if what == "delete" and (self.dead or not self.live):
            return
        if what == "restore" and not self.ends_deleted:
            return
        reading = later + max((deed.stamp.reading for deed in self.deeds), default=0)
        stamp, knew = Stamp(reading, self.origin), frozenset(self.deeds)
        if what not in {"delete", "restore"} and self.dead:
            self.take(Deed("restore", stamp, knew))
        returns = self.tombstone.returns if self.tombstone else ()
        cover = cover_of((*self.live.values(), *returns)) if what == "delete" else ()
        self.take(Deed(what, stamp, knew, cover))

    def hear(self, other: "Keeper", chance: Random) -> None:
        """Take in all that another has, in an order that causes allow."""
        while missing := [deed for deed in other.deeds if deed not in self.deeds]:
            ready = [deed for deed in missing if deed.knew <= set(self.deeds)]
            self.take(chance.choice(ready))

    def check(self) -> None:
        """Hold the record against what the makers of its deeds knew, not against any rule."""
        deletes = [deed for deed in self.deeds if deed.what == "delete"]
        others = [deed for deed in self.deeds if deed.what != "delete"]
        standing = [deed for deed in others if deed.what == "restore"]
        standing += [deed for deed in others if deed.stamp == self.live.get(deed.what)]
        known = [any(deed in grave.knew for grave in deletes) for deed in standing]
        assert self.dead == (bool(deletes) and all(known))
        if any(grave.knew.issuperset(others) for grave in deletes):
            assert self.dead, "nobody has written to it without knowing of that delete"
        words = [deed for deed in self.deeds if deed.what in {"delete", "restore"}]
        if words:
            last = max(words, key=lambda deed: deed.stamp)
            assert self.ends_deleted == (last.what == "delete")


deeds = st.tuples(
    st.sampled_from(["notes", "number", "delete", "delete", "restore", "hear", "hear"]),
    st.integers(0, 2),
    st.integers(1, 9),
)


@settings(max_examples=100)
@given(st.lists(deeds, min_size=6, max_size=25), st.randoms(use_true_random=False))
def test_what_was_deleted_apart_stays_so_unless_somebody_did_not_know_of_it(done, chance):
    keepers = [Keeper(number) for number in range(3)]
    keepers[0].do("notes", 1)
    for what, number, amount in done:
        if what == "hear":
            keepers[number].hear(keepers[(number + 1 + amount % 2) % 3], chance)
        else:
            keepers[number].do(what, amount)
        keepers[number].check()
    for keeper in (*keepers, *keepers):
        for other in keepers:
            keeper.hear(other, chance)
        keeper.check()
    assert len({(keeper.tombstone, keeper.dead) for keeper in keepers}) == 1
    words = [deed.word for deed in keepers[0].deeds if deed.what in {"delete", "restore"}]
    for order in islice(permutations(words), 24):
        assert reduce(joined, order, None) == keepers[0].tombstone


tombstones = st.builds(
    lambda words: reduce(joined, words),
    st.lists(
        st.builds(deletion, stamps, st.lists(stamps, max_size=4)) | st.builds(restoration, stamps),
        min_size=1,
        max_size=4,
    ),
)


@given(tombstones, tombstones, tombstones)
def test_whatever_was_said_is_joined_in_any_order_in_any_groups_and_more_than_once(one, two, three):
    assert joined(one, two) == joined(two, one)
    assert joined(joined(one, two), three) == joined(one, joined(two, three))
    assert joined(one, one) == one == joined(None, one)
    assert joined(joined(one, two), two) == joined(one, two)


@given(st.lists(stamps, min_size=1, max_size=8), st.data())
def test_a_delete_holds_exactly_while_every_value_was_seen(live, data):
    grave = deletion(Stamp(99, STREAMS[0]), cover_of(live))
    assert lies_dead(grave, live)
    origin = data.draw(st.sampled_from(STREAMS))
    known = max((stamp.reading for stamp in live if stamp.origin == origin), default=0)
    later = Stamp(known + data.draw(st.integers(1, 9)), origin)
    assert not lies_dead(grave, [*live, later])
    assert not lies_dead(None, live)
    assert not lies_dead(restoration(Stamp(99, STREAMS[0])), live)
    assert not lies_dead(Tombstone(Stamp(99, STREAMS[0]), None, ()), []), "nobody has deleted it"


@given(st.sets(st.builds(Stamp, st.integers(0, 9), st.sampled_from(STREAMS))), st.data())
def test_what_no_deleter_saw_comes_with_the_oldest_first(live, data):
    given_first = data.draw(st.permutations(sorted(live)))
    assert unseen((), given_first) == sorted(live)
    assert unseen(cover_of(live), given_first) == []


@given(stamps, stamps)
def test_no_delete_has_seen_what_is_later_than_itself(said, claimed):
    """So whoever takes a record out of the trash has it, whatever another program has written."""
    grave = deletion(said, (claimed,))
    assert lies_dead(grave, [claimed]) == (claimed < said)
    back = Stamp(max(said, claimed).reading + 1, claimed.origin)
    assert not lies_dead(joined(grave, restoration(back)), [])
