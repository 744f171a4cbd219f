"""What one field held before: who wrote it, where and when, and a way back to it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from desktop.collection.values import Past
from desktop.ui.controls import Button, Text
from desktop.ui.history.telling import when_and_where
from desktop.ui.look import dress, look_of
from desktop.ui.notation import Notation
from desktop.ui.zone import Zone, column, row
from shared.domain.schema import Value

WIDTH, HEIGHT = 360, 320


class HistoryPopover(Zone):
    """Floats beside a field until Esc or a click elsewhere."""

    restored = Signal(object)  # Past

    def __init__(
        self,
        label: str,
        steps: Sequence[Past],
        write: Callable[[Value], str],
        notation: Notation,
        owner: QWidget,
    ) -> None:
        lines = [self._line(past, write, notation, newest=not at) for at, past in enumerate(steps)]
        body = Zone(layout=column(*lines, None, gap=3))
        scroll = QScrollArea()
        scroll.setAccessibleName(f"History of {label}")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        super().__init__("card", column(Text(label, "title"), scroll, gap=2, edge=3))
        self.setParent(owner, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(f"History of {label}")
        look = look_of(owner)
        dress(self, look)
        self.resize(look.scaled(WIDTH), look.scaled(HEIGHT))

    def pop_up(self, beside: QWidget) -> None:
        """Show it left of a field, within the screen."""
        place = beside.mapToGlobal(QPoint(-self.width() - 8, 0))
        screen = beside.screen().availableGeometry()
        x = max(place.x(), screen.left() + 8)
        y = min(place.y(), screen.bottom() - self.height() - 8)
        self.move(x, max(y, screen.top() + 8))
        self.show()

    def _line(
        self, past: Past, write: Callable[[Value], str], notation: Notation, *, newest: bool
    ) -> Zone:
        value = Text(write(past.value) or "\u2014", "strong")
        where = Text(when_and_where(past, notation), "caption")
        what = Text(past.label, "caption")
        again = Button("Restore", "link", pressed=lambda: self._restore(past))
        again.setAccessibleName(f"Restore {value.text()}")
        again.setVisible(not newest)
        line = row(column(value, where, what, gap=0), again, gap=2)
        line.setStretch(0, 1)
        return Zone(layout=line)

    def _restore(self, past: Past) -> None:
        self.restored.emit(past)
        self.close()
