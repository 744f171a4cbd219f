"""Areas of a screen, and the distances within them, which the skin decides.

``column`` and ``row`` take steps of the skin's spacing scale (``Look.space``), not pixels. A
``Zone`` looks the steps up whenever it puts on another look.
"""

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from desktop.ui.look import Look, look_of

_GAP, _EDGE = "gap", "edge"
_Box = TypeVar("_Box", bound=QBoxLayout)
Item = QWidget | QLayout | None
"""What stands in a row or column; None is a stretch."""


class Zone(QFrame):
    """A part of a screen that keeps its distances in step with the look that it wears."""

    def __init__(self, role: str = "", layout: QLayout | None = None) -> None:
        super().__init__()
        if role:
            self.setProperty("role", role)
        if layout is not None:
            self.setLayout(layout)

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Take the distances from a new look."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.StyleChange, QEvent.Type.ParentChange}:
            self.put_on(look_of(self))

    def put_on(self, look: Look) -> None:
        """Apply what only code can: distances here, sizes in those that extend this."""
        layout = self.layout()
        if layout is not None:
            space_out(layout, look)


def space_out(layout: QLayout, look: Look) -> None:
    """Turn the steps of a layout, and of those within it, into pixels."""
    for each in (layout, *layout.findChildren(QLayout)):
        edges: Sequence[int] | None = each.property(_EDGE)
        if edges is None:
            continue
        gap = look.space(each.property(_GAP))
        if isinstance(each, QGridLayout):
            each.setHorizontalSpacing(gap)
            each.setVerticalSpacing(gap)
        else:
            each.setSpacing(gap)
        vertical, horizontal = edges
        across, down = look.space(horizontal), look.space(vertical)
        each.setContentsMargins(across, down, across, down)


def column(*items: Item, gap: int = 2, edge: int = 0, sides: int | None = None) -> QVBoxLayout:
    """Stack items, ``gap`` steps apart and ``edge`` steps (``sides`` left and right) within."""
    return _filled(QVBoxLayout(), items, gap, (edge, edge if sides is None else sides))


def row(*items: Item, gap: int = 2, edge: int = 0, sides: int | None = None) -> QHBoxLayout:
    """Set items side by side, measured as in ``column``."""
    return _filled(QHBoxLayout(), items, gap, (edge, edge if sides is None else sides))


def grid(gap: int = 2, edge: int = 0) -> QGridLayout:
    """Make an empty grid, measured as in ``column``."""
    made = QGridLayout()
    measure(made, gap, (edge, edge))
    return made


def _filled(box: _Box, items: tuple[Item, ...], gap: int, edges: tuple[int, int]) -> _Box:
    measure(box, gap, edges)
    for item in items:
        match item:
            case None:
                box.addStretch(1)
            case QWidget():
                box.addWidget(item)
            case QLayout():
                box.addLayout(item)
    return box


def measure(layout: QLayout, gap: int, edges: tuple[int, int]) -> None:
    """Note the distances of a layout, in steps; ``edges`` above and at the sides."""
    layout.setProperty(_GAP, gap)
    layout.setProperty(_EDGE, list(edges))
    layout.setContentsMargins(0, 0, 0, 0)
