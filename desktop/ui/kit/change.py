"""A new emergency kit: said what it means, made, shown once, and then tried."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from typing_extensions import override

from desktop.ui.controls import Button, Text
from desktop.ui.errand import Errand
from desktop.ui.first_run.beginnings import Trouble
from desktop.ui.kit.kit import Kit
from desktop.ui.kit.page import KitBody
from desktop.ui.page import Page
from desktop.ui.zone import Zone, column, row

_WHAT = (
    "Do this when the sheet is lost, or when somebody may have seen it. You get 24 new words. The "
    "old ones open nothing from that moment on, and your devices get a new key by themselves. "
    "The server must be reached for it: words that do not count yet would be worse than none."
)
_NEW = (
    "This is your new kit. The old sheet opens nothing any more: destroy it. These words are shown "
    "once, and kept nowhere."
)
_DEAD_END = (
    "{} Nobody can tell yet which kit counts: keep the old sheet, and try again from this window."
)


class ChangePage(Page):
    """``new_kit`` makes one, ``date`` is what to print on it."""

    kept = Signal()
    drill_wanted = Signal()

    def __init__(self, new_kit: Callable[[], Kit | Trouble], date: str) -> None:
        self._new_kit, self._date = new_kit, date
        self._lead = Text(_WHAT)
        self._go = Button("Make a new kit", "primary", pressed=self._make)
        self._ways = Zone(layout=row(self._go, None))
        self._said = Text(role="danger")
        self._said.hide()
        self._next = Button("Next: test it", "primary", pressed=self._ask_drill)
        self._next.setEnabled(False)
        self._then = Zone(layout=row(self._next, None))
        self._then.hide()
        self._box = column(self._lead, self._ways, self._said, self._then, gap=3)
        self._holding = False
        super().__init__("New emergency kit", Zone(layout=self._box), "Back to the devices")

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let no key take words away that nobody has kept yet."""
        if not (self._holding and event.key() == Qt.Key.Key_Escape):
            super().keyPressEvent(event)

    def _make(self) -> None:
        self._go.setEnabled(False)
        self._go.setText("Making it\u2026")
        self._said.hide()
        Errand(self, self._new_kit, then=self._made, failed=lambda _error: self._rest())

    def _made(self, outcome: Kit | Trouble) -> None:
        self._rest()
        if isinstance(outcome, Trouble):
            self._said.say(_DEAD_END.format(outcome.sentence))
            self._said.show()
            return
        body = KitBody(replace(outcome, date=self._date))
        body.kept.connect(self._note)
        self._holding = True
        self._back.setEnabled(False)
        self._lead.say(_NEW)
        self._ways.hide()
        self._box.insertWidget(1, body)
        self._then.show()

    def _rest(self) -> None:
        self._go.setEnabled(True)
        self._go.setText("Make a new kit")

    def _note(self, kept: bool) -> None:  # noqa: FBT001 - as the box signals
        self._holding = not kept
        self._back.setEnabled(kept)
        self._next.setEnabled(kept)
        if kept:
            self.kept.emit()

    def _ask_drill(self) -> None:
        self.drill_wanted.emit()
