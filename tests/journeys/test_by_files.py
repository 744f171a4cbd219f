"""A second device joins without any server: real widgets on both sides, and real files between."""

import shutil

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from desktop.ui import pair_files
from desktop.ui.devices.files_page import FilesPage
from desktop.ui.devices.page import DevicesPage
from tests.journeys.hands import (
    KEY,
    PASSWORD,
    add,
    begin_collection,
    come_forward,
    keys,
    named,
    press,
    shown,
    write,
)

PATIENCE = 30_000
SAVE, OPEN_ANSWER = "Save the file\u2026", "Open the answer\u2026"
OPEN_AGAIN = "Open its file once more\u2026"


class Hand:
    """Chooses files in the dialogs of both devices, as a person does who carries a stick."""

    def __init__(self, monkeypatch):
        self.choice, self.proposed = "", []
        monkeypatch.setattr(QFileDialog, "getSaveFileName", self._save)
        monkeypatch.setattr(QFileDialog, "getOpenFileName", self._open)

    def _save(self, _parent, _title, proposed, kinds):
        self.proposed.append(proposed)
        assert ".swingpair" in kinds
        return str(self.choice), kinds

    def _open(self, _parent, _title, _folder, kinds):
        assert ".swingpair" in kinds
        return str(self.choice), kinds


@pytest.fixture
def hand(monkeypatch):
    monkeypatch.setattr(pair_files, "LOOK_MILLIS", 50)
    return Hand(monkeypatch)


def says(root, words):
    return any(words in label.text() and label.isVisible() for label in root.findChildren(QLabel))


def computers_of(window):
    window.commands["devices"].trigger()
    cards = window.live.collection.roster.cards()
    return [card for card in cards if not card.paper]


def begin_to_ask(qtbot, first, hand):
    press(first, "Join with another device")
    press(first, "No server? Use two files")
    qtbot.waitUntil(lambda: shown(first, SAVE), timeout=PATIENCE)
    assert not named(first, OPEN_ANSWER).isEnabled()
    press(first, SAVE)
    qtbot.waitUntil(hand.choice.exists, timeout=PATIENCE)
    assert hand.proposed[-1].endswith(".swingpair")


def answer(qtbot, window, hand, path):
    assert len(computers_of(window)) == 1
    press(window, "Add a device")
    assert isinstance(window.pages._shown, FilesPage)
    press(window, "Open its file\u2026")
    qtbot.waitUntil(lambda: shown(window, "Save the answer\u2026"), timeout=PATIENCE)
    hand.choice = path
    press(window, "Save the answer\u2026")
    qtbot.waitUntil(lambda: shown(window, OPEN_AGAIN), timeout=PATIENCE)


def open_answer(qtbot, first, hand, wrong, right):
    hand.choice = wrong
    forward = named(first, OPEN_ANSWER)
    forward.click()
    qtbot.waitUntil(lambda: says(first, "That file is for the other device"), timeout=PATIENCE)
    hand.choice = right
    forward.click()
    qtbot.waitUntil(lambda: shown(first, "Yes, they agree"), timeout=PATIENCE)


def compare(qtbot, first, window):
    digits = window.pages._shown._digits
    qtbot.waitUntil(digits.isVisible, timeout=PATIENCE)
    assert shown(first, digits.accessibleName())
    assert len(window.live.collection.roster.links) == 2  # nothing is signed yet
    press(first, "Yes, they agree")
    write(first, "Name of the collection", "mine, too")
    write(first, "Password", PASSWORD)
    write(first, "Password again", PASSWORD)
    press(first, "Next")
    press(window, "They agree: let it in")
    qtbot.waitUntil(lambda: shown(window, "Done"), timeout=PATIENCE)


def test_two_devices_and_a_stick(qtbot, computer, hand, tmp_path):
    window = begin_collection(qtbot, computer("artmatt"), "artmatt", "Art Matt")
    other = begin_collection(qtbot, computer("begin"), "begin", "Begin")
    add(window, "peanut")
    tablet = computer("artmatt-tablet")
    first = tablet.first_run
    asked, answered = (tmp_path / f"{name}/{name}.swingpair" for name in ("asked", "answered"))
    asked.parent.mkdir()
    answered.parent.mkdir()
    hand.choice = asked
    begin_to_ask(qtbot, first, hand)
    answer(qtbot, window, hand, answered.with_suffix(""))  # which is added where it is left out
    open_answer(qtbot, first, hand, wrong=asked, right=answered)
    shutil.copy(asked, answered.parent)  # as a folder does that both see: opened by itself
    compare(qtbot, first, window)
    shutil.copy(answered, asked.parent)
    qtbot.waitUntil(lambda: tablet.window is not None, timeout=PATIENCE)
    assert says(tablet.window, "holds nothing of it yet")
    press(window, "Done")
    assert isinstance(window.pages._shown, DevicesPage)
    assert len(computers_of(window)) == len(computers_of(tablet.window)) == 2
    for one in (window, tablet.window):
        qtbot.waitUntil(lambda one=one: says(one, "2 devices"), timeout=PATIENCE)
    assert says(other, "1 device")
    assert tablet.window.live.collection.tenant == window.live.collection.tenant
    assert len(computers_of(other)) == 1
    assert other.live.collection.tenant != window.live.collection.tenant


def test_it_goes_by_the_keyboard_and_can_be_left(qtbot, computer, hand, tmp_path):
    hand.choice = tmp_path / "asked.swingpair"
    first = computer("begin").first_run
    press(first, "Join with another device")
    press(first, "No server? Use two files")
    qtbot.waitUntil(lambda: shown(first, SAVE), timeout=PATIENCE)
    come_forward(first)
    assert QApplication.focusWidget() is named(first, SAVE)
    keys("", KEY.Key_Space)
    qtbot.waitUntil(
        lambda: QApplication.focusWidget() is named(first, OPEN_ANSWER),
        timeout=PATIENCE,
    )
    hand.choice = tmp_path / "nowhere" / "a.swingpair"
    press(first, "Save it elsewhere\u2026")
    qtbot.waitUntil(lambda: says(first, "could not be saved there"), timeout=PATIENCE)
    press(first, "Back")
    assert shown(first, "Make a code")
