"""A server and a name there, with the server's word on whether it can be had, as one types."""

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLineEdit

from desktop.ui.controls import Button, Text
from desktop.ui.errand import Errand
from desktop.ui.first_run.beginnings import Place, Verdict
from desktop.ui.look import say
from desktop.ui.zone import Zone, column, row

PAUSE_MILLIS = 400
"""After the last letter, before the server is asked about the name."""
_YOURS = "Another of your devices signed this collection up here: this one can sync, too."
_INVITED = "needs an invitation here. Type the code that the operator of the server gave you."

Judge = Callable[[str, str], Verdict]
"""Asks a server about a name. It waits."""


class ServerLines(Zone):
    """Two lines and a verdict; a third one where it takes an invitation, or for who has one.

    ``judged`` tells that ``free`` may have changed.
    """

    judged = Signal()

    def __init__(self, judge: Judge) -> None:
        self._ask = judge
        self._server = named_line("Server", "sync.example.org")
        self._slug = named_line("Your name there", "artmatt")
        self._code = named_line("Invitation", "mfrggzdfmztwq2lk")
        self._code.hide()
        self._have = Button("I have an invitation", "quiet", pressed=self._show_code)
        self._words = Text(role="caption")
        self._verdict: Verdict | None = None
        super().__init__(
            layout=column(self._server, self._slug, self._code, self._words, row(self._have, None))
        )
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MILLIS)
        self._pause.timeout.connect(self._inquire)
        for line in (self._server, self._slug):
            line.textChanged.connect(self._typed)
        self._code.textChanged.connect(self._tell)

    @property
    def free(self) -> bool:
        """Whether the server would take the name, as far as it has said."""
        verdict = self._verdict
        if verdict is None or verdict.why_not:
            return False
        return bool(self.wish.invitation) or not verdict.invitation

    @property
    def wish(self) -> Place:
        """The server's address, the name there and the code, as typed."""
        code = self._code.text().strip() if self._code.isVisibleTo(self) else ""
        return Place(self._server.text().strip(), self._slug.text().strip().lower(), code)

    def fill(self, server: str) -> None:
        """Write the address of a server into its line."""
        self._server.setText(server)

    def _typed(self) -> None:
        self._judge(None)
        if self.wish.server and self.wish.name:
            self._pause.start()

    def _inquire(self) -> None:
        asked = self.wish
        self._judge(None)
        self._words.say("Asking the server\u2026")
        Errand(
            self,
            lambda: self._ask(asked.server, asked.name),
            then=lambda verdict: self._answered(asked, verdict),
            failed=lambda _error: self._judge(None),
        )

    def _answered(self, asked: Place, verdict: Verdict) -> None:
        if (asked.server, asked.name) == (self.wish.server, self.wish.name):
            self._judge(verdict)  # else something else stands there by now

    def _judge(self, verdict: Verdict | None) -> None:
        self._verdict = verdict
        if verdict is not None and verdict.invitation:
            self._show_code()
        self._tell()

    def _show_code(self) -> None:
        self._code.show()
        self._have.hide()

    def _tell(self) -> None:
        words, role = self._judgement()
        self._words.say(words)
        say(self._words, role)
        self.judged.emit()

    def _judgement(self) -> tuple[str, str]:
        if self._verdict is None:
            return "", "caption"
        if self._verdict.why_not:
            return self._verdict.why_not, "danger"
        if self._verdict.yours:
            return _YOURS, "positive"
        if not self.free:
            return f"{self.wish.name} {_INVITED}", "caption"
        return f"{self.wish.name} is free.", "positive"


def named_line(name: str, example: str) -> QLineEdit:
    """Make a line whose name and example stand in it while it is empty."""
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setPlaceholderText(f"{name}, as in {example}")
    return made
