"""What is done to the collection from the window: add, delete, restore, undo, redo."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from desktop.collection.errors import EXPECTED, sentence
from desktop.collection.values import Draft
from desktop.ui.add.panel import AddPanel
from desktop.ui.inspector.writing import Writing
from desktop.ui.live import LiveCollection
from desktop.ui.window.quiet_bar import QuietBar
from shared.domain.operations import Change
from shared.ids import RecordId


class Deeds(QObject):
    """Does things and says quietly what was done, with the way back beside it."""

    def __init__(self, live: LiveCollection, bar: QuietBar, writing: Writing) -> None:
        super().__init__(live)
        self._live, self._bar, self._writing = live, bar, writing

    def add(self, draft: Draft, panel: AddPanel, *, another: bool) -> RecordId | None:
        """Keep a new copy; None, and a sentence in the panel, if it could not be kept."""
        try:
            copy = self._live.collection.copies.add(draft)
        except EXPECTED as error:
            panel.refuse(sentence(error))
            return None
        if another:
            panel.next_one()
        self._bar.tell(f"{self._name([copy])} was added.", action="Undo", run=self.undo)
        return copy

    def delete(self, copies: Sequence[RecordId]) -> None:
        """Put copies into the trash, and offer to take that back."""
        if not copies:
            return
        name = self._name(copies)
        if self._live.attempt(lambda: self._live.collection.copies.delete(copies)) is not None:
            self._bar.tell(f"{name} went to the trash.", action="Undo", run=self.undo)

    def restore(self, copies: Sequence[RecordId]) -> None:
        """Take copies out of the trash."""
        if copies:
            name = self._name(copies)
            self._live.attempt(lambda: self._live.collection.copies.restore(copies))
            self._bar.tell(f"{name} came back.", action="Undo", run=self.undo)

    def undo(self) -> None:
        """Take the last step back and say which one it was."""
        label = self._live.collection.undo_label
        change = self._live.attempt(self._live.collection.undo)
        if change is not None:
            self._tell_undone(f"Undone: {label}.", change)

    def redo(self) -> None:
        """Do again what was taken back."""
        label = self._live.collection.redo_label
        change = self._live.attempt(self._live.collection.redo)
        if change is not None:
            self._bar.tell(f"Done again: {label}.", action="Undo", run=self.undo)

    def add_photos(self, copy: RecordId, files: Sequence[Path]) -> None:
        """Add picture files to a copy that they were dropped on."""
        self._writing.add_files(copy, files)

    def _tell_undone(self, words: str, change: Change) -> None:
        if change.skipped:
            kept = ", ".join(change.skipped)
            words += f" Changed meanwhile, so left alone: {kept}."
        self._bar.tell(words, action="Redo", run=self.redo)

    def _name(self, copies: Sequence[RecordId]) -> str:
        if len(copies) > 1:
            return f"{len(copies)} pieces"
        rows = self._live.collection.rows(copies)
        return rows[0].name if rows and rows[0].name else "One piece"
