"""The step that reads an emergency kit and asks where the collection lies, and the one after it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QRadioButton

from desktop.ui.controls import Button, Text
from desktop.ui.first_run.beginnings import Begun, Stop, Tell, Trouble, Wanted
from desktop.ui.first_run.naming import NamingStep
from desktop.ui.first_run.server_lines import named_line
from desktop.ui.first_run.step import Step
from desktop.ui.flow import flow
from desktop.ui.kit.kit import Reading, read_kit
from desktop.ui.kit.words_box import WordsBox
from desktop.ui.labour import Labour, LabourBar
from desktop.ui.look import Icon
from desktop.ui.zone import Zone, column

_KINDS = "Bundles (*.swingbundle)"
_SHEET = "All of it stands on the sheet that you printed."
_PLACE = (
    "The folder by which your devices exchanged, on a stick, in your network or in a cloud; or a "
    "bundle that one of them saved. The words find their collection in it."
)
_NOTHING = "Nothing chosen yet."


class RestoreStep(Step):
    """Takes a whole kit that was saved as text, or the words; and where the collection lies."""

    def __init__(self) -> None:
        self._path = ""
        self._text = WordsBox("The 24 words")
        self._text.setPlaceholderText("The 24 words, or the whole text of the kit")
        self._by_server = QRadioButton("From my server")
        self._by_place = QRadioButton("From a folder or a file")
        self._server = named_line("Server", "sync.example.org")
        self._tenant = named_line("Collection id", "3fa9c2\u2026")
        self._chosen = Text(_NOTHING, "caption", one_line=True)
        self._lines = Zone(
            layout=column(self._server, self._tenant, Text(_SHEET, "caption"), gap=3)
        )
        choices = flow(
            Button("Choose a folder\u2026", icon=Icon.FOLDER, pressed=self._choose_folder),
            Button("Choose a file\u2026", pressed=self._choose_file),
        )
        self._place = Zone(layout=column(choices, self._chosen, Text(_PLACE, "caption"), gap=3))
        ways = flow(self._by_server, self._by_place, gap=4)
        super().__init__(
            "Restore from the emergency kit",
            "Type the words in their order, with blanks between.",
            Zone(layout=column(self._text, ways, self._lines, self._place, gap=3)),
            "Next",
        )
        self._text.textChanged.connect(self._read)
        for line in (self._server, self._tenant):
            line.textChanged.connect(self._judge)
        self._by_server.setChecked(True)
        self._by_place.toggled.connect(self._turn)
        self._turn(to_place=False)

    @property
    def kit(self) -> Reading:
        """What was typed."""
        words = read_kit(self._text.toPlainText()).words
        tenant = "".join(self._tenant.text().split()).lower()
        return Reading(words, tenant, self._server.text().strip())

    @property
    def place(self) -> Path | None:
        """The folder or the file that was chosen; None if a server is to be asked."""
        return Path(self._path) if self._by_place.isChecked() else None

    def take(self, path: str) -> None:
        """Take this folder or file."""
        self._path = path
        self._chosen.say(path)
        self._judge()

    def _choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(
            self, "The folder by which your devices exchanged", self._path
        )
        if path:
            self.take(path)

    def _choose_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "A bundle", self._path, _KINDS)
        if path:
            self.take(path)

    def _read(self) -> None:
        """Fill in the rest from a kit that was pasted whole."""
        read = read_kit(self._text.toPlainText())
        if read.tenant:
            self._tenant.setText(read.tenant)
            self._by_place.setChecked(not read.server)
        if read.server:
            self._server.setText(read.server)
        self._judge()

    def _turn(self, to_place: bool) -> None:  # noqa: FBT001 - as the radio button signals
        self._lines.setVisible(not to_place)
        self._place.setVisible(to_place)
        self._judge()

    def _judge(self) -> None:
        kit = self.kit
        self.refuse("")
        known = bool(self._path) if self._by_place.isChecked() else bool(kit.server and kit.tenant)
        self.allow(forward=kit.complete and known)


class RestoringStep(NamingStep):
    """Asks for name and password, restores, and shows how far that is. ``first``: what is told."""

    done = Signal(object)  # Begun

    def __init__(self, work: Callable[[Wanted, Tell, Stop], Begun | Trouble], first: str) -> None:
        super().__init__(joining=True)
        self._work, self._first = work, first
        self._bar = LabourBar()
        self._busy = False
        self.stand_below(self._bar)
        self.forward.connect(self._restore)

    def _restore(self) -> None:
        if self._busy:
            return
        self._busy, wanted = True, Wanted(self.name, self.password)
        self.refuse("")
        self.wait("Restoring\u2026")
        labour: Labour[Begun | Trouble] = Labour(
            self,
            lambda tell, stop: self._work(wanted, tell, stop),
            then=self._arrived,
            failed=lambda _error: self._arrived(Trouble("")),
        )
        self._bar.follow(labour, self._first)

    def _arrived(self, outcome: Begun | Trouble) -> None:
        self._busy = False
        self._bar.rest()
        self.refuse(outcome.sentence if isinstance(outcome, Trouble) else "")
        if isinstance(outcome, Begun):
            self.done.emit(outcome)
