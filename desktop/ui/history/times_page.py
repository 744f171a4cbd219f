"""Back in time: look at a day, see what has changed since, bring that day back."""

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QVBoxLayout

from desktop.collection.collection import Collection
from desktop.collection.times import BroughtBack, Bygone, Difference
from desktop.ui.controls import Button, Text
from desktop.ui.field.wording import Wording
from desktop.ui.history.days import DayLine, day_of, end_of
from desktop.ui.history.difference import DifferenceView
from desktop.ui.history.passage import Passage, Progress
from desktop.ui.look import Icon
from desktop.ui.notation import Notation
from desktop.ui.page import Page
from desktop.ui.zone import Zone, column, row

_LEAD = "Look at the collection as it was at the end of a day, or bring that day back."
_BRINGING = (
    "Bringing a day back is one step: your other devices follow, and Undo takes it back. "
    "Devices and settings stay as they are."
)
_EMPTY = "Nothing was ever written here, so there is no past yet."


class TimesPage(Page):
    """Asks for a day, and for another one to compare it with.

    ``looked`` carries the Bygone, which the receiver closes; ``brought`` what was done, in words
    that name the day.
    """

    looked = Signal(object, str)  # Bygone, the day in words
    brought = Signal(object, str)  # BroughtBack, the day in words

    def __init__(
        self,
        collection: Collection,
        wording: Wording,
        notation: Notation,
        today: QDate,
        *,
        may_write: bool,
    ) -> None:
        self._collection, self._wording, self._notation = collection, wording, notation
        self._today = today
        self._span = collection.times.span()
        self._day = DayLine("Day", notation)
        self._other = DayLine("Compared with", notation, otherwise="Today")
        self._look = Button("Look at it", "primary", icon=Icon.SHOW, pressed=self._go_look)
        self._compare = Button("What is different", pressed=self._go_compare)
        self._bring = Button("Bring this day back", icon=Icon.HISTORY, pressed=self._go_back)
        self._passage = Passage()
        self._found: DifferenceView | None = None
        self._result = Zone(layout=column(gap=2))
        super().__init__("Back in time", Zone(layout=self._lay_out(may_write=may_write)))
        self._passage.busy.connect(self._rest)
        self._day.line.returnPressed.connect(self._go_look)
        self._other.line.returnPressed.connect(self._go_compare)
        self._begin()

    def stop(self) -> None:
        """End what is under way, for nobody waits for it."""
        self._passage.stop()

    def _lay_out(self, *, may_write: bool) -> QVBoxLayout:
        days = row(self._day, self._other, gap=3)
        buttons = row(self._look, self._compare, self._bring, None)
        ways = row(*(self._shortcut(*each) for each in self._shortcuts()), None, gap=1)
        self._bring.setVisible(may_write)
        bringing = Text(_BRINGING, "caption")
        bringing.setVisible(may_write)
        card = Zone("card", column(days, ways, buttons, bringing, self._passage, gap=3, edge=3))
        return column(Text(_LEAD), Text(self._say_span(), "caption"), card, self._result, gap=4)

    def _begin(self) -> None:
        first = self._span.known
        if first is None:
            for button in (self._look, self._compare, self._bring):
                button.setEnabled(False)
            return
        yesterday = self._today.addDays(-1)
        self._day.show_day(max(yesterday, day_of(first), key=QDate.toJulianDay))

    def _say_span(self) -> str:
        first, known, _ = self._span
        if first is None or known is None:
            return _EMPTY
        began = f"It began on {self._notation.day(day_of(first))}."
        if known == first:
            return began
        since = self._notation.day(day_of(known))
        return f"{began} What was before {since} has not arrived on this device yet."

    def _shortcuts(self) -> tuple[tuple[str, QDate], ...]:
        today, first = self._today, self._span.first
        days = (
            ("Yesterday", today.addDays(-1)),
            ("A week ago", today.addDays(-7)),
            ("A month ago", today.addMonths(-1)),
            ("A year ago", today.addYears(-1)),
        )
        return tuple(each for each in days if first is not None and end_of(each[1]) >= first)

    def _shortcut(self, words: str, day: QDate) -> Button:
        return Button(words, "chip", pressed=lambda: self._day.show_day(day))

    def _chosen(self) -> QDate | None:
        """Return the day; None, and a sentence, if there is nothing to see."""
        day, first = self._day.read(), self._span.first
        if day is not None and first is not None and end_of(day) < first:
            self._day.refuse(f"The collection began on {self._notation.day(day_of(first))}.")
            return None
        return day

    def _go_look(self) -> None:
        day = self._chosen()
        if day is not None:
            words = self._notation.day(day)
            self._passage.go(
                f"Going back to {words}\u2026",
                lambda progress: self._collection.times.at(end_of(day), progress),
                lambda past: self.looked.emit(past, words),
            )

    def _go_compare(self) -> None:
        day = self._chosen()
        other = None if self._other.left_open else self._other.read()
        if day is None or (other is None and not self._other.left_open):
            return
        days = [day] if other is None else sorted([day, other], key=QDate.toJulianDay)
        ends = [end_of(each) for each in days]
        self._passage.go(
            "Comparing\u2026", lambda progress: self._difference(ends, progress), self._show
        )

    def _go_back(self) -> None:
        day = self._chosen()
        if day is None:
            return
        words = self._notation.day(day)
        label = f"Bring back {words}"

        def work(progress: Progress) -> BroughtBack:
            past = self._collection.times.at(end_of(day), progress)
            try:
                return past.bring_back(label, progress)
            finally:
                past.close()

        self._passage.go(
            f"Bringing back {words}\u2026", work, lambda done: self.brought.emit(done, words)
        )

    def _difference(self, ends: list[int], progress: Progress) -> Difference:
        pasts: list[Bygone] = []
        try:
            for end in ends:
                pasts.append(self._collection.times.at(end, progress))  # noqa: PERF401 - closed below
            later = pasts[1] if len(pasts) > 1 else None
            return pasts[0].until(later, self._collection, progress)
        finally:
            for past in pasts:
                past.close()

    def _show(self, difference: Difference) -> None:
        box = self._result.layout()
        if self._found is not None:
            self._found.deleteLater()
        self._found = DifferenceView(difference, self._wording, self._notation)
        if box is not None:
            box.addWidget(self._found)

    def _rest(self, busy: bool) -> None:  # noqa: FBT001 - as Qt signals
        for button in (self._look, self._compare, self._bring):
            button.setEnabled(not busy)
