"""A check of the whole collection: what it reads just now, what it found, and the repair."""

from PySide6.QtCore import Signal

from desktop.collection.backups import Progress, StoppedError
from desktop.collection.checkup import CheckCare, Diagnosis
from desktop.collection.errors import EXPECTED, sentence
from desktop.ui.controls import Button, Text
from desktop.ui.labour import Labour, LabourBar
from desktop.ui.look import Icon, say
from desktop.ui.zone import Zone, column, row

SHOWN = 5
_ABOUT = (
    "Reads everything on this disk and compares it with the collection\u2019s history. It notices "
    "what a failing disk or a program that restores files does quietly."
)
_SOUND = "Everything was read, and all of it is as its history says."
_STOPPED = "The check was stopped before its end."
_FETCHED = (
    "The damaged pictures were set aside. The next sync fetches them, if another device or the "
    "server has them."
)
_REPAIR = (
    "Repair closes the collection for a moment, builds its file again from the history, and opens "
    "it. The damaged file stays beside it; what the history lacks, the next sync fetches. "
    "Undo then begins anew: what you did before stays, and can no longer be undone "
    "step by step."
)


class CheckForm(Zone):
    """Checks when asked; offers the repair that fits."""

    repair_wanted = Signal()

    def __init__(self, checks: CheckCare) -> None:
        self._checks = checks
        self._labour: Labour[Diagnosis] | None = None
        self._diagnosis: Diagnosis | None = None
        self._bar = LabourBar()
        self._said, self._how = Text(), Text(_REPAIR, "caption")
        self._go = Button("Check this collection", icon=Icon.CHECKLIST, pressed=self.start)
        self._repair = Button("Repair", "primary", pressed=self._mend)
        super().__init__(
            layout=column(
                column(Text("Check", "title"), Text(_ABOUT, "caption"), gap=0),
                self._bar,
                self._said,
                self._how,
                row(self._repair, self._go, None),
                gap=3,
            )
        )
        for part in (self._said, self._how, self._repair):
            part.hide()

    def start(self) -> None:
        """Begin to check."""
        self._go.setEnabled(False)
        self._offer(None)
        self._said.hide()
        self._labour = Labour(
            self,
            lambda tell, stop: self._checks.check(Progress(tell, stop)),
            then=self._tell,
            failed=self._fail,
            expected=EXPECTED,
        )
        self.destroyed.connect(self._labour.stop)  # nobody waits for it any more
        self._bar.follow(self._labour, "Beginning")

    def _tell(self, diagnosis: Diagnosis) -> None:
        self._rest()
        self._offer(diagnosis)
        if diagnosis.sound:
            self._say(_SOUND, "positive")
            return
        lines = list(diagnosis.sentences[:SHOWN])
        more = len(diagnosis.sentences) - len(lines)
        self._say("\n".join([*lines, *([f"And {more} more."] if more else [])]), "danger")

    def _fail(self, error: Exception | None) -> None:
        self._rest()
        if isinstance(error, StoppedError):
            self._say(_STOPPED, "")
        elif error is not None:
            self._say(sentence(error), "danger")

    def _mend(self) -> None:
        if self._diagnosis is None:
            return
        try:
            self._checks.set_pictures_aside(self._diagnosis)
        except EXPECTED as error:
            self._say(sentence(error), "danger")
            return
        if self._diagnosis.file:
            self.repair_wanted.emit()
        else:
            self._offer(None)
            self._say(_FETCHED, "positive")

    def _offer(self, diagnosis: Diagnosis | None) -> None:
        self._diagnosis = diagnosis
        self._repair.setVisible(diagnosis is not None and not diagnosis.sound)
        self._how.setVisible(diagnosis is not None and diagnosis.file)

    def _rest(self) -> None:
        self._labour = None
        self._go.setEnabled(True)
        self._bar.rest()

    def _say(self, words: str, role: str) -> None:
        self._said.say(words)
        self._said.show()
        say(self._said, role)
