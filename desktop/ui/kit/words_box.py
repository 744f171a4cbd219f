"""The box into which the 24 words are typed, or the whole text of a kit is pasted."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QPlainTextEdit
from typing_extensions import override

_LINES = 6


class WordsBox(QPlainTextEdit):
    """As high as the words need, in letters of any size; Tab leads on."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self._fit()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(self.fontMetrics().lineSpacing() * _LINES)
