"""The emergency kit: 24 words, shown once, to be printed or copied, and then proven."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLocale, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QFileDialog, QGridLayout
from typing_extensions import override

from desktop.ui.controls import Button, Choice, Text
from desktop.ui.first_run.step import Step
from desktop.ui.flow import flow
from desktop.ui.kit.kit import Kit, kit_text
from desktop.ui.kit.paper import paper_size, pdf_of, print_kit
from desktop.ui.look import Icon
from desktop.ui.zone import Zone, column, grid

MOST_COLUMNS = 4
_DONE = "I keep these words where only I find them."
_MARK = "Mark: {}. Whoever writes the words down by hand notes it, too: it is asked for later."


class WordTable(Zone):
    """The words, numbered, in as many columns as there is room for."""

    def __init__(self, words: Sequence[str]) -> None:
        self._table: QGridLayout = grid(gap=2, edge=3)
        self._cells = [(_count(n + 1), _word(n + 1, word)) for n, word in enumerate(words)]
        self._columns = 0
        super().__init__("card", self._table)
        self.setAccessibleName("The 24 words")
        self._spread(MOST_COLUMNS)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use as many columns as there is room for."""
        super().resizeEvent(event)
        gap = self._table.horizontalSpacing()
        widths = (each.sizeHint().width() + word.sizeHint().width() for each, word in self._cells)
        edges = self._table.contentsMargins()
        room = self.width() - edges.left() - edges.right() + gap
        self._spread(max(1, min(MOST_COLUMNS, room // (max(widths) + 2 * gap))))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def _spread(self, columns: int) -> None:
        """Set the words in so many columns, that are read downwards."""
        if columns == self._columns:
            return
        self._columns, lines = columns, -(-len(self._cells) // columns)
        for number, (count, word) in enumerate(self._cells):
            at_column, at_line = divmod(number, lines)
            for part in (count, word):
                self._table.removeWidget(part)
            self._table.addWidget(count, at_line, at_column * 2)
            self._table.addWidget(word, at_line, at_column * 2 + 1)
        for at_column in range(MOST_COLUMNS):
            self._table.setColumnStretch(at_column * 2 + 1, int(at_column < columns))


def _count(number: int) -> Text:
    count = Text(f"{number}", "caption")
    count.setWordWrap(False)
    count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return count


def _word(number: int, word: str) -> Text:
    written = Text(word, "mono")
    written.setWordWrap(False)
    written.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    written.setAccessibleName(f"Word {number}: {word}")
    return written


class KitBody(Zone):
    """The words and the three ways to keep them. ``kept`` tells whether one was ticked."""

    kept = Signal(bool)

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._done = QCheckBox()
        self._said = Text(role="caption")
        ways = flow(
            Button("Print\u2026", icon=Icon.PRINT, pressed=self._print),
            Button("Save as PDF\u2026", icon=Icon.DOWNLOAD, pressed=self._save_pdf),
            Button("Save as text\u2026", "quiet", pressed=self._save_text),
            Button("Copy", "quiet", icon=Icon.COPY, pressed=self._copy),
        )
        mark = Text(_MARK.format(kit.mark), "caption")
        mark.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        mark.setVisible(bool(kit.mark))
        words = column(WordTable(kit.words), mark, gap=1)
        super().__init__(layout=column(words, ways, self._said, Choice(self._done, _DONE), gap=3))
        self._done.toggled.connect(self.kept)

    def _print(self) -> None:
        if print_kit(self._kit, self):
            self._said.say("Printed.")

    def _save_pdf(self) -> None:
        self._save("pdf", "PDF (*.pdf)", pdf_of(self._kit, paper_size(QLocale.system())))

    def _save_text(self) -> None:
        self._save("txt", "Text (*.txt)", kit_text(self._kit).encode())

    def _save(self, suffix: str, kind: str, content: bytes) -> None:
        proposed = f"swingtag-emergency-kit.{suffix}"
        name, _ = QFileDialog.getSaveFileName(self, "Save the emergency kit", proposed, kind)
        if not name:
            return
        try:
            Path(name).write_bytes(content)
        except OSError as error:
            self._said.say(f"That file could not be written: {error.strerror}. Choose another.")
            return
        self._said.say(
            "Saved. Whoever has that file can open your collection: print it or move it to "
            "safety, and leave no copy on this computer."
        )

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(" ".join(self._kit.words))
        self._said.say("Copied. Paste it somewhere safe, then copy something else over it.")


class KitStep(Step):
    """The kit as a step: forward once the person says that the words are kept."""

    def __init__(self, kit: Kit) -> None:
        body = KitBody(kit)
        super().__init__(
            "Your emergency kit",
            "These 24 words open your collection when nothing else does. They are shown once.",
            body,
            "Next",
        )
        self.no_way_back()
        self.allow(forward=False)
        body.kept.connect(lambda kept: self.allow(forward=kept))
