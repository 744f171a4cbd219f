"""Letting a device in that can ask no server: its file is opened twice, the answer saved twice."""

from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, Signal

from desktop.ui.controls import Button, Text
from desktop.ui.devices.online import Online, VisitByFiles
from desktop.ui.errand import Errand
from desktop.ui.first_run.beginnings import Trouble
from desktop.ui.page import Page
from desktop.ui.pair_files import Lookout, SavedFile, choose_file, choose_place
from desktop.ui.route import Route
from desktop.ui.zone import Zone, column, row

T = TypeVar("T")
_ROUTE = (
    "Bring the file of the new device, and open it.",
    "Save the answer, and carry it to the new device.",
    "Bring the new device\u2019s file once more: it was saved anew when it opened the answer.",
    "Compare six digits, and let it in.",
    "Carry the answer over once more: it was saved anew.",
)


class _Stage(IntEnum):
    """How far it has come: what the large button does next."""

    OPEN = 0
    SAVE = 1
    OPEN_AGAIN = 2
    ADMIT = 3
    OVER = 4


_BUTTONS = {
    _Stage.OPEN: "Open its file\u2026",
    _Stage.SAVE: "Save the answer\u2026",
    _Stage.OPEN_AGAIN: "Open its file once more\u2026",
    _Stage.ADMIT: "They agree: let it in",
    _Stage.OVER: "Done",
}
_WORDS = {
    _Stage.OPEN: "On the new computer, start Swingtag and choose \u201cJoin with another "
    "device\u201d, then two files.",
    _Stage.SAVE: "On a stick, by mail, through a folder that both see: it does not matter who "
    "looks at the files.",
    _Stage.OPEN_AGAIN: "Open the answer on the new device; then come back with its file. If it "
    "comes to lie beside the answer, it is opened by itself.",
    _Stage.ADMIT: "Let it in only if the other screen shows the same six digits. If they differ, "
    "somebody changes the files on their way: leave this page, and nothing has happened.",
    _Stage.OVER: "It was let in. Open the answer there now. It is empty at first: ",
}
_BY_SERVER = (
    "your pieces come through the server once it reaches that, or through an exchange folder."
)
_BY_HAND = "your pieces come through an exchange folder, or in one file."
_SAVED, _SAVED_ANEW = "Answer saved", "Answer saved anew"


class FilesPage(Page):
    """One device is let in, or nothing happens."""

    admitted = Signal()
    exchange_wanted = Signal()

    def __init__(self, online: Online) -> None:
        self._online = online
        self._visit: VisitByFiles | None = None
        self._stage = _Stage.OPEN
        self._folder = Path.home()
        self._route = Route(_ROUTE)
        self._words = Text()
        self._digits = Text(role="display")
        self._digits.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._saved = SavedFile(self._save)
        self._trouble = Text(role="danger")
        self._go = Button("", "primary", pressed=self._forward)
        self._exchange = Button("Exchange folder and bundles", pressed=self._ask_exchange)
        body = column(
            self._route,
            self._words,
            self._digits,
            self._saved,
            self._trouble,
            row(self._go, self._exchange, None),
            gap=4,
        )
        super().__init__("Add a device by two files", Zone(layout=body), "Back to the devices")
        self._lookout = Lookout(self, self._look, self._meet)
        self._show()

    def _forward(self) -> None:
        match self._stage:
            case _Stage.OPEN:
                self._open()
            case _Stage.SAVE:
                self._save()
            case _Stage.OPEN_AGAIN:
                self._open_again()
            case _Stage.ADMIT:
                self._admit()
            case _Stage.OVER:
                self.admitted.emit()

    def _ask_exchange(self) -> None:
        self.exchange_wanted.emit()

    def _open(self) -> None:
        path = self._chosen()
        if path is not None:
            self._send("Opening\u2026", lambda: self._online.answer(path), self._opened)

    def _opened(self, outcome: VisitByFiles | Trouble) -> None:
        if isinstance(outcome, Trouble):
            self._show(outcome)
        else:
            self._visit = outcome
            self._show()

    def _save(self) -> None:
        visit = self._visit
        if visit is None:
            return
        proposed = visit.saved if visit.saved.name else self._folder / visit.name
        path = choose_place(self, "Save the answer", proposed)
        if path is not None:
            self._send("Saving\u2026", lambda: visit.save(path), self._show)

    def _open_again(self) -> None:
        path = self._chosen()
        if path is not None:
            self._meet(path)

    def _look(self) -> Path | None:
        return self._visit.look() if self._visit is not None else None

    def _meet(self, path: Path) -> None:
        visit = self._visit
        if visit is not None:
            self._send("Opening\u2026", lambda: visit.meet(path), self._show)

    def _admit(self) -> None:
        if self._visit is not None:
            self._send("Letting it in\u2026", self._visit.admit, self._show)

    def _chosen(self) -> Path | None:
        path = choose_file(self, "The file of the new device", self._folder)
        if path is not None:
            self._folder = path.parent
        return path

    def _send(self, words: str, work: Callable[[], T], then: Callable[[T], None]) -> None:
        self._lookout.end()
        self._trouble.hide()
        self._go.setText(words)
        self._go.setEnabled(False)
        Errand(self, work, then=then, failed=lambda _error: self._show(Trouble("")))

    def _show(self, trouble: Trouble | None = None) -> None:
        """Show how far it has come, and what went wrong."""
        self._stage = _stage_of(self._visit)
        visit, stage = self._visit, self._stage
        self._route.reach(min(stage, len(_ROUTE) - 1))
        over = stage is _Stage.OVER
        way = _BY_SERVER if self._online.server else _BY_HAND
        self._words.say(_WORDS[stage] + (way if over else ""))
        self._exchange.setVisible(over)
        self._digits.setVisible(stage is _Stage.ADMIT)
        self._saved.setVisible(stage in {_Stage.OPEN_AGAIN, _Stage.OVER})
        if visit is not None:
            self._digits.say(f"{visit.digits[:3]} {visit.digits[3:]}")
            self._digits.setAccessibleName("Six digits: " + " ".join(visit.digits))
            self._saved.show_file(visit.saved, _SAVED_ANEW if visit.admitted else _SAVED)
        self._trouble.say(trouble.sentence if trouble else "")
        self._trouble.setVisible(bool(trouble and trouble.sentence))
        self._go.setText(_BUTTONS[stage])
        self._go.setEnabled(True)
        self._go.setFocus()
        if stage is _Stage.OPEN_AGAIN:
            self._lookout.begin()


def _stage_of(visit: VisitByFiles | None) -> _Stage:
    if visit is None:
        return _Stage.OPEN
    if visit.admitted:
        return _Stage.OVER
    if visit.digits:
        return _Stage.ADMIT
    return _Stage.OPEN_AGAIN if visit.saved.name else _Stage.SAVE
