"""Letting another device in: paste its code, compare six digits, say yes."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPlainTextEdit

from desktop.ui.controls import Button, Text
from desktop.ui.devices.online import Online, Visit
from desktop.ui.errand import Errand
from desktop.ui.first_run.beginnings import Trouble
from desktop.ui.page import Page
from desktop.ui.zone import Zone, column, row

_LINES = 4
_HOW = (
    "On the other computer, start Swingtag, choose \u201cJoin with another device\u201d and bring "
    "the code that it shows to this one. Paste it here. If it cannot reach the server, two files "
    "do it, too."
)
_COMPARE = (
    "Let it in only if the other screen shows the same six digits. "
    "If they differ, somebody is in between."
)


class WelcomePage(Page):
    """One device is let in, or nothing happens."""

    admitted = Signal()
    files_wanted = Signal()

    def __init__(self, online: Online) -> None:
        self._online = online
        self._visit: Visit | None = None
        self._code = QPlainTextEdit()
        self._code.setAccessibleName("Code of the new device")
        self._code.setTabChangesFocus(True)
        self._code.setFixedHeight(self._code.fontMetrics().lineSpacing() * (_LINES + 1))
        self._words = Text(_HOW)
        self._digits = Text(role="display")
        self._digits.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._digits.hide()
        self._said = Text(role="danger")
        self._said.hide()
        self._go = Button("Go on", "primary", pressed=self._forward)
        self._go.setEnabled(False)
        self._files = Button("Use two files", "quiet", pressed=self._ask_files)
        across = row(self._go, None, self._files)
        super().__init__(
            "Add a device",
            Zone(layout=column(self._words, self._code, self._digits, self._said, across, gap=4)),
            "Back to the devices",
        )
        self._code.textChanged.connect(self._judge)
        self.left.connect(online.cancel)

    def _ask_files(self) -> None:
        self._online.cancel()
        self.files_wanted.emit()

    def _judge(self) -> None:
        self._said.hide()
        self._go.setEnabled(bool(self._code.toPlainText().strip()))

    def _forward(self) -> None:
        if self._visit is None:
            self._wait("Waiting for the other device\u2026")
            code = self._code.toPlainText()
            Errand(
                self,
                lambda: self._online.welcome(code),
                then=self._met,
                failed=lambda _error: self._refuse(""),
            )
        else:
            self._wait("Letting it in\u2026")
            Errand(
                self,
                self._visit.admit,
                then=self._admitted,
                failed=lambda _error: self._refuse(""),
            )

    def _met(self, outcome: Visit | Trouble) -> None:
        if isinstance(outcome, Trouble):
            self._refuse(outcome.sentence)
            return
        self._visit = outcome
        self._words.say(_COMPARE)
        self._code.hide()
        self._files.hide()
        self._digits.say(f"{outcome.digits[:3]} {outcome.digits[3:]}")
        self._digits.show()
        self._go.setText("They agree: let it in")
        self._go.setEnabled(True)

    def _admitted(self, trouble: Trouble | None) -> None:
        if trouble is None:
            self.admitted.emit()
        else:
            self._refuse(trouble.sentence)

    def _wait(self, words: str) -> None:
        self._said.hide()
        self._go.setText(words)
        self._go.setEnabled(False)

    def _refuse(self, sentence: str) -> None:
        self._said.say(sentence)
        self._said.setVisible(bool(sentence))
        self._go.setText("Go on" if self._visit is None else "They agree: let it in")
        self._go.setEnabled(True)
