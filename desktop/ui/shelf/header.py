"""The table's header: sort by a click, drag an edge for width, drag a name for order."""

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHeaderView, QWidget

from desktop.collection.values import Column
from desktop.ui.look import Look
from desktop.ui.shelf.columns import COLUMNS

_LEAST = 48
_UNIT = 1000


class Header(QHeaderView):
    """Where each column stands, which is the table's own to keep."""

    sort_asked = Signal(object, bool)  # Column, descending
    moved = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._names = QStandardItemModel(0, len(COLUMNS), self)
        self.setModel(self._names)
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(_LEAST)
        self.setSortIndicatorShown(True)
        self.setAccessibleName("Columns")
        self.sectionClicked.connect(self._clicked)
        self.sectionResized.connect(lambda *_: self.moved.emit())
        self.sectionMoved.connect(lambda *_: self.moved.emit())
        self._scale = 0.0

    def wear(self, look: Look) -> None:
        """Take the names from a look, and let the columns grow with its text."""
        scale = look.scaled(_UNIT) / _UNIT
        for at, column in enumerate(COLUMNS):
            item = QStandardItem(look.word(column.word))
            item.setTextAlignment(column.align)
            self._names.setHorizontalHeaderItem(at, item)
            if self._scale != scale:
                before = self.sectionSize(at) / self._scale if self._scale else column.width
                self.resizeSection(at, round(before * scale))
        self._scale = scale

    def show_sort(self, column: Column, *, descending: bool) -> None:
        """Point the arrow at the column that the list is sorted by."""
        places = [at for at, shown in enumerate(COLUMNS) if shown.sort is column]
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self.setSortIndicator(places[0] if places else -1, order)

    def layout_text(self) -> str:
        """Give widths and order as text, to be kept in a setting."""
        return bytes(self.saveState().toBase64().data()).decode("ascii")

    def restore_layout(self, text: str) -> None:
        """Take widths and order back; text that is not ours changes nothing."""
        self.restoreState(QByteArray.fromBase64(text.encode("ascii", "ignore")))
        self.moved.emit()

    def _clicked(self, section: int) -> None:
        column = COLUMNS[section].sort
        descending = self.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
        self.sort_asked.emit(column, descending)
