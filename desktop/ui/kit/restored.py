"""After a restore: is what came all that there was? The sheet and the memory tell."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from desktop.collection.kit import MarkVerdict
from desktop.ui.controls import Button, Text
from desktop.ui.look import say
from desktop.ui.notation import Notation
from desktop.ui.page import Page
from desktop.ui.zone import Zone, column, row

_LEAD = (
    "No server and no folder can prove that it gave back all that there was. Two things tell more: "
    "what you remember, and what is printed on your kit."
)
_NEWEST = "The newest edit that came: \u201c{}\u201d on {}, {}. Is that right?"
_NONE = "No edit by another device came. Is that right?"
_MISSING = (
    "Then the server or the folder lost something or holds it back. Start every other device that "
    "you still have and let it sync or exchange: it brings what is missing. If none is left, look "
    "for another copy of the folder, or restore a backup."
)
_ROLES = {
    MarkVerdict.HAS_IT: "positive",
    MarkVerdict.OLDER: "danger",
    MarkVerdict.OTHER: "danger",
    MarkVerdict.UNREADABLE: "warning",
}


class RestoredPage(Page):
    """``newest`` is what the newest edit was, where and when in milliseconds; None if none came."""

    done = Signal()

    def __init__(
        self,
        newest: tuple[str, str, int] | None,
        judge: Callable[[str], MarkVerdict],
        notation: Notation,
    ) -> None:
        self._judge = judge
        self._missing = Text(_MISSING, "danger")
        self._missing.hide()
        self._line = QLineEdit()
        self._line.setAccessibleName("Mark on my kit")
        self._line.setPlaceholderText("4-apple-river-stone")
        self._verdict = Text()
        self._verdict.hide()
        check = Button("Compare", pressed=self._compare)
        asked = row(self._line, check, gap=2)
        asked.setStretch(0, 1)
        question = _NONE
        if newest is not None:
            label, device, millis = newest
            question = _NEWEST.format(label, device, notation.moment(millis))
        memory = column(
            Text(question, "strong"),
            row(
                Button("Yes, that is right", "primary", pressed=self._finish),
                Button("No, something is missing", pressed=self._missing.show),
                None,
                gap=2,
            ),
            self._missing,
            edge=3,
        )
        mark = column(
            Text("The mark on your kit", "strong"),
            Text("It stands beside the words: a number and three words.", "caption"),
            asked,
            self._verdict,
            edge=3,
        )
        body = column(Text(_LEAD), Zone("card", mark), Zone("card", memory), gap=3)
        super().__init__("Is everything here?", Zone(layout=body))
        self._line.returnPressed.connect(self._compare)

    def _compare(self) -> None:
        verdict = self._judge(self._line.text())
        self._verdict.say(verdict.value)
        say(self._verdict, _ROLES[verdict])
        self._verdict.show()

    def _finish(self) -> None:
        self.done.emit()
