"""A page in the middle of the window in place of the list: a heading, a way back, the body."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget
from typing_extensions import override

from desktop.ui.controls import IconButton, Text
from desktop.ui.look import Icon, Look, look_of
from desktop.ui.zone import Zone, column, row

WIDTH, NARROWEST = 680, 280
ROUND_IT = 72
"""The edges of a page and its scroll bar, in pixels."""


def fit(middle: QWidget, room: int, widest: int) -> None:
    """Let the middle of a page be as wide as there is room, up to what reads well."""
    middle.setMaximumWidth(widest)
    middle.setMinimumWidth(min(widest, max(room - ROUND_IT, NARROWEST)))


class Page(Zone):
    """A page that scrolls. Esc and the arrow lead back, as a rule to the list."""

    left = Signal()

    def __init__(self, heading: str, body: QWidget, back: str = "Back to the list") -> None:
        self._back = IconButton(back, Icon.LEFT)
        title = Text(heading, "heading")
        self._middle = Zone(layout=column(row(self._back, title), body, None, gap=4))
        inner = Zone("page", row(None, self._middle, None, edge=5))
        scroll = QScrollArea()
        scroll.setAccessibleName(heading)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        super().__init__("page", column(scroll, gap=0))
        self.setAccessibleName(heading)
        self._back.clicked.connect(self.left)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    @override
    def put_on(self, look: Look) -> None:
        super().put_on(look)
        fit(self._middle, self.width(), look.scaled(WIDTH))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fit(self._middle, self.width(), look_of(self).scaled(WIDTH))
