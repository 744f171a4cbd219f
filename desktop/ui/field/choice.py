"""Fields that are chosen: a term of a vocabulary, a yes or no."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QStyle, QStyleOptionComboBox, QStylePainter
from typing_extensions import override

from desktop.collection.values import Term
from desktop.ui.field.box import NOTHING, FieldBox
from shared.domain.schema import Value


class _Combo(QComboBox):
    """A choice that the mouse wheel leaves alone unless it has the keyboard."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "inplace")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter = QStylePainter(self)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        option.currentText = self.fontMetrics().elidedText(
            self.currentText(), Qt.TextElideMode.ElideRight, field.width() - 4
        )
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the inspector instead of changing a value under the pointer."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ChoiceBox(FieldBox):
    """One of a vocabulary's terms, or none. A code that it does not know is shown as it is."""

    def __init__(self, label: str, terms: Sequence[Term], *, history: bool = False) -> None:
        self._combo = _Combo()
        super().__init__(label, self._combo, history=history)
        self._combo.addItem(NOTHING, None)
        for term in terms:
            self._combo.addItem(_named(term), term.code)
        self._known = self._combo.count()
        self._combo.activated.connect(lambda index: self._take(self._combo.itemData(index)))

    @override
    def _write(self, value: Value) -> None:
        while self._combo.count() > self._known:
            self._combo.removeItem(self._known)
        index = self._combo.findData(value)
        if index < 0:
            self._combo.addItem(str(value), value)
            index = self._known
        self._combo.setCurrentIndex(index)


class YesNoBox(FieldBox):
    """A yes or no of the collector's own."""

    def __init__(self, label: str, *, history: bool = False) -> None:
        self._check = QCheckBox("Yes")
        super().__init__(label, self._check, history=history)
        self._check.clicked.connect(lambda on: self._take(bool(on)))

    @override
    def _write(self, value: Value) -> None:
        self._check.setChecked(bool(value))


def _named(term: Term) -> str:
    """Put the letters that collectors use before a longer label: ``MWMT - Mint with mint tags``."""
    coded = term.code.isupper() and not term.label.startswith(term.code)
    return f"{term.code} \u2013 {term.label}" if coded else term.label
