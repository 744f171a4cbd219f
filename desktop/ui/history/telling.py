"""Changes of the past in a few words each: which field, from what to what."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from typing_extensions import override

from desktop.collection.values import Past, Step, Turned
from desktop.ui.controls import Button, Text
from desktop.ui.field.box import NOTHING
from desktop.ui.field.wording import Wording
from desktop.ui.look import Look
from desktop.ui.notation import Notation
from desktop.ui.zone import Zone, column, row
from shared.domain.schema import DELETED, Kind, Value

_LONGEST = 160
_UNTOLD = {"model", "variant", "reference", "copy", "position"}
"""Fields that only say what belongs together."""
_NOT_HERE = "What it changed has not arrived on this device yet."
ARROW = " \u2192 "
Name = str


class Line(NamedTuple):
    """One change. ``field`` is named by the look; a sentence stands by itself."""

    field: str
    words: str

    def say(self, wording: Wording, look: Look) -> str:
        """Write it out."""
        return f"{wording.label(self.field, look)}: {self.words}" if self.field else self.words


def line_of(field: str, before: Value, after: Value, wording: Wording) -> Line | None:
    """Tell how a field turned; None for what nobody reads."""
    if field in _UNTOLD or (not before and not after):
        return None
    if field == DELETED:
        return Line("", "Put in the trash" if after else "Taken out of the trash")
    if field == "cover":
        return Line("", "Another photo stands for it in the list")
    was, now = (_short(wording.of(field, value)) for value in (before, after))
    return Line(field, f"{was}{ARROW}{now or NOTHING}" if was else now)


def lines_of(turns: Iterable[Turned], wording: Wording) -> Iterator[Line]:
    """Tell what a step turned."""
    for turn in turns:
        if turn.kind is Kind.PHOTO:
            if turn.field == DELETED:
                yield Line("", "Photo removed" if turn.after else "Photo brought back")
            elif turn.field == "file":
                yield Line("", "Photo added")
        elif (line := line_of(turn.field, turn.before, turn.after, wording)) is not None:
            yield line


def when_and_where(step: Step | Past, notation: Notation) -> str:
    """Say when and on which device a step was made."""
    moment = notation.moment(step.millis)
    return f"{moment} on {step.device_name}" if step.device_name else moment


class StepCard(Zone):
    """One step: what it was called, when and where, what it changed, perhaps a button."""

    def __init__(
        self,
        step: Step,
        wording: Wording,
        notation: Notation,
        *,
        groups: Iterable[tuple[Name, Iterable[Turned]]],
        button: Button | None = None,
    ) -> None:
        self._wording = wording
        self._told: list[tuple[Text, Line]] = []
        where = when_and_where(step, notation)
        head = row(column(Text(step.label, "strong"), Text(where, "caption"), gap=0), button)
        head.setStretch(0, 1)
        body = column(head, gap=1, edge=3)
        for name, turns in groups:
            if name:
                body.addWidget(Text(name, "strong"))
            for line in dict.fromkeys(lines_of(turns, wording)):
                self._told.append((Text(), line))
                body.addWidget(self._told[-1][0])
        if step.more:
            body.addWidget(Text(f"and {notation.count(step.more)} more", "caption"))
        if not step.here:
            body.addWidget(Text(_NOT_HERE, "caption"))
        super().__init__("card", body)
        self.setAccessibleName(f"{step.label}, {where}")

    @override
    def put_on(self, look: Look) -> None:
        """Call fields what this skin calls them."""
        super().put_on(look)
        for text, line in self._told:
            text.say(line.say(self._wording, look))


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= _LONGEST else f"{flat[:_LONGEST]}\u2026"
