"""Writing, and the way back."""

import pytest

from desktop.vault.errors import TooLongError
from desktop.vault.forming import LONGEST_TEXT
from desktop.vault.values import Query
from shared.domain.operations import Delete, Put, PutMany
from shared.domain.schema import DELETED, Kind
from tests.desktop.vault.household import converge, rid

COPY, MODEL = rid(1), rid(2)


@pytest.fixture
def one(device):
    return device("one")


def test_a_step_back_and_forth_leaves_everything_as_it_was(one):
    states = [one.vault.log.content_hash()]
    steps = [
        (
            "Add",
            [Put(Kind.MODEL, MODEL, {"name": "Peanut"}), Put(Kind.COPY, COPY, {"number": "1"})],
        ),
        ("Note", [Put(Kind.COPY, COPY, {"notes": "royal", "number": "2", "x:own": "mine"})]),
        ("Clear", [Put(Kind.COPY, COPY, {"notes": None, "x:own": None})]),
        ("Delete", [Delete(Kind.COPY, [COPY])]),
        ("Many", [PutMany(Kind.COPY, [rid(n) for n in range(10, 20)], ("number",), (["9"] * 10,))]),
    ]
    for label, operations in steps:
        one.vault.apply(label, operations)
        states.append(one.vault.log.content_hash())
    for _ in range(2):
        for (label, _), before in zip(reversed(steps), reversed(states[:-1]), strict=True):
            assert one.vault.undo_label == label
            assert one.vault.undo().skipped == ()
            assert one.vault.log.content_hash() == before
        assert one.vault.undo() is None
        one.vault.close()
        one.open()
        for (label, _), after in zip(steps, states[1:], strict=True):
            assert one.vault.redo_label == label
            assert one.vault.redo().skipped == ()
            assert one.vault.log.content_hash() == after
        assert one.vault.redo() is None


def test_undo_leaves_what_somebody_else_wrote_and_says_so(device):
    one, other = device("one"), device("other")
    one.put(COPY, notes="mine", number="1")
    one.put(COPY, notes="mine again", number="2")
    converge([one, other])
    other.put(COPY, notes="theirs")
    converge([one, other])
    assert one.vault.undo().skipped == ("notes",)
    assert one.get(COPY) == {"notes": "theirs", "number": "1"}
    assert one.vault.undo().skipped == ("notes",)
    assert one.get(COPY) == {"notes": "theirs", "number": "1"}, "it is no longer only mine"


def test_undo_does_not_bring_back_what_another_device_replaced_in_between(device):
    one, other = device("one"), device("other")
    one.put(COPY, notes="first")
    converge([one, other])
    other.put(COPY, notes="theirs")
    converge([one, other])
    one.put(COPY, notes="last")
    one.vault.undo()
    assert one.get(COPY)["notes"] == "theirs"
    one.vault.undo()
    assert one.get(COPY)["notes"] == "theirs"


def test_a_new_step_ends_the_way_forward(one):
    one.put(COPY, notes="a")
    one.put(COPY, notes="b")
    one.vault.undo()
    one.put(COPY, number="1")
    assert one.vault.redo_label is None
    assert one.vault.redo() is None


def test_what_changes_nothing_is_no_step(one):
    one.put(COPY, notes="a")
    assert one.put(COPY, notes="a").empty
    assert one.delete(rid(7)).empty
    assert one.restore(COPY).empty
    assert len(one.vault.log.pending(100, 1 << 20)[0]) == 1


def test_writing_to_what_lies_in_the_trash_takes_it_out(one):
    one.put(COPY, notes="a")
    one.delete(COPY)
    one.put(COPY, notes="b")
    assert list(one.vault.shelves.find(Query())) == [COPY]
    assert not one.vault.records.conflicts()
    one.vault.undo()
    assert list(one.vault.shelves.find(Query(shelf="trash"))) == [COPY]
    assert one.get(COPY)["notes"] == "a"


def test_one_step_may_write_a_record_twice_and_as_many_as_it_likes(one):
    ids = [rid(number) for number in range(1000, 1000 + 20_000)]
    many = PutMany(Kind.COPY, ids, ("number",), ([str(n) for n in range(20_000)],))
    change = one.vault.apply("Import", [many, Put(Kind.COPY, ids[0], {"number": "last"})])
    assert change.everything
    assert one.get(ids[0])["number"] == "last"
    assert one.vault.shelves.counts().copies == 20_000
    one.vault.undo()
    assert one.vault.shelves.counts().copies == 0
    one.vault.redo()
    assert one.get(ids[0])["number"] == "last"


def test_long_texts_are_split_over_edits_or_refused(one):
    long = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(LONGEST_TEXT))
    ids = [rid(number) for number in range(1, 6)]
    one.vault.apply("Long", [PutMany(Kind.COPY, ids, ("notes",), ([long] * 5,))])
    assert all(one.get(copy)["notes"] == long for copy in ids)
    with pytest.raises(TooLongError):
        one.put(COPY, notes=long + "!")
    assert one.get(COPY)["notes"] == long


@pytest.mark.parametrize("text", ["\ud800", "a\x00b", "<b>../\u202e", "\U0001f9f8" * 3000, ""])
def test_odd_texts_are_kept_and_come_through(device, text):
    one, other = device("one"), device("other")
    one.put(COPY, notes=text, **{"x:own": text})
    converge([one, other])
    expected = text.replace("\ud800", "?")
    assert other.get(COPY)["notes"] == expected == other.get(COPY)["x:own"]
    assert one.vault.log.content_hash() == other.vault.log.content_hash()


def test_history_tells_who_wrote_what_where_and_when(device):
    one, other = device("one"), device("other")
    one.put(one.vault.device, Kind.DEVICE, name="Desk")
    one.vault.apply("Add", [Put(Kind.COPY, COPY, {"notes": "a", "number": "1"})])
    converge([one, other])
    other.vault.apply("Fix", [Put(Kind.COPY, COPY, {"notes": "b"})])
    other.delete(COPY)
    converge([one, other])
    for each in (one, other):
        pasts = each.vault.records.history(Kind.COPY, COPY)
        assert [(past.field, past.value, past.label) for past in pasts] == [
            (DELETED, True, "Delete"),
            ("notes", "b", "Fix"),
            ("notes", "a", "Add"),
            ("number", "1", "Add"),
        ]
        assert [past.device_name for past in pasts] == ["", "", "Desk", "Desk"]
        assert pasts[0].device == other.vault.device
