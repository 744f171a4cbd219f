"""The page of what the server knows, when the answer is odd or there is none."""

import threading

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QLabel

from desktop.ui.devices.server_page import ServerPage
from desktop.ui.notation import Notation
from shared.protocol.messages import About, AboutFiles, AboutTable
from tests.desktop.ui.conftest import Offline
from tests.journeys.hands import named, press

ROWS = (("2", "sealed two"), ("1",))
ANSWER = About(
    slug="artmatt",
    skin="",
    created=1,
    links=2,
    link_bytes=3,
    boxes=4,
    entries=2,
    entry_bytes=6,
    log_quota=7,
    file_quota=8,
    devices=(),
    files=AboutFiles(0, 0, 0, 0),
    tables=(AboutTable("entry", ("number", "body"), 2, 99, ROWS),),
)


class Faulty(Offline):
    """Its first answer brings out a fault of the program, its second has a row that is short."""

    def __init__(self):
        self.answers = iter([None, ANSWER])

    def about(self):
        answer = next(self.answers)
        if answer is None:
            raise ZeroDivisionError
        return answer


def test_a_fault_leaves_a_page_that_can_be_used(qtbot, monkeypatch):
    monkeypatch.setattr(threading, "excepthook", lambda _fault: None)  # the boundary's part
    page = ServerPage(Faulty(), Notation(QLocale("en_US")))
    qtbot.addWidget(page)
    page.show()

    def says(words):
        return any(label.text() == words for label in page.findChildren(QLabel))

    qtbot.waitUntil(lambda: says("It could not be read back. Ask again."))
    assert not says("Asking the server\u2026")
    press(page, "Ask again")
    qtbot.waitUntil(lambda: says("sealed two"))
    assert named(page, "Ask again").isEnabled()
    assert says("the last row")
    assert says("the one before")
