"""The tags of a copy: small chips, and a line to add one more."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QCompleter, QLayout, QLayoutItem, QLineEdit, QPushButton
from typing_extensions import override

from desktop.collection.values import Tag
from desktop.ui.look import Look
from desktop.ui.zone import Zone

NEW_WIDTH = 96


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
        """Place the items; return the height that they take."""
        gap = max(self.spacing(), 0)
        x, y, tall = rect.x(), rect.y(), 0
        for item in self._items:
            size = item.sizeHint()
            wide = min(size.width(), rect.width())
            if x > rect.x() and x + wide > rect.x() + rect.width():
                x, y, tall = rect.x(), y + tall + gap, 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), QSize(wide, size.height())))
            x += wide + gap
            tall = max(tall, size.height())
        return y + tall - rect.y()


class TagRow(Zone):
    """Shows tags; a click on one takes it off, Enter in the line puts one on."""

    added = Signal(str)
    removed = Signal(object)  # Tag

    def __init__(self) -> None:
        self._flow = Flow()
        super().__init__(layout=self._flow)
        self.setAccessibleName("Tags")
        self._chips: list[QPushButton] = []
        self._new = QLineEdit()
        self._new.setProperty("role", "inplace")
        self._new.setPlaceholderText("+ tag")
        self._new.setAccessibleName("New tag")
        self._new.returnPressed.connect(self._add)
        self._flow.addWidget(self._new)

    def show_tags(self, tags: Sequence[Tag], known: Sequence[str]) -> None:
        """Show the tags of a copy, and offer those that others have."""
        for chip in self._chips:
            self._flow.removeWidget(chip)
            chip.deleteLater()
        self._flow.removeWidget(self._new)
        self._chips = [self._chip(tag) for tag in tags]
        for widget in (*self._chips, self._new):
            self._flow.addWidget(widget)
        completer = QCompleter(list(known), self._new)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._new.setCompleter(completer)

    @override
    def put_on(self, look: Look) -> None:
        super().put_on(look)
        self._flow.setSpacing(look.space(1))
        self._new.setFixedWidth(look.scaled(NEW_WIDTH))

    def _chip(self, tag: Tag) -> QPushButton:
        words = tag.name.replace("&", "&&")
        chip = QPushButton(f"{words}  \u00d7")
        chip.setProperty("role", "chip")
        chip.setAccessibleName(f"Tag {tag.name}, remove")
        chip.setToolTip("Take this tag off")
        chip.clicked.connect(lambda: self.removed.emit(tag))
        return chip

    def _add(self) -> None:
        name = self._new.text().strip()
        self._new.clear()
        if name:
            self.added.emit(name)
