"""A field that no other catalogue has: the collector names it and says what goes in."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit

from desktop.ui.controls import Button
from desktop.ui.look import Icon
from desktop.ui.zone import Zone, column, row
from shared.domain.schema import FieldType

_TYPES = (
    ("Text", FieldType.TEXT),
    ("Several lines", FieldType.LONG_TEXT),
    ("Number", FieldType.NUMBER),
    ("Money", FieldType.MONEY),
    ("Date", FieldType.DATE),
    ("Yes or no", FieldType.YES_NO),
)


class AddField(Zone):
    """A quiet button that opens into a line: name, type, add."""

    wanted = Signal(str, object)  # label, FieldType

    def __init__(self) -> None:
        self._open = Button("Add a field", "link", icon=Icon.ADD, pressed=self._begin)
        self._name = QLineEdit()
        self._name.setPlaceholderText("Name of the field")
        self._name.setAccessibleName("Name of the field")
        self._type = QComboBox()
        self._type.setAccessibleName("Type of the field")
        for words, kind in _TYPES:
            self._type.addItem(words, kind)
        self._form = Zone(
            layout=column(
                self._name,
                row(
                    self._type,
                    None,
                    Button("Cancel", "quiet", pressed=self._end),
                    Button("Add", pressed=self._add),
                ),
            )
        )
        super().__init__(layout=column(self._open, self._form))
        self._form.hide()
        self._name.returnPressed.connect(self._add)

    def _begin(self) -> None:
        self._open.hide()
        self._form.show()
        self._name.setFocus()

    def _end(self) -> None:
        self._name.clear()
        self._form.hide()
        self._open.show()

    def _add(self) -> None:
        label = self._name.text().strip()
        if label:
            self.wanted.emit(label, self._type.currentData())
            self._end()
