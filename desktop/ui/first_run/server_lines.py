"""A server and a name there, with the server's word on whether it can be had, as one types."""

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLineEdit

from desktop.ui.controls import Text
from desktop.ui.errand import Errand
from desktop.ui.look import say
from desktop.ui.zone import Zone, column

PAUSE_MILLIS = 400
"""After the last letter, before the server is asked about the name."""

WhyNot = Callable[[str, str], str]
"""Asks a server about a name; returns a sentence why it cannot be had, or "". It waits."""


class ServerLines(Zone):
    """Two lines and a verdict. ``judged`` tells that ``free`` may have changed."""

    judged = Signal()

    def __init__(self, why_not: WhyNot) -> None:
        self._why_not = why_not
        self._server = named_line("Server", "sync.example.org")
        self._slug = named_line("Your name there", "artmatt")
        self._verdict = Text(role="caption")
        super().__init__(layout=column(self._server, self._slug, self._verdict))
        self.free = False
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MILLIS)
        self._pause.timeout.connect(self._inquire)
        for line in (self._server, self._slug):
            line.textChanged.connect(self._typed)

    @property
    def wish(self) -> tuple[str, str]:
        """The server's address and the name there, as typed."""
        return self._server.text().strip(), self._slug.text().strip().lower()

    def _typed(self) -> None:
        self._judge(free=False, words="", role="caption")
        if all(self.wish):
            self._pause.start()

    def _inquire(self) -> None:
        asked = self.wish
        self._judge(free=False, words="Asking the server\u2026", role="caption")
        Errand(
            self,
            lambda: self._why_not(*asked),
            then=lambda why: self._answered(asked, why),
            failed=lambda _error: self._judge(free=False, words="", role="caption"),
        )

    def _answered(self, asked: tuple[str, str], why_not: str) -> None:
        if asked != self.wish:
            return  # something else stands there by now
        words = why_not or f"{asked[1]} is free."
        self._judge(free=not why_not, words=words, role="danger" if why_not else "positive")

    def _judge(self, *, free: bool, words: str, role: str) -> None:
        self.free = free
        self._verdict.say(words)
        say(self._verdict, role)
        self.judged.emit()


def named_line(name: str, example: str) -> QLineEdit:
    """Make a line whose name and example stand in it while it is empty."""
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setPlaceholderText(f"{name}, as in {example}")
    return made
