"""Widgets side by side, on as many lines as their room asks for."""

from collections.abc import Iterator

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget
from typing_extensions import override

from desktop.ui.zone import Zone, measure


class Flow(QLayout):
    """Sets widgets side by side and begins a new line where the width ends."""

    def __init__(self) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []

    @override
    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    @override
    def count(self) -> int:
        return len(self._items)

    @override
    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    @override
    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), move=False)

    @override
    def sizeHint(self) -> QSize:
        return self.minimumSize()

    @override
    def minimumSize(self) -> QSize:
        widest = max((item.minimumSize().width() for item in self._items), default=0)
        return QSize(widest, max((item.sizeHint().height() for item in self._items), default=0))

    @override
    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        """Place the items, centred in their lines; return the height that they take."""
        gap, y = max(self.spacing(), 0), rect.y()
        for line in self._lines(rect.width(), gap):
            tall = max(item.sizeHint().height() for item in line)
            x = rect.x()
            for item in line if move else ():
                size = item.sizeHint()
                wide = min(size.width(), rect.width())
                lower = (tall - size.height()) // 2
                item.setGeometry(QRect(x, y + lower, wide, size.height()))
                x += wide + gap
            y += tall + gap
        return max(y - gap - rect.y(), 0)

    def _lines(self, width: int, gap: int) -> Iterator[list[QLayoutItem]]:
        """Yield the items of one line after the other."""
        line: list[QLayoutItem] = []
        taken = 0
        for item in self._items:
            wide = min(item.sizeHint().width(), width)
            if line and taken + wide > width:
                yield line
                line, taken = [], 0
            line.append(item)
            taken += wide + gap
        if line:
            yield line


def flow(*widgets: QWidget, gap: int = 2) -> Zone:
    """Set widgets side by side, ``gap`` steps apart, on as many lines as they need."""
    made = Flow()
    measure(made, gap, (0, 0))
    for widget in widgets:
        made.addWidget(widget)
    return Zone(layout=made)
