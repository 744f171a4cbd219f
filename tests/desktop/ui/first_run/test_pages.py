"""Every page of the first run at 200 % in a small window, and the size of its text."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QScrollArea

from desktop.ui.controls import Text
from desktop.ui.first_run.backup import BackupStep
from desktop.ui.first_run.by_files import AskStep, CompareStep, LastStep
from desktop.ui.first_run.joining import CodeStep, DigitsStep, WhereStep
from desktop.ui.first_run.link import Door, Link, LinkStep
from desktop.ui.first_run.looks import LooksStep
from desktop.ui.first_run.naming import NamingStep
from desktop.ui.first_run.proof import ProofStep
from desktop.ui.first_run.restoring import RestoreStep, RestoringStep
from desktop.ui.first_run.servers import ServerStep
from desktop.ui.first_run.window import FirstRunWindow
from desktop.ui.kit.kit import Kit
from desktop.ui.kit.page import KitStep
from desktop.ui.look import look_of
from desktop.ui.look.packs import bundled
from desktop.ui.window.wardrobe import system_text_scale
from tests.desktop.ui.conftest import Offline

WORDS = ("absolute", "umbrella", "zoo") * 8
LONG = Path("/media/anna/a stick with a long name/swingtag-device-of-a-long-name.swingpair")


class ByFiles:
    """What two files are exchanged with, saved at a place with a long name."""

    name, saved, digits = LONG.name, LONG, "123456"

    def look(self):
        return None


def by_place():
    step = RestoreStep()
    step._by_place.setChecked(True)
    step.take(str(LONG))
    return step


def by_kit():
    step = BackupStep()
    step._by_kit.setChecked(True)
    step.take(str(LONG))
    return step


def saved():
    step = AskStep(ByFiles(), lambda: None)
    step._done(None)
    return step


def syncing():
    step = ServerStep(Offline().judge)
    step.fill("sync.example.org")
    return step


PAGES = (
    NamingStep,
    lambda: LooksStep(bundled()),
    syncing,
    lambda: KitStep(Kit("Anna", WORDS, "ab" * 32, "sync.example.org", "2026-01-01", "4-zoo")),
    lambda: ProofStep(WORDS, (2, 11, 19)),
    WhereStep,
    lambda: CodeStep("SWING-" + "ABCDEFGH" * 16),
    lambda: DigitsStep("123456", "Yes, they agree"),
    saved,
    lambda: CompareStep(ByFiles()),
    lambda: LastStep(ByFiles(), lambda _step, _path: None),
    RestoreStep,
    by_place,
    lambda: RestoringStep(lambda *_: None, "Opening the backup"),
    by_kit,
    lambda: LinkStep(Link(Door.NEW, "a-long-name.of-a.server.example.org:8443"), has_collections=1),
)


@pytest.fixture
def window(qtbot):
    made = FirstRunWindow(Offline(), bundled())
    qtbot.addWidget(made)
    made.resize(640, 480)
    made.show()
    return made


def cut(page):
    """Return what of a page is shown in less room than it needs."""
    shown = [each for each in page.findChildren(QLabel) if each.isVisible() and each.wordWrap()]
    buttons = [
        each for each in page.findChildren(QAbstractButton) if each.isVisible() and each.text()
    ]
    low = [each.text() for each in shown if each.height() < each.heightForWidth(each.width())]
    narrow = [each.text() for each in buttons if each.width() < each.minimumSizeHint().width()]
    (scroll,) = [each for each in page.findChildren(QScrollArea) if each.accessibleName()]
    sideways = [scroll.accessibleName()] if scroll.horizontalScrollBar().maximum() else []
    return low + narrow + sideways


def test_nothing_is_cut_at_200_percent_in_a_small_window(window):
    QTest.keyClick(window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert look_of(window).text_scale == 1.1
    for _ in range(12):
        QTest.keyClick(window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert window.text_scale == 2.0
    QTest.qWait(50)
    assert cut(window._doors) == []
    for make in PAGES:
        step = make()
        window._trail.go(step)
        QTest.qWait(20)
        assert cut(step) == [], step.accessibleName()
        window._trail.restart()


def test_the_words_of_a_kit_grow_too_and_wear_no_skin(window):
    step = PAGES[3]()
    window._trail.go(step)
    QTest.keyClick(window, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    look = look_of(step.findChild(Text))
    assert (look.text_scale, look.skin) == (0.9, look.plain().skin)
    QTest.keyClick(window, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert look_of(step.findChild(Text)).text_scale == 1.0


def test_the_text_is_as_large_as_the_system_writes(qtbot):
    usual = QGuiApplication.font()
    larger = QFont(usual)
    larger.setPixelSize(24)
    QGuiApplication.setFont(larger)
    try:
        assert system_text_scale() == 1.6
        made = FirstRunWindow(Offline(), bundled())
        qtbot.addWidget(made)
        assert made.text_scale == 1.6
    finally:
        QGuiApplication.setFont(usual)
    assert system_text_scale() == 1.0
