"""What was set aside when a device was removed: choose, and it becomes an edit of this device."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox
from typing_extensions import override

from desktop.collection.values import LaidAside, LatePiece
from desktop.ui.controls import Button, Text
from desktop.ui.field.box import NOTHING
from desktop.ui.field.wording import Wording
from desktop.ui.look import Look
from desktop.ui.notation import Notation
from desktop.ui.page import Page
from desktop.ui.zone import Zone, column, grid, row
from shared.domain.schema import Kind

MOST_CARDS = 100
_NONE = "Nothing is set aside: your devices show all that counts."
_SOME = (
    "A device that was removed had written this before it knew. Your other devices never got it, "
    "so it was taken out here again. What you adopt becomes an edit of this device, in one step "
    "that can be undone. The rest stays in the history."
)
_MORE = "{} more are not shown here. Adopt these first, and they take their place."
_HIDDEN = {"model", "variant", "copy", "position", "cover", "reference"}
"""Fields that no form shows: they lead from one record to another."""


class LateCard(Zone):
    """One thing, with a tick for each value of it; a new thing has one tick for all."""

    ticked = Signal()

    def __init__(self, piece: LatePiece, wording: Wording, notation: Notation) -> None:
        super().__init__("card")
        self._title, self._wording = piece.title, wording
        self._lines: list[tuple[QCheckBox, Text, Sequence[LaidAside]]] = []
        past = piece.changes[0].past
        by = Text(f"{past.device_name} \u00b7 {notation.moment(past.millis)}", "caption")
        lines = grid(gap=2)
        lines.setColumnStretch(1, 1)
        for at, changes in enumerate([piece.changes] if piece.new else _apart(piece.changes)):
            tick, label = QCheckBox(), Text()
            tick.toggled.connect(self.ticked)
            self._lines.append((tick, label, changes))
            held = wording.of(changes[0].past.field, changes[0].held) or NOTHING
            now = "Not here now" if piece.new else f"Now: {held}"
            lines.addWidget(tick, at, 0, Qt.AlignmentFlag.AlignTop)
            lines.addLayout(column(label, Text(now, "caption"), gap=0), at, 1)
        self.setLayout(column(column(Text(piece.title, "strong"), by, gap=0), lines, edge=3))
        self.setAccessibleName(piece.title)

    @property
    def chosen(self) -> list[LaidAside]:
        """What is ticked."""
        return [change for tick, _, mine in self._lines if tick.isChecked() for change in mine]

    def tick(self, *, on: bool) -> None:
        """Tick all or nothing."""
        for tick, _, _ in self._lines:
            tick.setChecked(on)

    @override
    def put_on(self, look: Look) -> None:
        """Call the fields what this skin calls them."""
        super().put_on(look)
        for tick, label, changes in self._lines:
            words = dict.fromkeys(self._say(change, look) for change in changes)
            label.say(" \u00b7 ".join(filter(None, words)) or "Its place among others")
            tick.setAccessibleName(f"{self._title}: {label.text()}")

    def _say(self, change: LaidAside, look: Look) -> str:
        field, value = change.past.field, change.past.value
        if change.kind is Kind.PHOTO:
            return "Photo"
        if field in _HIDDEN:
            return ""
        return f"{self._wording.label(field, look)}: {self._wording.of(field, value) or NOTHING}"


class LatePage(Page):
    """A card for each thing that was written to, and the way to have it back."""

    adopted = Signal(object)  # list[LaidAside]

    def __init__(self, wording: Wording, notation: Notation) -> None:
        self._wording, self._notation = wording, notation
        self._pieces: tuple[LatePiece, ...] | None = None
        self._lead = Text(_NONE)
        self._more = Text(role="caption")
        self._cards: list[LateCard] = []
        self._box = column(gap=2)
        self._adopt = Button("Adopt what is ticked", "primary", pressed=self._ask)
        self._all = Button("Tick all", "quiet", pressed=self._tick_all)
        self._ways = Zone(layout=row(self._adopt, self._all, None, gap=2))
        body = column(self._lead, self._ways, Zone(layout=self._box), self._more, gap=4)
        super().__init__("Set-aside changes", Zone(layout=body), "Back to the devices")

    def show_pieces(self, pieces: Sequence[LatePiece]) -> None:
        """List what is set aside now; ticks stay while it is the same."""
        if tuple(pieces) == self._pieces:
            return
        self._pieces = tuple(pieces)
        for card in self._cards:
            self._box.removeWidget(card)
            card.hide()
            card.deleteLater()
        shown = pieces[:MOST_CARDS]
        self._cards = [LateCard(piece, self._wording, self._notation) for piece in shown]
        for card in self._cards:
            card.ticked.connect(self._judge)
            self._box.addWidget(card)
        self._lead.say(_SOME if pieces else _NONE)
        self._more.say(_MORE.format(len(pieces) - MOST_CARDS))
        self._more.setVisible(len(pieces) > MOST_CARDS)
        self._ways.setVisible(bool(pieces))
        self._judge()

    def _judge(self) -> None:
        self._adopt.setEnabled(any(card.chosen for card in self._cards))

    def _tick_all(self) -> None:
        for card in self._cards:
            card.tick(on=True)

    def _ask(self) -> None:
        self.adopted.emit([change for card in self._cards for change in card.chosen])


def _apart(changes: Sequence[LaidAside]) -> list[list[LaidAside]]:
    """Put each field on a line of its own, but all of a photo on one."""
    lines: dict[object, list[LaidAside]] = {}
    for one in changes:
        key = one.record if one.kind is Kind.PHOTO else (one.record, one.past.field)
        lines.setdefault(key, []).append(one)
    return list(lines.values())
