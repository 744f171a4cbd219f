"""On the screen: what was set aside when a device was removed, adopted by a tick and a click."""

import threading

import pytest
from PySide6.QtWidgets import QCheckBox, QLabel

from desktop.collection.values import Draft
from desktop.ui.devices.late_page import LatePage
from tests.desktop.ui.devices.test_devices import (
    PATIENCE,
    Computer,
    let_in,
    other,
    pair,
    server,
)
from tests.journeys.hands import named, press, shown

__all__ = ["other", "pair", "server"]


@pytest.fixture
def phone(qtbot, pair, server, tmp_path, reference):
    """A third device of artmatt's."""
    computer = let_in(qtbot, pair[0], Computer(tmp_path, "phone", reference), server)
    yield computer
    computer.close()


def holds(computer, bear):
    """Tell whether a piece is here: waitUntil takes None for yes."""
    return computer.collection.detail(bear) is not None


def notes(computer, bear):
    return computer.collection.detail(bear).copy_fields.get("notes")


@pytest.fixture
def bear(qtbot, pair, phone):
    """A piece that the tablet writes to when the laptop is about to put it out.

    Only the phone hears of that in time.
    """
    laptop, tablet, _ = pair
    bear = laptop.collection.copies.add(Draft(model={"name": "Garcia"}, copy={"notes": "mine"}))
    for computer in (tablet, phone):
        qtbot.waitUntil(lambda one=computer: holds(one, bear), timeout=PATIENCE)
    began, heard = threading.Event(), threading.Event()

    def meanwhile(method, path):
        if (method, path) == ("POST", "/v1/chain") and not began.is_set():
            began.set()
            tablet.collection.copies.edit([bear], {"notes": "late"})
            heard.wait(10)

    laptop.line.refuse = meanwhile
    press(laptop.page, "Remove: tablet")
    press(laptop.page, "Remove this device")
    qtbot.waitUntil(lambda: notes(phone, bear) == "late", timeout=PATIENCE)
    heard.set()
    qtbot.waitUntil(lambda: phone.says("were set aside"), timeout=PATIENCE)
    return bear


def test_what_a_removed_device_still_wrote_is_adopted_by_a_click(qtbot, pair, phone, other, bear):
    laptop, untouched = pair[0], other.collection.content_hash
    assert notes(phone, bear) == "mine"
    press(phone.page, "Set-aside changes of tablet")
    assert isinstance(phone.page, LatePage)
    assert phone.says("Garcia")
    assert phone.says("Now: mine")
    assert not named(phone.page, "Adopt what is ticked").isEnabled()
    (tick,) = phone.page.findChildren(QCheckBox)
    assert tick.accessibleName() == "Garcia: Notes: late"
    tick.click()
    press(phone.page, "Adopt what is ticked")
    qtbot.waitUntil(lambda: notes(laptop, bear) == "late", timeout=PATIENCE)
    qtbot.waitUntil(lambda: phone.says("Nothing is set aside"), timeout=PATIENCE)
    assert not shown(phone.page, "Adopt what is ticked")
    phone.collection.undo()
    qtbot.waitUntil(lambda: notes(laptop, bear) == "mine", timeout=PATIENCE)
    qtbot.waitUntil(lambda: phone.says("Now: mine"), timeout=PATIENCE)
    assert not [label for label in laptop.page.findChildren(QLabel) if "aside" in label.text()]
    assert laptop.collection.detail(bear).copy_fields == phone.collection.detail(bear).copy_fields
    assert laptop.collection.conflicts() == []
    assert other.collection.content_hash == untouched
    assert other.collection.late.all() == []
