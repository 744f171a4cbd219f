"""Scrolling that glides where the skin moves, and jumps where it does not."""

from PySide6.QtCore import QAbstractAnimation, QEasingCurve, QPropertyAnimation
from PySide6.QtWidgets import QScrollBar


class Glide:
    """Moves a scroll bar; further turns of the wheel add to where it is going."""

    def __init__(self, bar: QScrollBar) -> None:
        self._bar = bar
        self._run = QPropertyAnimation(bar, b"value", bar)
        self._run.setEasingCurve(QEasingCurve.Type.OutCubic)

    def by(self, pixels: int, millis: int) -> None:
        """Move by some pixels within a time; 0 milliseconds is at once."""
        going = self._run.state() is QAbstractAnimation.State.Running
        start = int(self._run.endValue()) if going else self._bar.value()
        self.to(start + pixels, millis)

    def to(self, value: int, millis: int) -> None:
        """Move to a value within a time."""
        value = max(self._bar.minimum(), min(value, self._bar.maximum()))
        self._run.stop()
        if millis <= 0:
            self._bar.setValue(value)
            return
        self._run.setDuration(millis)
        self._run.setStartValue(self._bar.value())
        self._run.setEndValue(value)
        self._run.start()
