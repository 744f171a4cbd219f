"""The way through the steps: forward, back, and waiting for what a step started."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.ui.errand import Errand
from desktop.ui.first_run.beginnings import Trouble
from desktop.ui.first_run.step import Step

T = TypeVar("T")


class Trail(QStackedWidget):
    """A stack of steps; the way back leads to the one before, as it was left."""

    def go(self, step: QWidget) -> None:
        """Go on to a step."""
        self.addWidget(step)
        self.setCurrentWidget(step)
        if isinstance(step, Step):
            step.back.connect(self.back)
        step.setFocus()

    def back(self) -> None:
        """Return to the step before, and forget this one."""
        gone = self.currentWidget()
        if self.count() > 1 and gone is not None:
            self.setCurrentIndex(self.count() - 2)
            self.removeWidget(gone)
            gone.deleteLater()

    def restart(self) -> None:
        """Return to the first step."""
        while self.count() > 1:
            self.back()

    def wait(
        self, step: Step, words: str, work: Callable[[], T | Trouble], then: Callable[[T], None]
    ) -> None:
        """Let a step wait for some work; go on with its result, or let the step say the trouble."""

        def arrived(outcome: T | Trouble) -> None:
            if isinstance(outcome, Trouble):
                step.refuse(outcome.sentence)
            else:
                step.wait("")
                then(outcome)

        step.wait(words)
        Errand(step, work, then=arrived, failed=lambda _error: step.refuse(""))
