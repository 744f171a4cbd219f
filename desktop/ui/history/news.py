"""What others changed since this device was last looked at: a quiet line, and the list."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby

from PySide6.QtCore import Signal
from typing_extensions import override

from desktop.collection.news import Report
from desktop.collection.values import Arrival, Step, Turned
from desktop.ui.controls import Button, IconButton, Text
from desktop.ui.field.wording import Wording
from desktop.ui.history.telling import StepCard, when_and_where
from desktop.ui.look import Icon, Look, look_of
from desktop.ui.notation import Notation
from desktop.ui.page import Page
from desktop.ui.zone import Zone, column, row
from shared.ids import RecordId
from shared.skins.tokens import Word

_LEAD = (
    "What your other devices changed, the last step first. What you take back is a step itself: "
    "your other devices follow, and Undo takes it back. What was changed since is left alone."
)
_LOOK = (
    "What your other devices changed, the last step first. The history of each piece tells what "
    "it was before."
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
    """A card for each step that another device made, so many at a time.

    ``taken_back`` carries the Step that shall not have been, ``all_taken_back`` means all of them.
    """

    taken_back = Signal(object)  # Step
    all_taken_back = Signal()

    def __init__(
        self,
        report: Report,
        wording: Wording,
        notation: Notation,
        name_of: Callable[[RecordId], str],
        *,
        may_write: bool,
    ) -> None:
        self._report = report
        self._wording, self._notation, self._name_of = wording, notation, name_of
        self._may_write = may_write
        self._shown = 0
        self._cards = column(gap=3)
        self._more = Button("Show more", pressed=self._show_more)
        everything = Button("Take all of it back", icon=Icon.HISTORY, pressed=self._want_all)
        everything.setVisible(may_write and report.count > 1)
        lead = column(Text(_LEAD if may_write else _LOOK), row(everything, None), gap=3)
        body = Zone(layout=column(lead, self._cards, row(self._more, None), gap=3))
        super().__init__("Since you were away", body)
        self._show_more()

    def _show_more(self) -> None:
        for step in self._report.steps(self._shown):
            self._shown += 1
            button = self._button(step) if self._may_write and step.here else None
            groups = self._groups(step.turns)
            card = StepCard(step, self._wording, self._notation, groups=groups, button=button)
            self._cards.addWidget(card)
        left = self._report.count - self._shown
        self._more.setVisible(left > 0)
        self._more.setText(f"Show more: {self._notation.count(left)} left")

    def _button(self, step: Step) -> Button:
        button = Button("Take it back", "quiet")
        button.clicked.connect(partial(self._want, step))
        where = when_and_where(step, self._notation)
        button.setAccessibleName(f"Take back: {step.label}, {where}")
        return button

    def _want(self, step: Step, _on: bool = False) -> None:  # noqa: FBT001, FBT002 - as Qt signals
        self.taken_back.emit(step)

    def _want_all(self) -> None:
        self.all_taken_back.emit()

    def _groups(self, turns: Sequence[Turned]) -> Iterator[tuple[str, Sequence[Turned]]]:
        """Put what belongs to one piece under its name."""
        for copy, own in groupby(turns, key=lambda turn: turn.copy):
            yield self._name_of(copy) if copy else "", tuple(own)
