"""Edits of a member that nobody can read: they are passed over, and hold nothing else up (F42)."""

from pathlib import Path

import pytest

from desktop.sync.books import Books
from desktop.sync.notices import Notice
from desktop.vault.readable import passed_over
from shared.domain.edits import Edit, Group, Shape, encode_edit
from shared.domain.schema import Value
from shared.ids import RecordId
from tests.desktop.sync.conftest import World, pair
from tests.desktop.sync.desk import Desk

_COPY = RecordId(bytes(15) + b"\x01")


def _edit(desk: Desk, *, reading: int, late: int = 0, **fields: Value) -> bytes:
    columns = tuple([value] for value in fields.values())
    group = Group(Shape.INSERT, "copy", [_COPY], tuple(fields), columns)
    millis = (reading >> 16) + late
    return encode_edit(Edit("Edit", reading, millis, desk.vault.log.origin, (group,)))


@pytest.mark.parametrize("kind", ["no edit", "another type", "no such time", "the end of time"])
def test_an_edit_that_cannot_be_read_is_passed_over_and_its_device_named(
    world: World, tmp_path: Path, kind: str
) -> None:
    (laptop, tablet), other = world.artmatt.desks, world.begin.laptop
    untouched = other.hash
    far = (1 << 63) - 1
    blob = {
        "no edit": b"\xc1 not an edit",
        "another type": _edit(laptop, reading=5 << 16, notes=5),
        "no such time": _edit(laptop, reading=5 << 16, late=1 << 60, notes="when?"),
        "the end of time": _edit(laptop, reading=far, notes="for ever"),
    }[kind]
    for n in range(8):
        tablet.put(tablet.add(notes=f"enough for a snapshot {n}"), status="owned")
        tablet.sync()
    with laptop.vault.log.turn:
        Books(laptop.vault, laptop.network.surroundings.random).seal((), (blob,))
    laptop.restart()
    after = laptop.add(notes="written after it")
    laptop.sync()
    tablet.sync()
    answer = tablet.add(notes="an answer")
    for desk in (tablet, laptop, tablet):
        desk.sync()
    for desk in (tablet, laptop, tablet):
        desk.tidy()
    with pair(tablet, tmp_path / "phone.swingtag", world.server.address) as phone:
        phone.sync()
        for desk in (tablet, phone):
            assert desk.read(after)["notes"] == "written after it"
            assert desk.read(answer)["notes"] == "an answer"
            assert desk.hash == tablet.hash
    if kind != "the end of time":
        assert tablet.session.notices == (Notice.UNREADABLE.value,)
        assert passed_over(tablet.vault.secrets) == {laptop.vault.device}
        assert not tablet.read(_COPY)
    assert other.hash == untouched
