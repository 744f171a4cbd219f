"""Cards for what fits each by itself and not together: a number twice, places within each other."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal

from desktop.collection.values import Circle, SameNumber
from desktop.ui.controls import Button, Text
from desktop.ui.look import say
from desktop.ui.notation import Notation
from desktop.ui.zone import Zone, column, row
from shared.ids import RecordId

_NAMELESS = "Without a name"


class NumberCard(Zone):
    """Pieces with the same own number; all but the first may get the next free one."""

    renumbered = Signal(object, str)  # RecordId, the new number
    wanted = Signal(object)  # RecordId

    def __init__(self, same: SameNumber, free: str, name_of: Callable[[RecordId], str]) -> None:
        count = len(same.copies)
        self._free = free
        heading = Text(f"Own number {same.number} stands on {count} pieces", "strong")
        lines = [
            self._line(copy, name_of(copy) or _NAMELESS, first=not at)
            for at, copy in enumerate(same.copies)
        ]
        super().__init__("notice", column(heading, *lines, gap=2, edge=3))
        say(self, "warning", name="state")
        self.setAccessibleName(heading.text())

    def _line(self, copy: RecordId, name: str, *, first: bool) -> Zone:
        show = Button("Show", "link", pressed=lambda: self.wanted.emit(copy))
        show.setAccessibleName(f"Show {name}")
        line = row(Text(name), show, gap=2)
        line.setStretch(0, 1)
        if first:
            line.addWidget(Text("had it first", "caption"))
        else:
            number = Button(
                f"Number it {self._free}", pressed=lambda: self.renumbered.emit(copy, self._free)
            )
            number.setAccessibleName(f"Number {name} {self._free}")
            line.addWidget(number)
        return Zone(layout=line)


class CircleCard(Zone):
    """Places that were put into each other; one of them has to come out."""

    taken_out = Signal(object, str)  # RecordId, the name of the place

    def __init__(self, circle: Circle, notation: Notation) -> None:
        names = [name or _NAMELESS for _, name in circle.places]
        heading = Text(f"{', '.join(names)}: each lies in the next, in a circle", "strong")
        who = circle.device_name or "A device"
        inner, outer = names[0], names[1 % len(names)]
        why = Text(
            f"{who} put {inner} into {outer} last, on {notation.moment(circle.millis)}. "
            f"Until you choose, {inner} lies in no other place."
        )
        ways = [
            Button(
                f"Take {name} out of {names[(at + 1) % len(names)]}",
                pressed=partial(self._take_out, place, name),
            )
            for at, ((place, _), name) in enumerate(zip(circle.places, names, strict=True))
        ]
        super().__init__("notice", column(heading, why, *(row(way, None) for way in ways), edge=3))
        say(self, "warning", name="state")
        self.setAccessibleName(heading.text())

    def _take_out(self, place: RecordId, name: str) -> None:
        self.taken_out.emit(place, name)
