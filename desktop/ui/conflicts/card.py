"""One conflict: two values side by side with the names of their devices, and a click to choose."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.collection.values import Conflict, Past
from desktop.ui.controls import Button, Text
from desktop.ui.field.box import NOTHING
from desktop.ui.field.wording import Wording
from desktop.ui.look import say
from desktop.ui.notation import Notation
from desktop.ui.zone import Zone, column, grid


class ConflictCard(Zone):
    """Says what two devices wrote. Choosing is an edit like any other and can be undone."""

    settled = Signal(int, bool)  # number of the conflict, whether the loser is taken

    def __init__(
        self, conflict: Conflict, wording: Wording, notation: Notation, *, name: str = ""
    ) -> None:
        super().__init__("notice")
        what = f"{wording.label(conflict.field)}: two devices differ"
        heading = Text(f"{name} \u2013 {what}" if name else what, "strong")
        sides = grid(gap=2)
        for at, (past, words) in enumerate(
            ((conflict.winner, "Keep this"), (conflict.loser, "Use this"))
        ):
            loser = past is conflict.loser
            choose = Button(words, pressed=partial(self.settled.emit, conflict.number, loser))
            for line, widget in enumerate(_side(past, wording, notation, choose)):
                sides.addWidget(widget, line, at, Qt.AlignmentFlag.AlignTop)
            sides.setColumnStretch(at, 1)
        self.setLayout(column(heading, sides, gap=2, edge=3))
        self.setAccessibleName(heading.text())
        say(self, "warning", name="state")


def _side(past: Past, wording: Wording, notation: Notation, choose: Button) -> tuple[QWidget, ...]:
    """Make what stands below each other for one value."""
    shown = wording.of(past.field, past.value) or NOTHING
    choose.setAccessibleName(f"{choose.text()}: {shown}, from {past.device_name}")
    where = Text(past.device_name, "caption")
    when = Text(notation.moment(past.millis), "caption")
    return (where, Text(shown, "strong"), when, choose)
