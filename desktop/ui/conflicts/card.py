"""One conflict: two values side by side with the names of their devices, and a click to choose."""

from PySide6.QtCore import Signal

from desktop.collection.values import Conflict, Past
from desktop.ui.controls import Button, Text
from desktop.ui.field.wording import Wording
from desktop.ui.look import say
from desktop.ui.notation import Notation
from desktop.ui.zone import Zone, column, row


class ConflictCard(Zone):
    """Says what two devices wrote. Choosing is an edit like any other and can be undone."""

    settled = Signal(int, bool)  # number of the conflict, whether the loser is taken

    def __init__(self, conflict: Conflict, wording: Wording, notation: Notation) -> None:
        heading = Text(f"{wording.label(conflict.field)}: two devices differ", "strong")
        sides = row(
            _side(conflict.winner, wording, notation, self._choice("Keep", conflict, loser=False)),
            _side(conflict.loser, wording, notation, self._choice("Use", conflict, loser=True)),
            gap=3,
        )
        sides.setStretch(0, 1)
        sides.setStretch(1, 1)
        super().__init__("notice", column(heading, sides, gap=2, edge=3))
        self.setAccessibleName(heading.text())
        say(self, "warning", name="state")

    def _choice(self, words: str, conflict: Conflict, *, loser: bool) -> Button:
        return Button(words, pressed=lambda: self.settled.emit(conflict.number, loser))


def _side(past: Past, wording: Wording, notation: Notation, choose: Button) -> Zone:
    shown = wording.of(past.field, past.value) or "\u2014"
    choose.setAccessibleName(f"{choose.text()} {shown}, from {past.device_name}")
    where = Text(past.device_name, "caption")
    when = Text(notation.moment(past.millis), "caption")
    return Zone(layout=column(where, Text(shown, "strong"), when, choose, None, gap=1))
