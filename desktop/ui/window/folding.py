"""Three panes side by side; in a narrow window the outer ones slide over the middle one."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget
from typing_extensions import override

from desktop.ui.look import Look, look_of
from desktop.ui.zone import Zone, column
from shared.skins.tokens import Role

ROOM_FOR_THREE, ROOM_FOR_TWO = 1000, 720
VEIL = 0.35
_LEFT, _RIGHT = 0, 2


class Folding(Zone):
    """A drawer on the left, a middle, a sheet on the right.

    ``wished`` says whether the person wants to see drawer and sheet where there is room.
    """

    def __init__(self, drawer: QWidget, middle: QWidget, sheet: QWidget) -> None:
        self._panes = {_LEFT: drawer, _RIGHT: sheet}
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)  # Qt lets the mouse grab a few pixels beside it
        self._splitter.setAccessibleName("Areas")
        for pane in (drawer, middle, sheet):
            self._splitter.addWidget(pane)
        self._splitter.setStretchFactor(1, 1)
        super().__init__(layout=column(self._splitter, gap=0))
        self._wished = {_LEFT: True, _RIGHT: True}
        self._floating: set[int] = set()
        self._open: set[int] = set()
        self._veil = _Veil(self)
        self._veil.lifted.connect(self.close_floating)
        for pane in (drawer, sheet):
            pane.installEventFilter(self)

    @property
    def sizes(self) -> list[int]:
        """Widths of the three panes, to be remembered."""
        return self._splitter.sizes()

    def set_sizes(self, sizes: list[int]) -> None:
        """Restore widths that were remembered."""
        if len(sizes) == len(self._splitter.sizes()):
            self._splitter.setSizes(sizes)

    def toggle_drawer(self) -> None:
        """Show or hide the left pane."""
        self._toggle(_LEFT)

    def toggle_sheet(self) -> None:
        """Show or hide the right pane."""
        self._toggle(_RIGHT)

    def open_sheet(self) -> None:
        """Show the right pane, however narrow the window is."""
        self._wished[_RIGHT] = True
        self._open.add(_RIGHT)
        self._fold()

    def close_floating(self) -> bool:
        """Slide away what lies over the middle; tell whether something did."""
        lying = bool(self._open & self._floating)
        self._open.clear()
        self._fold()
        return lying

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    @override
    def put_on(self, look: Look) -> None:
        super().put_on(look)
        self._fold()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        escaped = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if escaped and event.type() is QEvent.Type.KeyPress and self._open & self._floating:
            return self.close_floating()
        return super().eventFilter(watched, event)

    def _toggle(self, side: int) -> None:
        if side in self._floating:
            self._open ^= {side}
        else:
            self._wished[side] = not self._wished[side]
        self._fold()

    def _fold(self) -> None:
        look = look_of(self)
        narrow = {
            _RIGHT: self.width() < look.scaled(ROOM_FOR_THREE),
            _LEFT: self.width() < look.scaled(ROOM_FOR_TWO),
        }
        self._veil.setGeometry(self.rect())
        self._veil.setVisible(any(narrow[side] for side in self._open))
        self._veil.raise_()
        for side, pane in self._panes.items():
            self._float(side, pane) if narrow[side] else self._dock(side, pane)

    def _float(self, side: int, pane: QWidget) -> None:
        if side not in self._floating:
            self._floating.add(side)
            self._open.discard(side)
            pane.setParent(self)
        hint = pane.minimumSizeHint().expandedTo(pane.sizeHint()).width()
        width = min(max(pane.minimumWidth(), hint), self.width())
        left = self.width() - width if side == _RIGHT else 0
        pane.setGeometry(left, 0, width, self.height())
        pane.setVisible(side in self._open)
        pane.raise_()

    def _dock(self, side: int, pane: QWidget) -> None:
        if side in self._floating:
            self._floating.discard(side)
            self._splitter.insertWidget(side, pane)
        pane.setVisible(self._wished[side])


class _Veil(QWidget):
    """Darkens the middle under a drawer or sheet; a click on it closes them."""

    lifted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Back to the list")
        self.hide()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.lifted.emit()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setOpacity(VEIL)
        painter.fillRect(self.rect(), look_of(self).color(Role.TEXT_STRONG))
        painter.end()
