"""The steps of a device that joins: the server, the code to carry over, six digits to compare."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit
from typing_extensions import override

from desktop.ui.controls import Button, Text
from desktop.ui.first_run.server_lines import named_line
from desktop.ui.first_run.step import Step
from desktop.ui.look import Icon, Look
from desktop.ui.zone import Zone, column, row

_CODE_LINES = 4
_DIFFER = "If they differ, somebody is in between: go back and make a new code."


class WhereStep(Step):
    """Asks for the server that both devices talk through."""

    by_files = Signal()

    def __init__(self, server: str = "") -> None:
        self._server = named_line("Server", "sync.example.org")
        self._server.setText(server)
        note = Text(
            "It is shown on your other device under Devices. This computer makes a code next; "
            "nothing secret leaves it.",
            "caption",
        )
        files = Button("No server? Use two files", "link", pressed=self._ask_files)
        super().__init__(
            "Join with another device",
            "Have the other device at hand, with the collection open.",
            Zone(layout=column(self._server, note, row(files, None), gap=3)),
            "Make a code",
        )
        self._server.textChanged.connect(self._judge)
        self._judge()

    @property
    def server(self) -> str:
        """The server's address as it was typed."""
        return self._server.text().strip()

    def _ask_files(self) -> None:
        self.by_files.emit()

    def _judge(self) -> None:
        self.refuse("")
        self.allow(forward=bool(self.server))


class CodeStep(Step):
    """Shows the code and waits for the other device."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._shown = QPlainTextEdit(code)
        self._shown.setReadOnly(True)
        self._shown.setAccessibleName("Code for the other device")
        copy = Button("Copy", icon=Icon.COPY, pressed=self._copy)
        self._said = Text("Waiting for the other device\u2026", "caption")
        across = row(copy, self._said, gap=3)
        across.setStretch(1, 1)
        super().__init__(
            "Carry this code to your other device",
            "There, open Devices, choose \u201cAdd a device\u201d and paste it. "
            "It is good for ten minutes and for one device.",
            Zone(layout=column(self._shown, across, gap=3)),
            "Waiting\u2026",
        )
        self.allow(forward=False)

    @override
    def put_on(self, look: Look) -> None:
        super().put_on(look)
        line = QFontMetrics(look.font()).lineSpacing()
        self._shown.setFixedHeight(line * (_CODE_LINES + 1))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._code)
        self._said.say("Copied. Waiting for the other device\u2026")


class DigitsStep(Step):
    """Shows six digits; the person says whether the other screen shows the same."""

    def __init__(self, digits: str, forward: str, lead: str = "", differ: str = _DIFFER) -> None:
        shown = Text(f"{digits[:3]} {digits[3:]}", "display")
        shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
        shown.setAccessibleName("Six digits: " + " ".join(digits))
        note = Text(differ)
        super().__init__(
            "Do both screens show these digits?",
            lead,
            Zone(layout=column(shown, note, gap=4)),
            forward,
        )
