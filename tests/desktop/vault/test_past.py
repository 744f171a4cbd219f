"""The collection as it was: what a device showed then, and the way back to it."""

import shutil
import tempfile
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from desktop.vault.past import UnknownPastError, reading_at
from desktop.vault.past_vault import PastVault, ReadOnlyPastError
from desktop.vault.values import Query
from shared.domain.operations import Delete, Put, PutMany, Restore
from shared.domain.schema import TAG_PREFIX, Kind
from tests.desktop.vault.household import Device, converge, rid
from tests.desktop.vault.pool import Pool

COPIES = [rid(number) for number in range(1, 5)]
MODEL, BOX, ATTIC = rid(50), rid(70), rid(71)
TAG = TAG_PREFIX + rid(60).hex()

devices = st.sampled_from(range(2))
copies = st.sampled_from(COPIES)
fields = st.sampled_from(["notes", "number", "paid", TAG, "x:own"])


def quietly(_done, _whole):
    pass


def past(device: Device, reading: int) -> PastVault:
    return PastVault(device.vault, reading, quietly)


def shown(vault):
    """All that a person can see of a vault: records, the trash, shelves, search, conflicts."""
    records, shelves = vault.records, vault.shelves
    kinds = [kind for kind in Kind if kind not in {Kind.DEVICE, Kind.SETTING}]
    living = {kind: records.living(kind) for kind in kinds}
    clashes = {
        (c.record, c.field, c.winner.value, c.loser.value, c.loser.device)
        for c in records.conflicts()
    }
    found = {word: set(shelves.find(Query(word))) for word in ("alike", "word1", "word2", "7")}
    trash = set(shelves.find(Query(shelf="trash")))
    return living, clashes, set(shelves.find(Query())), trash, found, shelves.counts()


def state(device: Device):
    return {kind: device.vault.records.living(kind) for kind in Kind}


class Remembering(RuleBasedStateMachine):
    """Two devices live their lives; now and then what one shows is written down with the time."""

    def __init__(self):
        super().__init__()
        self.home = Path(tempfile.mkdtemp())
        self.devices = [Device(name, self.home / f"{name}.swingtag") for name in ("one", "two")]
        self.stranger = Device("begin", self.home / "begin.swingtag")
        self.stranger.put(COPIES[0], notes="of another collector")
        self.untouched = self.stranger.vault.log.content_hash()
        self.words = 0
        self.remembered = []

    def fresh(self, field):
        self.words += 1
        if field == "paid":
            return self.words
        return bool(self.words % 2) if field == TAG else f"word{self.words}"

    @rule(device=devices, copy=copies, field=fields, clear=st.integers(0, 5))
    def put(self, device, copy, field, clear):
        self.devices[device].put(copy, **{field: None if clear == 0 else self.fresh(field)})

    @rule(device=devices)
    def put_many(self, device):
        values = (["alike"] * 4, [MODEL] * 4)
        many = PutMany(Kind.COPY, COPIES, ("notes", "model"), values)
        self.devices[device].vault.apply("Many", [many])

    @rule(device=devices)
    def rename(self, device):
        self.devices[device].put(MODEL, Kind.MODEL, name=self.fresh("name"))

    @rule(device=devices, inner=st.sampled_from([(BOX, ATTIC), (ATTIC, BOX)]), copy=copies)
    def move(self, device, inner, copy):
        self.devices[device].put(inner[0], Kind.LOCATION, name="place", parent=inner[1])
        self.devices[device].put(copy, location=inner[0])

    @rule(device=devices, copy=copies, back=st.booleans())
    def throw_away(self, device, copy, back):
        word = Restore if back else Delete
        self.devices[device].vault.apply("Trash", [word(Kind.COPY, [copy])])

    @rule(device=devices, back=st.booleans())
    def step(self, device, back):
        vault = self.devices[device].vault
        _ = vault.undo() if back else vault.redo()

    @rule(device=devices, keep_loser=st.booleans())
    def settle(self, device, keep_loser):
        vault = self.devices[device].vault
        for conflict in vault.records.conflicts()[:1]:
            vault.settle(conflict.number, keep_loser=keep_loser)

    @rule(reader=devices)
    def hear(self, reader):
        """Hear of one entry, or of none: devices meet when they like."""
        mine, other = self.devices[reader], self.devices[1 - reader]
        other.seal()
        mine.vault.log.absorb(mine.lacks(other)[:1])

    @rule(device=devices)
    def meet_and_write_down(self, device):
        converge(self.devices)
        now = max(each.vault._writer._clock.last for each in self.devices)
        for each in self.devices:
            each.vault._writer._clock.see(now)
        self.remembered.append(
            (now, shown(self.devices[device].vault), state(self.devices[device]))
        )

    @rule(device=devices, pick=st.integers(0, 9))
    def bring_back(self, device, pick):
        """A day brought back is an edit: it holds, is undone, and is done again."""
        if not self.remembered:
            return
        writer, (reading, _, then) = (
            self.devices[device],
            self.remembered[pick % len(self.remembered)],
        )
        before, old = state(writer), past(writer, reading)
        way = old.way_back(quietly)
        old.close()
        writer.vault.apply("As it was", way.operations)
        assert state(writer) == then
        if way.operations and before != then:
            writer.vault.undo()
            assert state(writer) == before
            writer.vault.redo()
            assert state(writer) == then

    def teardown(self):
        converge(self.devices)
        for reading, seen, _ in self.remembered:
            for device in self.devices:
                old = past(device, reading)
                assert shown(old) == seen
                old.close()
        assert len({each.vault.log.content_hash() for each in self.devices}) == 1
        assert self.stranger.vault.log.content_hash() == self.untouched
        for device in (*self.devices, self.stranger):
            device.vault.close()
        shutil.rmtree(self.home)


TestRemembering = Remembering.TestCase
TestRemembering.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)


@pytest.mark.parametrize("later", [0, 1])
def test_a_move_that_two_made_and_one_took_back_is_in_the_past_as_it_was_shown(device, later):
    pair = [device("one"), device("two")]
    pair[0].put(COPIES[0], notes="here")
    converge(pair)
    pair[later].clock.millis += 60_000
    for each in pair:
        each.put(COPIES[0], location=ATTIC)
    pair[0].clock.millis += 120_000
    pair[0].vault.undo()
    converge(pair)
    now = max(each.vault._writer._clock.last for each in pair)
    one, two = (shown(each.vault) for each in pair)
    assert one == two
    for each in pair:
        old = past(each, now)
        assert shown(old) == one
        old.close()


def test_who_repeated_a_value_under_a_snapshot_is_heard_of_with_its_history(device):
    one, two, away = device("one"), device("two"), device("away")
    pool = Pool()
    one.put(COPIES[0], number="1")
    for each in (one, two, away):
        pool.sync(each)
    away.put(COPIES[0], notes="the same")
    two.clock.millis += 60_000
    two.put(COPIES[0], notes="the same")
    two.put(COPIES[0], notes="replaced")
    pool.sync(two)
    pool.compact(two, [one])
    for each in (away, two, one):
        pool.sync(each)
    now = max(each.vault._writer._clock.last for each in (one, two, away))
    assert [each.loser.value for each in away.vault.records.conflicts()] == ["the same"]
    pool.fetch_history(away)
    for each in (one, two, away):
        assert each.get(COPIES[0])["notes"] == "replaced"
        assert each.vault.records.conflicts() == []
        old = past(each, now)
        assert shown(old) == shown(each.vault)
        old.close()


def test_nothing_is_written_to_the_past(device):
    one = device("one")
    one.put(COPIES[0], notes="then")
    old = past(one, one.vault._writer._clock.last)
    with pytest.raises(ReadOnlyPastError):
        old.apply("Edit", [Put(Kind.COPY, COPIES[0], {"notes": "now"})])
    with pytest.raises(ReadOnlyPastError):
        old.undo()
    old.close()


def test_a_newcomer_knows_the_past_once_the_history_has_arrived(device):
    one, two, late = device("one"), device("two"), device("late")
    pool = Pool()
    one.put(COPIES[0], notes="in May")
    may, then = one.vault._writer._clock.last, shown(one.vault)
    one.put(COPIES[0], notes="in June")
    two.clock.millis = one.clock.millis + 1_000
    pool.sync(one)
    pool.sync(two)
    two.delete(COPIES[0])
    pool.compact(two, [one])
    june, gone = two.vault._writer._clock.last, shown(two.vault)
    pool.sync(late)
    assert late.vault.chronicle.span().known == june >> 16
    with pytest.raises(UnknownPastError):
        past(late, may)
    with pytest.raises(UnknownPastError):
        late.vault.chronicle.piece_back(COPIES[0], may)
    late.clock.millis = two.clock.millis + 1_000
    late.put(COPIES[1], notes="later")
    assert shown(past(late, june)) == gone
    pool.fetch_history(late)
    assert shown(past(late, may)) == then
    assert late.vault.chronicle.span().known == late.vault.chronicle.span().first
    late.vault.apply("As it was", late.vault.chronicle.piece_back(COPIES[0], may).operations)
    assert late.get(COPIES[0]) == {"notes": "in May"}


def test_one_piece_comes_back_with_all_that_it_consisted_of(device):
    one = device("one")
    photo = rid(90)
    one.put(MODEL, Kind.MODEL, name="Peanut")
    one.put(BOX, Kind.LOCATION, name="Box")
    one.put(COPIES[0], model=MODEL, location=BOX, notes="royal blue")
    one.put(COPIES[1], notes="another")
    then = one.vault._writer._clock.last
    one.put(MODEL, Kind.MODEL, name="Peanutt")
    one.put(BOX, Kind.LOCATION, name="Crate")
    one.delete(BOX, Kind.LOCATION)
    one.put(photo, Kind.PHOTO, copy=COPIES[0])
    one.put(COPIES[0], notes=None, location=None, number="7")
    one.delete(COPIES[0])
    one.put(COPIES[1], notes="changed")
    way = one.vault.chronicle.piece_back(COPIES[0], then)
    one.vault.apply("As it was", way.operations)
    assert COPIES[0] in one.vault.records.living(Kind.COPY)
    assert one.get(COPIES[0]) == {"model": MODEL, "location": BOX, "notes": "royal blue"}
    assert one.get(MODEL, Kind.MODEL) == {"name": "Peanut"}
    assert one.vault.records.living(Kind.LOCATION) == {BOX: {"name": "Crate"}}
    assert one.vault.records.living(Kind.PHOTO) == {}
    assert one.get(COPIES[1]) == {"notes": "changed"}
    one.vault.undo()
    assert COPIES[0] not in one.vault.records.living(Kind.COPY)
    assert one.get(MODEL, Kind.MODEL) == {"name": "Peanutt"}


def test_photos_without_their_pictures_stay_in_the_trash(device):
    one = device("one")
    here, gone = rid(90), rid(91)
    file = sha256(b"file").digest()[:16]
    one.vault.files.keep(file, [b"sealed"])
    one.put(here, Kind.PHOTO, copy=COPIES[0], file=file)
    one.put(gone, Kind.PHOTO, copy=COPIES[0], file=bytes(16))
    then = one.vault._writer._clock.last
    one.vault.apply("Delete", [Delete(Kind.PHOTO, [here, gone])])
    way = past(one, then).way_back(quietly)
    assert way.missing == 1
    one.vault.apply("As it was", way.operations)
    assert set(one.vault.records.living(Kind.PHOTO)) == {here}


def test_work_that_is_stopped_leaves_nothing(device):
    one = device("one")
    one.put(COPIES[0], notes="x")

    class StoppedError(Exception):
        pass

    def stop(_done, _whole):
        raise StoppedError

    with pytest.raises(StoppedError):
        PastVault(one.vault, reading_at(one.clock.millis), stop)
    one.put(COPIES[0], notes="y")
    assert one.get(COPIES[0]) == {"notes": "y"}
