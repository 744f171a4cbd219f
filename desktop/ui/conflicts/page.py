"""All that waits to be chosen, of every piece."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.collection.choices import Choices
from desktop.collection.values import Circle, Conflict, SameNumber
from desktop.ui.conflicts.card import ConflictCard
from desktop.ui.conflicts.clashes import CircleCard, NumberCard
from desktop.ui.controls import Button, Text
from desktop.ui.field.wording import Wording
from desktop.ui.notation import Notation
from desktop.ui.page import Page
from desktop.ui.zone import Zone, column, row
from shared.ids import DeviceId, RecordId

MOST_CARDS = 100
_NONE = "Your devices agree about everything."
_SOME = (
    "Two devices wrote something before they had met. Nothing is lost and nothing waits for you: "
    "choose where what stands is not right."
)


class ConflictsPage(Page):
    """A list of cards; an empty one is good news."""

    settled = Signal(int, object)  # number of the conflict, Choice
    all_taken = Signal(object)  # DeviceId
    renumbered = Signal(object, str)  # RecordId, number
    taken_out = Signal(object, str)  # RecordId, name
    piece_wanted = Signal(object)  # RecordId

    def __init__(
        self, wording: Wording, notation: Notation, name_of: Callable[[RecordId], str]
    ) -> None:
        self._wording, self._notation, self._name_of = wording, notation, name_of
        self._shown: object = None
        self._words = Text(_NONE, "lead")
        self._devices = Zone(layout=column(gap=1))
        self._cards = Zone(layout=column(gap=3))
        body = column(self._words, self._devices, self._cards, gap=4)
        super().__init__("Values to choose", Zone(layout=body))

    def show_choices(self, choices: Choices) -> None:
        """List what waits; what is the same as before stays as it is."""
        conflicts, numbers, circles = choices.conflicts(), choices.numbers(), choices.circles()
        now = (conflicts, numbers, circles)
        if now == self._shown:
            return
        self._shown = now
        self._words.say(_SOME if any(now) else _NONE)
        _refill(self._devices, self._ways(conflicts))
        cards = [*self._conflicts(conflicts), *self._circles(circles)]
        room = max(MOST_CARDS - len(cards), 0)
        cards += [self._number(same, choices.free_number(same.number)) for same in numbers[:room]]
        left = sum(map(len, now)) - MOST_CARDS
        more = [Text(f"and {self._notation.count(left)} more", "caption")] if left > 0 else []
        _refill(self._cards, [*cards[:MOST_CARDS], *more])

    def _ways(self, conflicts: Sequence[Conflict]) -> list[QWidget]:
        """Offer to follow one device in everything, where there is more than one choice."""
        if len(conflicts) < 2:  # noqa: PLR2004 - one is chosen by itself
            return []
        sides = [side for each in conflicts for side in (each.winner, each.loser)]
        names = {side.device: side.device_name for side in sides}
        counts = Counter(
            device for each in conflicts for device in {each.winner.device, each.loser.device}
        )
        ways = [
            self._way(device, names[device], count)
            for device, count in sorted(counts.items(), key=lambda item: (-item[1], names[item[0]]))
        ]
        return [Zone(layout=row(way, None)) for way in ways]

    def _way(self, device: DeviceId, name: str, count: int) -> Button:
        words = f"Take all of {name or 'another device'} ({self._notation.count(count)})"
        return Button(words, pressed=partial(self.all_taken.emit, device))

    def _conflicts(self, conflicts: Sequence[Conflict]) -> Iterator[QWidget]:
        for conflict in conflicts[:MOST_CARDS]:
            name = self._name_of(conflict.record)
            card = ConflictCard(conflict, self._wording, self._notation, name=name)
            card.settled.connect(self.settled)
            yield card

    def _circles(self, circles: Sequence[Circle]) -> Iterator[QWidget]:
        for circle in circles:
            card = CircleCard(circle, self._notation)
            card.taken_out.connect(self.taken_out)
            yield card

    def _number(self, same: SameNumber, free: str) -> QWidget:
        card = NumberCard(same, free, self._name_of)
        card.renumbered.connect(self.renumbered)
        card.wanted.connect(self.piece_wanted)
        return card


def _refill(zone: Zone, widgets: Sequence[QWidget]) -> None:
    box = zone.layout()
    if box is None:
        return
    while item := box.takeAt(0):
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()
    for widget in widgets:
        box.addWidget(widget)
    zone.setVisible(bool(widgets))
