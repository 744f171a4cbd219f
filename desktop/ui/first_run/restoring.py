"""The step that reads an emergency kit."""

from PySide6.QtWidgets import QPlainTextEdit

from desktop.ui.controls import Text
from desktop.ui.first_run.server_lines import named_line
from desktop.ui.first_run.step import Step
from desktop.ui.kit.kit import Reading, read_kit
from desktop.ui.zone import Zone, column

_LINES = 6


class RestoreStep(Step):
    """Takes a whole kit that was saved as text, or the words and the two facts beside them."""

    def __init__(self) -> None:
        self._text = QPlainTextEdit()
        self._text.setAccessibleName("The 24 words")
        self._text.setPlaceholderText("The 24 words, or the whole text of the kit")
        self._text.setTabChangesFocus(True)
        self._text.setFixedHeight(self._text.fontMetrics().lineSpacing() * (_LINES + 1))
        self._server = named_line("Server", "sync.example.org")
        self._tenant = named_line("Collection id", "3fa9c2\u2026")
        note = Text("All of it stands on the sheet that you printed.", "caption")
        super().__init__(
            "Restore from the emergency kit",
            "Type the words in their order, with blanks between.",
            Zone(layout=column(self._text, self._server, self._tenant, note, gap=3)),
            "Next",
        )
        self._text.textChanged.connect(self._read)
        for line in (self._server, self._tenant):
            line.textChanged.connect(self._judge)
        self._judge()

    @property
    def kit(self) -> Reading:
        """What was typed."""
        words = read_kit(self._text.toPlainText()).words
        tenant = "".join(self._tenant.text().split()).lower()
        return Reading(words, tenant, self._server.text().strip())

    def _read(self) -> None:
        """Fill the two lines from a kit that was pasted whole."""
        read = read_kit(self._text.toPlainText())
        if read.tenant:
            self._tenant.setText(read.tenant)
        if read.server:
            self._server.setText(read.server)
        self._judge()

    def _judge(self) -> None:
        kit = self.kit
        self.refuse("")
        self.allow(forward=kit.complete and bool(kit.server and kit.tenant))
