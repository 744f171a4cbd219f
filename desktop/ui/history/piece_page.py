"""The history of one piece, step by step, and the way back to each."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal

from desktop.collection.values import Step
from desktop.ui.controls import Button, Text
from desktop.ui.field.wording import Wording
from desktop.ui.history.telling import StepCard, when_and_where
from desktop.ui.look import Icon
from desktop.ui.notation import Notation
from desktop.ui.page import Page
from desktop.ui.zone import Zone, column

_LEAD = (
    "Every step, the last one first. Going back to one is a step itself: your other devices "
    "follow, and Undo takes it back. What Ty made of it changes for all pieces that share it."
)


class PiecePage(Page):
    """A timeline. ``wanted`` carries the Step after which the piece shall be again."""

    wanted = Signal(object)

    def __init__(self, name: str, wording: Wording, notation: Notation) -> None:
        self._wording, self._notation = wording, notation
        self._steps: tuple[Step, ...] = ()
        self._cards = Zone(layout=column(gap=2))
        super().__init__(
            f"History of {name}" if name else "History",
            Zone(layout=column(Text(_LEAD), self._cards, gap=4)),
        )

    def show_steps(self, steps: Sequence[Step], *, may_write: bool) -> None:
        """List these steps."""
        if tuple(steps) == self._steps:
            return
        self._steps = tuple(steps)
        box = self._cards.layout()
        while box is not None and (item := box.takeAt(0)):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for place, step in enumerate(steps):
            button = self._button(step) if place and may_write else None
            groups = [("", step.turns)]
            card = StepCard(step, self._wording, self._notation, groups=groups, button=button)
            if box is not None:
                box.addWidget(card)

    def _button(self, step: Step) -> Button:
        button = Button("As it was then", icon=Icon.HISTORY)
        button.clicked.connect(partial(self._want, step))
        button.setAccessibleName(f"As it was on {when_and_where(step, self._notation)}")
        return button

    def _want(self, step: Step, _on: bool = False) -> None:  # noqa: FBT001, FBT002 - as Qt signals
        self.wanted.emit(step)
