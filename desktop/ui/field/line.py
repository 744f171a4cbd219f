"""Fields of one line: words, amounts, dates and numbers, each with its own way to be read."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QPlainTextEdit
from typing_extensions import override

from desktop.collection.errors import sentence
from desktop.ui.field.box import NOTHING, FieldBox
from desktop.ui.notation import NOT_UNDERSTOOD
from shared.domain.schema import Value

NOTES_LINES = 4


class InPlaceLine(QLineEdit):
    """A line that looks like text until it is used. Esc brings back what stood there."""

    def __init__(self, role: str = "inplace") -> None:
        super().__init__()
        self.setProperty("role", role)
        self.setPlaceholderText(NOTHING)
        self.standing = ""

    def stand(self, text: str) -> None:
        """Show the text that Esc comes back to."""
        self.setText(text)
        self.standing = self.text()  # which cuts what is longer than any line can be
        self.setCursorPosition(0)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Esc undo the typing before it does anything else."""
        if event.key() == Qt.Key.Key_Escape and self.text() != self.standing:
            self.setText(self.standing)
            return
        super().keyPressEvent(event)


class LineBox(FieldBox):
    """A field of one line. ``read`` turns text into a value, ``write`` does the reverse."""

    def __init__(
        self,
        label: str,
        *,
        read: Callable[[str], Value],
        write: Callable[[Value], str],
        history: bool = False,
        role: str = "inplace",
    ) -> None:
        self._line = InPlaceLine(role)
        super().__init__(label, self._line, history=history)
        self._read = read
        self._text_of = write
        self._line.editingFinished.connect(self.finish)
        self._line.returnPressed.connect(self.confirm)

    @property
    @override
    def draft(self) -> str | None:
        """The text that is being typed, or was not understood."""
        text = self._line.text()
        return text if text != self._line.standing else None

    def offer(self, words: Sequence[str]) -> None:
        """Suggest these while the collector types."""
        completer = QCompleter(list(words), self._line)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._line.setCompleter(completer)

    @override
    def show_draft(self, text: str) -> None:
        """Put the text back and say again what is wrong with it."""
        self._line.setText(text)
        self.finish()

    @override
    def _write(self, value: Value) -> None:
        self._line.stand(self._text_of(value))

    @override
    def finish(self) -> None:
        text = self._line.text().strip()
        if text == self._line.standing.strip():
            self.complain("")
            return
        try:
            value = self._read(text) if text else None
        except NOT_UNDERSTOOD as error:
            self.complain(sentence(error))
            return
        self._line.stand(self._text_of(value))
        self._take(value)


class NotesBox(FieldBox):
    """A field of several lines, saved when it is left."""

    def __init__(self, label: str, *, history: bool = False) -> None:
        self._notes = _Notes(self)
        super().__init__(label, self._notes, history=history)

    @property
    @override
    def draft(self) -> str | None:
        """The text that is being typed."""
        return self._notes.typed if self._notes.document().isModified() else None

    @override
    def finish(self) -> None:
        if self.draft is not None:
            self._take(self._notes.typed or None)
            self._notes.document().setModified(False)

    @override
    def _write(self, value: Value) -> None:
        self._notes.setPlainText(str(value or ""))


class _Notes(QPlainTextEdit):
    """A plain text editor that leaves Tab to the keyboard's way through the fields."""

    def __init__(self, box: NotesBox) -> None:
        super().__init__()
        self._box = box
        self.setProperty("role", "inplace")
        self.setPlaceholderText(NOTHING)
        self.setTabChangesFocus(True)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * (NOTES_LINES + 1))

    @property
    def typed(self) -> str:
        """The text letter by letter; Qt's own plain text turns hard spaces into soft ones."""
        return self.document().toRawText().replace("\u2029", "\n")

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Save on leaving."""
        super().focusOutEvent(event)
        self._box.finish()
