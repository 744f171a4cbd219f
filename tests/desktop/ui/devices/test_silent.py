"""On the screen: a device that should have been heard from, and what somebody says to that."""

import msgspec
import pytest
from PySide6.QtCore import QTimer

from desktop.collection.values import Draft
from desktop.sync.silence import PATIENCE_MILLIS
from desktop.ui.window.reminders import Reminders
from tests.desktop.ui.devices.test_devices import PATIENCE, pair, server
from tests.journeys.hands import press, shown

__all__ = ["pair", "server"]
_KEPT = "answers that are owed"


@pytest.fixture
def waiting(qtbot, pair):
    """The laptop, whose tablet was cut off before it read what the laptop wrote, weeks ago."""
    laptop, tablet, _ = pair
    for computer in (laptop, tablet):
        qtbot.waitUntil(computer.is_saved, timeout=PATIENCE)
    tablet.line.cut = True
    tablet.collection.sync.pause()
    laptop.collection.copies.add(Draft(model={"name": "Garcia"}))
    qtbot.waitUntil(laptop.is_saved, timeout=PATIENCE)
    secrets = laptop.connection._vault.secrets
    qtbot.waitUntil(lambda: bool(msgspec.msgpack.decode(secrets.get(_KEPT))), timeout=PATIENCE)
    debts = msgspec.msgpack.decode(secrets.get(_KEPT))
    aged = {device: (mark, since - PATIENCE_MILLIS) for device, (mark, since) in debts.items()}
    secrets.put(_KEPT, msgspec.msgpack.encode(aged))
    return laptop


def test_a_silent_device_is_named_and_can_be_excused(qtbot, waiting):
    window = waiting.window
    reminders = Reminders(window)
    waiting.collection.sync.sync_now()
    bar = window.panels.bar
    qtbot.waitUntil(lambda: "Nothing was heard from tablet" in bar._words.text(), timeout=PATIENCE)
    bar.hide()
    reminders.findChild(QTimer).timeout.emit()  # a day later, at a window that stayed open
    qtbot.waitUntil(bar.isVisible, timeout=PATIENCE)
    assert "Nothing was heard from tablet" in bar._words.text()
    window.pages.show_devices()
    assert waiting.says("It should have been heard from by now")
    press(waiting.page, "It was off: tablet")
    qtbot.waitUntil(lambda: not waiting.says("should have been heard"), timeout=PATIENCE)
    assert shown(waiting.page, "Rename: tablet")
