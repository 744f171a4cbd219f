"""The tags of a copy: small chips, and a line to add one more."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
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


_OFF = "  \u00d7"


class TagRow(Zone):
    """Shows tags; a click on one takes it off, Enter in the line puts one on."""

    added = Signal(str)
    removed = Signal(object)  # Tag

    def __init__(self) -> None:
        self._flow = Flow()
        super().__init__(layout=self._flow)
        self.setAccessibleName("Tags")
        self._chips: list[QPushButton] = []
        self._offered = True
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
        self.offer_more(offered=self._offered)

    def offer_more(self, *, offered: bool) -> None:
        """Let tags be put on and taken off, or only be read."""
        self._offered = offered
        self._new.setVisible(offered)
        for chip in self._chips:
            chip.setEnabled(offered)
            if not offered:
                chip.setText(chip.text().removesuffix(_OFF))

    @override
    def put_on(self, look: Look) -> None:
        super().put_on(look)
        self._flow.setSpacing(look.space(1))
        self._new.setFixedWidth(look.scaled(NEW_WIDTH))

    def _chip(self, tag: Tag) -> QPushButton:
        words = tag.name.replace("&", "&&")
        chip = QPushButton(f"{words}{_OFF}")
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
