"""The tags of a copy: small chips, and a line to add one more."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit, QPushButton
from typing_extensions import override

from desktop.collection.values import Tag
from desktop.ui.flow import Flow
from desktop.ui.look import Look
from desktop.ui.zone import Zone

NEW_WIDTH = 96


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
