"""The painted area: it knows the geometry and paints what is in sight, nothing else."""

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget
from typing_extensions import override

from desktop.collection.values import CopyRow
from desktop.ui.look import look_of
from desktop.ui.shelf.arrangement import Arrangement
from desktop.ui.shelf.cabinet import Cabinet
from desktop.ui.shelf.card import Grid
from desktop.ui.shelf.glide import Glide
from desktop.ui.shelf.header import Header
from desktop.ui.shelf.pictures import Pictures
from desktop.ui.shelf.scene import Cell, Scene, Writes
from desktop.ui.shelf.selection import Selection
from desktop.ui.shelf.stock import Pages
from desktop.ui.shelf.table import Table
from desktop.ui.whereabouts import Said
from shared.ids import RecordId
from shared.skins.tokens import View

_NOTCH = 120  # what one notch of a wheel reports
_LINES_A_NOTCH = 0.5
_LEAST_TURN = 64


class Canvas(QAbstractScrollArea):
    """Shows pages of rows in one of three arrangements."""

    def __init__(self, notation: Writes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pages = Pages(_Nothing())
        self.selection = Selection()
        self.header = Header(self)
        self.view = View.GRID
        self._hovered: int | None = None
        self._dropping: int | None = None
        self._pictures = Pictures(self)
        self._scene = Scene(look_of(self), notation, self._pictures)
        self._arrangement: Arrangement = Grid(self._scene)
        self._glide = Glide(self.verticalScrollBar())
        self._pictures.arrived.connect(self.viewport().update)
        self.header.moved.connect(self._fit)
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self._wear()

    def show_view(self, view: View) -> None:
        """Change the arrangement; what was current stays in sight."""
        self.view = view
        self._wear()

    def hide_money(self, *, hidden: bool) -> None:
        """Write dots in place of amounts, for guests."""
        self._scene.money_hidden = hidden
        self.viewport().update()

    def reveal(self, index: int, *, glide: bool = True) -> None:
        """Scroll as little as it takes to bring a cell into sight."""
        rect = self._arrangement.rect(index)
        top, height = self.verticalScrollBar().value(), self.viewport().height()
        air = self._arrangement.margin
        goal = min(max(top, rect.bottom() + air - height), rect.top() - air)
        if goal != top:
            near = glide and abs(goal - top) < 2 * height
            self._glide.to(goal, self._scene.look.motion if near else 0)

    @property
    def columns(self) -> int:
        """How many cells stand side by side now."""
        return self._arrangement.columns

    def cell_rect(self, index: int) -> QRect:
        """Give the place of a cell in the viewport."""
        return self._arrangement.rect(index).translated(-self._offset())

    def cell_at(self, point: QPoint) -> int | None:
        """Find the cell at a point of the viewport."""
        return self._arrangement.at(point + self._offset())

    def _offset(self) -> QPoint:
        return QPoint(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    def _wear(self) -> None:
        look, old = look_of(self), self._scene
        self._scene = Scene(
            look, old.notation, self._pictures, self.devicePixelRatioF(), old.money_hidden
        )
        self.header.wear(look)
        self.header.setVisible(self.view is View.TABLE)
        self._arrangement = self._arranged()
        self._fit()
        if self.selection.current is not None and len(self.pages):
            self.reveal(self.selection.current, glide=False)

    def _arranged(self) -> Arrangement:
        match self.view:
            case View.GRID:
                return Grid(self._scene)
            case View.TABLE:
                return Table(self._scene, self.header)
            case View.CABINET:
                return Cabinet(self._scene)

    def _fit(self) -> None:
        tall = self.header.sizeHint().height() if self.view is View.TABLE else 0
        self.setViewportMargins(0, tall, 0, 0)
        size = self.viewport().size()
        self.header.setGeometry(self.viewport().x(), self.viewport().y() - tall, size.width(), tall)
        self._arrangement.fit(size.width(), size.height(), len(self.pages))
        bar, side = self.verticalScrollBar(), self.horizontalScrollBar()
        bar.setPageStep(size.height())
        bar.setSingleStep(max(self._arrangement.pitch // 2, 1))
        bar.setRange(0, max(self._arrangement.height - size.height(), 0))
        side.setPageStep(size.width())
        side.setRange(0, max(self._arrangement.width - size.width(), 0))
        self.viewport().update()

    def _cell(self, index: int) -> Cell | None:
        row = self.pages.row(index)
        if row is None:
            return None
        return Cell(
            row=row,
            said=self.pages.said(row, index),
            selected=self.pages.id(index) in self.selection.copies,
            current=index == self.selection.current and self.hasFocus(),
            hovered=index == self._hovered,
            dropping=index == self._dropping,
        )

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        area, offset = event.rect(), self._offset()
        if self._scene.ratio != self.devicePixelRatioF():
            self._scene.ratio = self.devicePixelRatioF()
            self._scene.frames.clear()
        painter = QPainter(self.viewport())
        self._arrangement.paint_ground(painter, area, offset.y())
        strip = (offset.y() + area.top(), offset.y() + area.bottom())
        for index in self._arrangement.span(*strip):
            cell = self._cell(index)
            if cell is not None:
                rect = self._arrangement.rect(index).translated(-offset)
                self._arrangement.paint(painter, rect, index, cell)
        painter.end()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def scrollContentsBy(self, dx: int, dy: int, /) -> None:
        self.header.setOffset(self.horizontalScrollBar().value())
        self.viewport().update()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if not event.pixelDelta().isNull() or event.angleDelta().x():
            super().wheelEvent(event)
            return
        notches = event.angleDelta().y() / _NOTCH
        turn = max(round(self._arrangement.pitch * _LINES_A_NOTCH), _LEAST_TURN)
        self._glide.by(round(-notches * turn), self._scene.look.motion)
        event.accept()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.ParentChange):
            self._wear()


class _Nothing:
    """The stock before there is one."""

    ids: Sequence[RecordId] = ()

    def rows(self, ids: Sequence[RecordId]) -> Sequence[CopyRow]:
        """Give no rows."""
        _ = ids
        return ()

    def out_of_reach(self, photos: Collection[RecordId]) -> Mapping[RecordId, Said]:
        """Say nothing."""
        _ = photos
        return {}

    def thumbnail(self, photo: RecordId, deliver: object) -> None:
        """Deliver nothing."""
