"""One conflict: two values side by side with the names of their devices, and a click to choose."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from desktop.collection.values import Conflict, Past
from desktop.ui.controls import Button, Text
from desktop.ui.field.box import NOTHING
from desktop.ui.field.wording import Wording
from desktop.ui.look import Look, say
from desktop.ui.notation import Notation
from desktop.ui.zone import Zone, column, grid


class ConflictCard(Zone):
    """Says what two devices wrote. Choosing is an edit like any other and can be undone."""

    settled = Signal(int, bool)  # number of the conflict, whether the loser is taken

    def __init__(
        self, conflict: Conflict, wording: Wording, notation: Notation, *, name: str = ""
    ) -> None:
        super().__init__("notice")
        self._what = partial(wording.label, conflict.field)
        self._name = name
        self._heading = Text(role="strong")
        sides = grid(gap=2)
        for at, (past, words) in enumerate(
            ((conflict.winner, "Keep this"), (conflict.loser, "Use this"))
        ):
            loser = past is conflict.loser
            choose = Button(words, pressed=partial(self.settled.emit, conflict.number, loser))
            for line, widget in enumerate(_side(past, wording, notation, choose)):
                sides.addWidget(widget, line, at, Qt.AlignmentFlag.AlignTop)
            sides.setColumnStretch(at, 1)
        self.setLayout(column(self._heading, sides, gap=2, edge=3))
        say(self, "warning", name="state")

    @override
    def put_on(self, look: Look) -> None:
        """Call the field what this skin calls it."""
        super().put_on(look)
        what = f"{self._what(look)}: two devices differ"
        self._heading.say(f"{self._name} \u2013 {what}" if self._name else what)
        self.setAccessibleName(self._heading.text())


def _side(past: Past, wording: Wording, notation: Notation, choose: Button) -> tuple[QWidget, ...]:
    """Make what stands below each other for one value."""
    shown = wording.of(past.field, past.value) or NOTHING
    choose.setAccessibleName(f"{choose.text()}: {shown}, from {past.device_name}")
    where = Text(past.device_name, "caption")
    when = Text(notation.moment(past.millis), "caption")
    return (where, Text(shown, "strong"), when, choose)
