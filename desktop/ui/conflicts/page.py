"""All values that wait to be chosen, of every copy."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal

from desktop.collection.values import Conflict
from desktop.ui.conflicts.card import ConflictCard
from desktop.ui.controls import Text
from desktop.ui.field.wording import Wording
from desktop.ui.notation import Notation
from desktop.ui.page import Page
from desktop.ui.zone import Zone, column
from shared.ids import RecordId

_NONE = "Your devices agree about everything."
_SOME = (
    "Two devices wrote the same field before they had met. The later value stands; the other "
    "one was kept. Choose where the other one is right."
)


class ConflictsPage(Page):
    """A list of cards; an empty one is good news."""

    settled = Signal(int, bool)  # number of the conflict, whether the loser is taken

    def __init__(
        self, wording: Wording, notation: Notation, name_of: Callable[[RecordId], str]
    ) -> None:
        self._wording, self._notation, self._name_of = wording, notation, name_of
        self._words = Text(_NONE, "lead")
        self._cards = Zone(layout=column(gap=3))
        super().__init__("Values to choose", Zone(layout=column(self._words, self._cards, gap=4)))

    def show_conflicts(self, conflicts: Sequence[Conflict]) -> None:
        """List these conflicts."""
        self._words.say(_SOME if conflicts else _NONE)
        box = self._cards.layout()
        if box is None:
            return
        while item := box.takeAt(0):
            if widget := item.widget():
                widget.deleteLater()
        for conflict in conflicts:
            name = self._name_of(conflict.record)
            card = ConflictCard(conflict, self._wording, self._notation, name=name)
            card.settled.connect(self.settled)
            box.addWidget(card)
