"""On the screen: a new emergency kit, its test, the reminder, and the look after a restore."""

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox

from desktop.collection.devices import KitVerdict
from desktop.collection.kit import WEEK_MILLIS, MarkVerdict
from desktop.collection.library import Wish
from desktop.collection.values import Draft
from desktop.sync.recovery import OtherKitError
from desktop.ui.kit.change import ChangePage
from desktop.ui.kit.drill import DrillPage
from desktop.ui.kit.page import KitBody
from desktop.ui.kit.restored import RestoredPage
from desktop.ui.window.reminders import Reminders
from tests.desktop.ui.devices.test_devices import (
    PASSWORD,
    PATIENCE,
    Computer,
    other,
    pair,
    server,
    try_words,
)
from tests.journeys.hands import named, press, shown, write

__all__ = ["other", "pair", "server"]
KEPT = "I keep these words where only I find them."


def make_kit(qtbot, computer):
    """Make a new kit on the screen and keep it; return what stands on it."""
    press(computer.page, "New kit: Emergency kit")
    assert isinstance(computer.page, ChangePage)
    press(computer.page, "Make a new kit")
    qtbot.waitUntil(lambda: shown(computer.page, "The 24 words"), timeout=PATIENCE)
    return computer.page.findChild(KitBody)._kit


def test_a_new_kit_is_shown_once_and_the_old_one_opens_nothing(qtbot, pair, other, server):
    laptop, tablet, old = pair
    theirs = other.collection.roster.links
    kit = make_kit(qtbot, laptop)
    assert re.fullmatch(r"4-[a-z]+-[a-z]+-[a-z]+", kit.mark)
    QTest.keyClick(laptop.page, Qt.Key.Key_Escape)
    assert isinstance(laptop.page, ChangePage), "no key takes the words away"
    assert not named(laptop.page, "Next: test it").isEnabled()
    qtbot.waitUntil(lambda: laptop.collection.kit.state.unseen, timeout=PATIENCE)
    named(laptop.page, KEPT, QCheckBox).click()
    assert not laptop.collection.kit.state.unseen
    press(laptop.page, "Next: test it")
    assert isinstance(laptop.page, DrillPage)
    try_words(laptop, " ".join(kit.words))
    qtbot.waitUntil(lambda: laptop.says("This kit is good"), timeout=PATIENCE)
    qtbot.waitUntil(
        lambda: tablet.collection.roster.try_kit(" ".join(old)) is KitVerdict.REPLACED,
        timeout=PATIENCE,
    )
    with pytest.raises(OtherKitError):
        laptop.network.recover(" ".join(old), laptop.collection.tenant, server.address)
    assert laptop.network.recover(" ".join(kit.words), laptop.collection.tenant, server.address)
    assert other.collection.roster.links == theirs


@pytest.fixture
def phone(qtbot, pair, tmp_path, reference, server):
    """A telephone that came back by the kit, once the laptop had written something."""
    laptop, _, words = pair
    laptop.collection.copies.add(Draft(model={"name": "Garcia"}))
    qtbot.waitUntil(laptop.is_saved, timeout=PATIENCE)
    computer = Computer(tmp_path, "phone", reference)
    joined = computer.network.recover(" ".join(words), laptop.collection.tenant, server.address)
    restored = computer.library.join(joined, Wish("artmatt", PASSWORD))
    restored.kit.restored = True
    computer.show(qtbot, restored)
    yield computer
    computer.close()


def test_after_a_restore_sheet_and_memory_say_whether_all_came(qtbot, pair, phone, other):
    mark = pair[0].collection.kit.mark
    qtbot.waitUntil(lambda: isinstance(phone.page, RestoredPage), timeout=PATIENCE)
    assert phone.says("\u201cAdd Garcia\u201d on laptop")
    for typed, verdict in (
        (mark, MarkVerdict.HAS_IT),
        (f"99-{mark.split(chr(45), 1)[1]}", MarkVerdict.OLDER),
        (other.collection.kit.mark, MarkVerdict.OTHER),
        ("apple", MarkVerdict.UNREADABLE),
    ):
        write(phone.page, "Mark on my kit", typed)
        press(phone.page, "Compare")
        assert phone.says(verdict.value)
    press(phone.page, "No, something is missing")
    assert phone.says("holds it back")
    press(phone.page, "Yes, that is right")
    assert not phone.collection.kit.restored
    assert phone.page is None


def test_without_a_line_nothing_changes_and_the_old_sheet_stays_good(qtbot, pair):
    laptop, _, words = pair
    laptop.line.cut = True
    press(laptop.page, "New kit: Emergency kit")
    press(laptop.page, "Make a new kit")
    qtbot.waitUntil(lambda: laptop.says("keep the old sheet"), timeout=PATIENCE)
    assert laptop.collection.roster.try_kit(" ".join(words)) is KitVerdict.RIGHT
    laptop.line.cut = False
    press(laptop.page, "Make a new kit")
    qtbot.waitUntil(lambda: shown(laptop.page, "The 24 words"), timeout=PATIENCE)
    assert not laptop.says("keep the old sheet")
    laptop.window.pages.show_devices()
    qtbot.waitUntil(lambda: laptop.says("its words were not kept"), timeout=PATIENCE)


def test_a_week_later_it_asks_for_the_test_until_it_was_made(qtbot, tmp_path, reference):
    desk = Computer(tmp_path, "desk", reference)
    created = desk.library.create(Wish("begin", PASSWORD))
    kit = created.collection.kit
    kit.made()
    desk.show(qtbot, created.collection)
    assert not shown(desk.window, "Test my kit")
    assert not kit.state.due
    later = kit._now_millis() + WEEK_MILLIS
    kit._now_millis = lambda: later
    desk.window._reminders = Reminders(desk.window)
    assert kit.state.due
    press(desk.window.panels.bar, "Test my kit")
    try_words(desk, " ".join(created.words))
    qtbot.waitUntil(lambda: desk.says("This kit is good"), timeout=PATIENCE)
    assert not kit.state.due
    desk.close()
