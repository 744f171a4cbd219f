"""Six words that two devices share if they hold the same history."""

from collections.abc import Callable, Sequence

from desktop.ui.controls import Button, Text
from desktop.ui.zone import Zone, column, grid, row

COLUMNS = 3
_HOW = (
    "Ask for the words on both devices when each says that all is saved and synced. The same six "
    "words: both hold the same history, and the server has shown neither a different one. Other "
    "words, though both are synced: do not trust this server."
)
_HOW_BY_HAND = (
    "Ask for the words on both devices when both have exchanged and nothing was changed since. The "
    "same six words: both hold the same history. Other words: somebody keeps something from one of "
    "them, or shows it something else."
)
_NOT_YET = "Edits wait here to be sent. The words will differ from your other devices until then."


class Comparison(Zone):
    """A button, and the words once they were asked for."""

    def __init__(
        self, words: Callable[[], Sequence[str]], waiting: Callable[[], int], *, by_hand: bool
    ) -> None:
        self._words = words
        self._waiting = waiting
        self._table = grid(gap=3, edge=3)
        self._card = Zone("card", self._table)
        self._card.setAccessibleName("Six words")
        self._not_yet = Text(_NOT_YET, "caption")
        self._go = Button("Compare devices", pressed=self.look)
        super().__init__(
            layout=column(
                Text("Compare devices", "title"),
                Text(_HOW_BY_HAND if by_hand else _HOW),
                self._card,
                self._not_yet,
                row(self._go, None),
                gap=2,
            )
        )
        self._labels = [Text("", "strong") for _ in range(2 * COLUMNS)]
        for at, label in enumerate(self._labels):
            self._table.addWidget(label, at // COLUMNS, at % COLUMNS)
        self._card.hide()
        self._not_yet.hide()

    @property
    def shown(self) -> tuple[str, ...]:
        """The words in sight; none before they were asked for."""
        return tuple(label.text() for label in self._labels if label.text())

    def look(self) -> None:
        """Show the words of this moment."""
        for label, word in zip(self._labels, self._words(), strict=True):
            label.say(word)
        self._card.show()
        self._not_yet.setVisible(self._waiting() > 0)
        self._go.setText("Look again")

    def refresh(self) -> None:
        """Keep up with what comes in while the words are in sight."""
        if self.shown:
            self.look()
