"""What came from other devices is taken back, as far as it still stands."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from desktop.vault.past import UnknownPastError
from shared.domain.operations import Delete, Operation, Put, Restore
from shared.domain.schema import DELETED, EMPTIED, Kind
from shared.ids import RecordId
from tests.desktop.vault.household import Device, converge, rid

COPIES = [rid(number) for number in range(1, 4)]
MODEL = rid(50)
OLD, NEW = COPIES[0], COPIES[2]

copies = st.sampled_from(COPIES)
texts = st.sampled_from([None, "a", "b", "royal blue"])
names = st.sampled_from(["notes", "number", "x:own"])
edits = st.one_of(
    st.builds(lambda copy, name, text: Put(Kind.COPY, copy, {name: text}), copies, names, texts),
    st.builds(lambda text: Put(Kind.MODEL, MODEL, {"name": text}), texts),
    st.builds(lambda copy: Delete(Kind.COPY, [copy]), copies),
    st.builds(lambda copy: Restore(Kind.COPY, [copy]), copies),
)


def since(device: Device, last: int) -> list[int]:
    """Return the edits of others that came after one."""
    with device.vault._database.reading() as cursor:
        sql = """
            SELECT moment FROM edit JOIN stream ON number = stream
            WHERE moment > ? AND device <> ?"""
        return [moment for (moment,) in cursor.execute(sql, (last, device.vault.device))]


def state(device: Device) -> bytes:
    return device.vault.log.content_hash()


@given(st.lists(edits, min_size=1, max_size=8), st.lists(edits, max_size=3))
@settings(max_examples=5, deadline=None, phases=[Phase.generate])
def test_all_that_came_is_taken_back_and_back_again(theirs, before):
    with tempfile.TemporaryDirectory() as home:
        one, other, begin = (
            Device(name, Path(home) / f"{name}.swingtag") for name in ("one", "other", "begin")
        )
        begin.put(OLD, notes="of another collector")
        untouched = state(begin)
        one.put(OLD, notes="first", number="1")
        one.put(MODEL, Kind.MODEL, name="Peanut")
        for operation in before:
            one.vault.apply("Before", [operation])
        converge([one, other])
        was, last = state(one), one.vault.chronicle.diary.last()
        for operation in theirs:
            other.vault.apply("Theirs", [operation])
        converge([one, other])
        came = state(one)
        for _ in range(2):
            assert one.vault.take_back("Take back", since(one, last)).skipped == ()
            assert state(one) == was
            converge([one, other])
            assert state(other) == was
            if came != was:
                one.vault.undo()
            assert state(one) == came
        assert state(begin) == untouched
        for device in (one, other, begin):
            device.vault.close()


@pytest.fixture
def two(device):
    one, other = device("one"), device("other")
    one.put(OLD, notes="mine", number="1")
    converge([one, other])
    return one, other


def step(one: Device, other: Device, *operations: Operation) -> list[int]:
    """Let the other device do something; return the moments of that here."""
    last = one.vault.chronicle.diary.last()
    other.vault.apply("Theirs", operations)
    converge([one, other])
    return since(one, last)


def test_what_was_changed_since_is_left_alone_and_named(two):
    one, other = two
    theirs = step(one, other, Put(Kind.COPY, OLD, {"notes": "theirs", "number": "2"}))
    added = step(one, other, Put(Kind.COPY, NEW, {"notes": "new"}))
    one.put(OLD, notes="mine again")
    one.put(NEW, number="7")
    assert one.vault.take_back("Take back", theirs).skipped == ("notes",)
    assert one.get(OLD) == {"notes": "mine again", "number": "1"}
    assert one.vault.take_back("Take back", added).skipped == ("number",)
    assert NEW in one.vault.records.living(Kind.COPY)
    gone = step(one, other, Delete(Kind.COPY, [NEW]))
    one.restore(NEW)
    change = one.vault.take_back("Take back", gone)
    assert (change.empty, change.skipped) == (True, (DELETED,))


def test_what_stood_there_before_and_is_not_known_is_not_cleared(two):
    one, other = two
    mine = one.vault.chronicle.diary.last()
    theirs = step(one, other, Put(Kind.COPY, OLD, {"notes": "theirs"}))
    forget(one, [mine])
    assert one.vault.take_back("Take back", theirs).skipped == ("notes",)
    assert one.get(OLD)["notes"] == "theirs"
    forget(one, theirs)
    with pytest.raises(UnknownPastError):
        one.vault.take_back("Take back", theirs)
    assert one.get(OLD)["notes"] == "theirs"


def forget(device: Device, moments: list[int]) -> None:
    """Lose what edits wrote, as if history were still to come."""
    with device.vault._database.writing() as cursor:
        sql = "UPDATE edit SET blob = NULL, entry = NULL, segment = NULL WHERE moment = ?"
        cursor.executemany(sql, [(moment,) for moment in moments])


def test_pictures_that_were_deleted_for_good_stay_away(two):
    one, other = two
    photo = RecordId(bytes([9]) * 16)
    step(one, other, Put(Kind.PHOTO, photo, {"copy": OLD, "file": bytes(16)}))
    one.vault.files.keep(bytes(16), [b"sealed"])
    gone = step(one, other, Put(Kind.PHOTO, photo, {EMPTIED: True}), Delete(Kind.PHOTO, [photo]))
    one.vault.take_back("Take back", gone)
    assert photo not in one.vault.records.living(Kind.PHOTO)
