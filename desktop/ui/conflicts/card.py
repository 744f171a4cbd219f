"""One conflict: two values side by side with the names of their devices, and a click to choose."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLayout, QWidget
from typing_extensions import override

from desktop.collection.values import Choice, Conflict, Past
from desktop.ui.controls import Button, Text
from desktop.ui.field.box import NOTHING
from desktop.ui.field.wording import Wording
from desktop.ui.look import Look, say
from desktop.ui.notation import Notation
from desktop.ui.zone import Zone, column, grid, row
from shared.domain.schema import DELETED, FieldType

_NAMELESS = "another device"


class ConflictCard(Zone):
    """Says what two devices wrote. Choosing is an edit like any other and can be undone."""

    settled = Signal(int, object)  # number of the conflict, Choice

    def __init__(
        self, conflict: Conflict, wording: Wording, notation: Notation, *, name: str = ""
    ) -> None:
        self._conflict, self._wording, self._notation = conflict, wording, notation
        self._name = name
        self._heading = Text(role="strong")
        deleted = conflict.field == DELETED
        body = self._rescued() if deleted else self._sides()
        super().__init__("notice", column(self._heading, body, gap=2, edge=3))
        say(self, "warning", name="state")

    @override
    def put_on(self, look: Look) -> None:
        """Call the field what this skin calls it."""
        super().put_on(look)
        what = f"{self._wording.label(self._conflict.field, look)}: two devices differ"
        if self._conflict.field == DELETED:
            what = "Deleted on one device, changed on another"
        self._heading.say(f"{self._name} \u2013 {what}" if self._name else what)
        self.setAccessibleName(self._heading.text())

    def _sides(self) -> QLayout:
        """Lay the two values side by side; two long texts may also stand one below the other."""
        winner, loser = self._conflict.winner, self._conflict.loser
        sides = grid(gap=2)
        choices = ((winner, "Keep this", Choice.STANDING), (loser, "Use this", Choice.OTHER))
        for at, (past, words, choice) in enumerate(choices):
            for line, widget in enumerate(self._side(past, self._button(words, choice))):
                sides.addWidget(widget, line, at, Qt.AlignmentFlag.AlignTop)
            sides.setColumnStretch(at, 1)
        long = self._wording.type_of(self._conflict.field) is FieldType.LONG_TEXT
        if long and winner.value and loser.value:
            both = self._button("Keep both, one below the other", Choice.BOTH)
            return column(sides, row(both, None), gap=2)
        return sides

    def _rescued(self) -> QLayout:
        """Say why a piece that was deleted is still here."""
        winner, loser = self._conflict.winner, self._conflict.loser
        sentence = (
            f"{loser.device_name or _NAMELESS} put it in the trash on "
            f"{self._notation.moment(loser.millis)} and did not know what "
            f"{winner.device_name or _NAMELESS} had done on "
            f"{self._notation.moment(winner.millis)}: {winner.label}. So it stayed."
        )
        buttons = row(
            self._button("Keep it", Choice.STANDING),
            self._button("Put it in the trash", Choice.OTHER),
            None,
        )
        return column(Text(sentence[:1].upper() + sentence[1:]), buttons, gap=2)

    def _button(self, words: str, choice: Choice) -> Button:
        return Button(words, pressed=partial(self._settle, choice))

    def _settle(self, choice: Choice) -> None:
        self.settled.emit(self._conflict.number, choice)

    def _side(self, past: Past, choose: Button) -> tuple[QWidget, ...]:
        """Make what stands below each other for one value."""
        shown = self._wording.of(past.field, past.value) or NOTHING
        choose.setAccessibleName(f"{choose.text()}: {shown}, from {past.device_name}")
        where = Text(past.device_name or _NAMELESS, "caption")
        when = Text(self._notation.moment(past.millis), "caption")
        return (where, Text(shown, "strong"), when, choose)
