"""What others changed since this device was last looked at: a quiet line, and the list."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from PySide6.QtCore import Signal
from typing_extensions import override

from desktop.collection.values import Arrival, Step, Turned
from desktop.ui.controls import Button, IconButton, Text
from desktop.ui.field.wording import Wording
from desktop.ui.history.telling import StepCard
from desktop.ui.look import Icon, Look, look_of
from desktop.ui.notation import Notation
from desktop.ui.page import Page
from desktop.ui.zone import Zone, column, row
from shared.ids import RecordId
from shared.skins.tokens import Word

_LEAD = (
    "What your other devices changed, the last step first. The history of each piece leads back "
    "to what it was before."
)
_NAMELESS = "another device"


class NewsStrip(Zone):
    """One line over the list. ``wanted``: show me; ``dismissed``: I have seen it."""

    wanted = Signal()
    dismissed = Signal()

    def __init__(self, notation: Notation) -> None:
        self._notation = notation
        self._arrivals: Sequence[Arrival] = ()
        self._words = Text(one_line=True)
        show = Button("Show", "link", pressed=self._want)
        show.setAccessibleName("Show what others changed")
        close = IconButton("I have seen this", Icon.CLOSE, pressed=self._dismiss)
        inner = row(self._words, show, close, gap=2, edge=1, sides=3)
        inner.setStretch(0, 1)
        super().__init__(layout=column(Zone("notice", inner), gap=0, edge=2))
        self.setAccessibleName("News")
        self.hide()

    def show_arrivals(self, arrivals: Sequence[Arrival]) -> None:
        """Say who changed how many pieces; nothing hides the line."""
        self._arrivals = arrivals
        self.setVisible(bool(arrivals))
        self._say(look_of(self))

    @override
    def put_on(self, look: Look) -> None:
        """Call pieces what this skin calls them."""
        super().put_on(look)
        self._say(look)

    def _say(self, look: Look) -> None:
        parts = [
            f"{each.device_name or _NAMELESS} changed {self._pieces(each, look)}"
            for each in self._arrivals
        ]
        self._words.say(f"Since you were away, {', '.join(parts)}.")

    def _want(self) -> None:
        self.wanted.emit()

    def _dismiss(self) -> None:
        self.dismissed.emit()

    def _pieces(self, arrival: Arrival, look: Look) -> str:
        word = look.word(Word.COPY if arrival.pieces == 1 else Word.COPIES)
        return f"{self._notation.count(arrival.pieces)} {word}"


class NewsPage(Page):
    """A card for each step that another device made."""

    def __init__(
        self,
        steps: Sequence[Step],
        wording: Wording,
        notation: Notation,
        name_of: Callable[[RecordId], str],
    ) -> None:
        self._name_of = name_of
        cards = [
            StepCard(step, wording, notation, groups=self._groups(step.turns)) for step in steps
        ]
        body = Zone(layout=column(Text(_LEAD), *cards, gap=3))
        super().__init__("Since you were away", body)

    def _groups(self, turns: Sequence[Turned]) -> Iterator[tuple[str, Sequence[Turned]]]:
        """Put what belongs to one piece under its name."""
        for copy, own in groupby(turns, key=lambda turn: turn.copy):
            yield self._name_of(copy) if copy else "", tuple(own)
