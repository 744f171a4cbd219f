"""A way with several stations, in words: what is done, what is to be done now, what follows."""

from collections.abc import Sequence

from PySide6.QtCore import Qt

from desktop.ui.controls import Text
from desktop.ui.look import say
from desktop.ui.zone import Zone, grid

_TICK = "\u2713"


class Route(Zone):
    """Stations one below the other; those that are done have a tick, the one of now is strong."""

    def __init__(self, stations: Sequence[str]) -> None:
        self._stations = tuple(stations)
        self._rows = [(Text(), Text(words)) for words in stations]
        box = grid(gap=2)
        for n, (sign, words) in enumerate(self._rows):
            sign.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
            box.addWidget(sign, n, 0)
            box.addWidget(words, n, 1)
        box.setColumnStretch(1, 1)
        super().__init__(layout=box)
        self.reach(0)

    def reach(self, station: int) -> None:
        """Say which one is next, counted from 0; their number if all are done."""
        for n, (sign, words) in enumerate(self._rows):
            done, now = n < station, n == station
            sign.say(_TICK if done else f"{n + 1}.")
            say(sign, "positive" if done else "strong" if now else "")
            say(words, "strong" if now else "")
            when = "done" if done else "now" if now else "later"
            sign.setAccessibleName(f"Step {n + 1}, {when}")
            words.setAccessibleName(self._stations[n])
