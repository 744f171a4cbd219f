"""Sign-up, pairing and restoring through the screens, with a real server."""

import pytest
from PySide6.QtWidgets import QLabel, QPlainTextEdit

from desktop.ui.devices.page import DevicesPage
from desktop.ui.devices.welcome import WelcomePage
from desktop.ui.window.menu import CONTINUE
from desktop.ui.zone import Zone
from tests.journeys.hands import (
    PASSWORD,
    add,
    begin_collection,
    named,
    names,
    press,
    shown,
    write,
)
from tests.sync_server.serving import running

PATIENCE = 30_000


@pytest.fixture
def server(tmp_path):
    with running(tmp_path / "server") as made:
        yield made


def test_a_second_device_joins_by_six_digits_and_shows_the_same(qtbot, computer, server):
    laptop = computer("artmatt")
    window = begin_collection(
        qtbot, laptop, "artmatt", "Art Matt", server=(server.address, "artmatt")
    )
    add(window, "peanut")

    tablet = computer("artmatt-tablet")
    first = tablet.first_run
    press(first, "Join with another device")
    write(first, "Server", server.address)
    press(first, "Make a code")
    qtbot.waitUntil(lambda: shown(first, "Code for the other device"), timeout=PATIENCE)
    code = named(first, "Code for the other device", QPlainTextEdit).toPlainText()

    window.commands["devices"].trigger()
    assert isinstance(window.pages._shown, DevicesPage)
    press(window, "Add a device")
    assert isinstance(window.pages._shown, WelcomePage)
    named(window, "Code of the new device", QPlainTextEdit).setPlainText(code)
    press(window, "Go on")
    page = window.pages._shown
    qtbot.waitUntil(page._digits.isVisible, timeout=PATIENCE)
    digits = page._digits.text().replace(" ", "")
    spoken = "Six digits: " + " ".join(digits)
    qtbot.waitUntil(lambda: shown(first, spoken), timeout=PATIENCE)

    press(first, "Yes, they agree")
    write(first, "Name of the collection", "my guess")
    write(first, "Password", PASSWORD)
    write(first, "Password again", PASSWORD)
    press(first, "Next")
    press(window, "They agree: let it in")
    qtbot.waitUntil(lambda: tablet.window is not None, timeout=PATIENCE)
    qtbot.waitUntil(lambda: names(tablet.window) == ["Peanut"], timeout=PATIENCE)
    qtbot.waitUntil(lambda: tablet.window.wardrobe.skin.name == "artmatt", timeout=PATIENCE)
    qtbot.waitUntil(lambda: tablet.window.windowTitle().startswith("artmatt "), timeout=PATIENCE)
    qtbot.waitUntil(lambda: isinstance(window.pages._shown, DevicesPage), timeout=PATIENCE)

    add(tablet.window, "patti")
    qtbot.waitUntil(lambda: sorted(names(window)) == ["Patti", "Peanut"], timeout=PATIENCE)

    pause_and_continue(qtbot, window, tablet.window)


def pause_and_continue(qtbot, window, other):
    """Leave the network alone for a while, as both collect on."""
    pause(qtbot, window)
    add(other, "humphrey")
    add(window, "nip")
    qtbot.waitUntil(lambda: other.live.collection.status.waiting == 0, timeout=PATIENCE)
    assert sorted(names(window)) == ["Nip", "Patti", "Peanut"]
    assert "1 change waits to be sent." in told(details(window))
    press(details(window), "Continue")
    all_four = ["Humphrey", "Nip", "Patti", "Peanut"]
    for each in (window, other):
        qtbot.waitUntil(lambda shown=each: sorted(names(shown)) == all_four, timeout=PATIENCE)
    assert any(" sent and " in words for words in told(details(window)))


def pause(qtbot, window):
    """Stop the sync by its button."""
    press(details(window), "Pause")
    qtbot.waitUntil(lambda: window.commands["pause"].text() == CONTINUE, timeout=PATIENCE)


def details(window):
    """Open what the status line stands for."""
    window.panels.status.details_wanted.emit()
    (found,) = [
        each
        for each in window.panels.status.findChildren(Zone)
        if each.accessibleName() == "Where the sync stands" and each.isVisible()
    ]
    return found


def told(root):
    """Read all that is written there."""
    words = [label.text() for label in root.findChildren(QLabel)]
    root.close()
    return words


def test_the_emergency_kit_brings_everything_back(qtbot, computer, server):
    laptop = computer("begin")
    kits = []
    window = begin_collection(
        qtbot, laptop, "begin", "Begin", server=(server.address, "begin"), kits=kits
    )
    add(window, "garcia")
    qtbot.waitUntil(
        lambda: (
            window.live.collection.status.waiting == 0
            and window.live.collection.status.last_synced_millis is not None
        ),
        timeout=PATIENCE,
    )
    window.close()

    rescued = computer("begin-again")
    first = rescued.first_run
    press(first, "Restore from the emergency kit")
    named(first, "The 24 words", QPlainTextEdit).setPlainText(kits[0])
    press(first, "Next")
    write(first, "Name of the collection", "begin")
    write(first, "Password", PASSWORD)
    write(first, "Password again", PASSWORD)
    press(first, "Next")
    qtbot.waitUntil(lambda: rescued.window is not None, timeout=PATIENCE)
    qtbot.waitUntil(lambda: names(rescued.window) == ["Garcia"], timeout=PATIENCE)


def test_a_name_that_is_taken_is_said_as_one_types(qtbot, computer, server):
    begin_collection(qtbot, computer("artmatt"), "a", server=(server.address, "artmatt"))
    other = computer("begin").first_run
    press(other, "Start a new collection")
    write(other, "Name of the collection", "b")
    write(other, "Password", PASSWORD)
    write(other, "Password again", PASSWORD)
    press(other, "Next")
    press(other, "Next")
    named(other, "Sync my devices through a server, which can read nothing.").click()
    write(other, "Server", server.address)
    write(other, "Your name there", "artmatt")
    forward = named(other, "Create the collection")
    labels = other.findChildren(QLabel)
    qtbot.waitUntil(
        lambda: any("another collector" in label.text() for label in labels), timeout=PATIENCE
    )
    assert not forward.isEnabled()
    write(other, "Your name there", "begin")
    qtbot.waitUntil(forward.isEnabled, timeout=PATIENCE)
