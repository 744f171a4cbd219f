"""Step three of a new collection: alone on this computer, or synced through a server."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QRadioButton

from desktop.ui.controls import Text
from desktop.ui.errand import Errand
from desktop.ui.first_run.step import Step
from desktop.ui.look import say
from desktop.ui.zone import Zone, column

PAUSE_MILLIS = 400
"""After the last letter, before the server is asked about the name."""

WhyNot = Callable[[str, str], str]
"""Asks a server about a name; returns a sentence why it cannot be had, or "". It waits."""


class ServerStep(Step):
    """Asks where to sync. Staying offline is the first choice and needs nothing."""

    def __init__(self, why_not: WhyNot) -> None:
        self._why_not = why_not
        self._alone = QRadioButton("Only on this computer. I can add a server later.")
        self._synced = QRadioButton("Sync my devices through a server, which can read nothing.")
        self._alone.setChecked(True)
        self._server = named_line("Server", "sync.example.org")
        self._slug = named_line("Your name there", "artmatt")
        self._verdict = Text(role="caption")
        self._details = Zone(layout=column(self._server, self._slug, self._verdict))
        super().__init__(
            "Where shall it live?",
            "",
            Zone(layout=column(self._alone, self._synced, self._details, gap=3)),
            "Create the collection",
        )
        self._free = False
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MILLIS)
        self._pause.timeout.connect(self._inquire)
        self._synced.toggled.connect(self._judge)
        for line in (self._server, self._slug):
            line.textChanged.connect(self._typed)
        self._judge()

    @property
    def wish(self) -> tuple[str, str] | None:
        """The server's address and the name there, or None to stay offline."""
        return self._asked if self._synced.isChecked() else None

    @property
    def _asked(self) -> tuple[str, str]:
        return self._server.text().strip(), self._slug.text().strip().lower()

    def _judge(self) -> None:
        self._details.setVisible(self._synced.isChecked())
        self.allow(forward=self._alone.isChecked() or self._free)

    def _typed(self) -> None:
        self._free = False
        self._verdict.say("")
        self._judge()
        if all(self._asked):
            self._pause.start()

    def _inquire(self) -> None:
        asked = self._asked
        say(self._verdict, "caption")
        self._verdict.say("Asking the server\u2026")
        Errand(
            self,
            lambda: self._why_not(*asked),
            then=lambda why: self._answered(asked, why),
            failed=lambda _error: self._verdict.say(""),
        )

    def _answered(self, asked: tuple[str, str], why_not: str) -> None:
        if asked != self._asked:
            return  # something else stands there by now
        self._free = not why_not
        self._verdict.say(why_not or f"{asked[1]} is free.")
        say(self._verdict, "danger" if why_not else "positive")
        self._judge()


def named_line(name: str, example: str) -> QLineEdit:
    """Make a line whose name and example stand in it while it is empty."""
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setPlaceholderText(f"{name}, as in {example}")
    return made
