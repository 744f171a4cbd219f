"""The columns of the table: what each shows, how wide it starts, which way it is aligned."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt

from desktop.collection.values import Column, CopyRow
from desktop.ui.shelf.ink import LEFT, RIGHT
from desktop.ui.shelf.scene import Scene
from shared.skins.tokens import Word


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column. ``text`` gives what stands in it; numbers are aligned to the right."""

    sort: Column
    word: Word
    width: int
    text: Callable[[Scene, CopyRow], str]
    number: bool = False

    @property
    def align(self) -> Qt.AlignmentFlag:
        """Give the alignment of the cells and of the header."""
        return RIGHT if self.number else LEFT


COLUMNS: tuple[TableColumn, ...] = (
    TableColumn(Column.NAME, Word.NAME, 240, lambda _, row: row.name),
    TableColumn(Column.ANIMAL, Word.ANIMAL, 104, lambda _, row: row.animal),
    TableColumn(
        Column.STYLE_NUMBER, Word.STYLE_NUMBER, 108, lambda _, row: row.style_number, number=True
    ),
    TableColumn(Column.SWING_TAG, Word.SWING_TAG, 88, lambda _, row: row.swing_tag),
    TableColumn(Column.TUSH_TAG, Word.TUSH_TAG, 84, lambda _, row: row.tush_tag),
    TableColumn(Column.CONDITION, Word.CONDITION, 92, lambda _, row: row.condition),
    TableColumn(Column.PAID, Word.PAID, 92, lambda scene, row: scene.money(row.paid), number=True),
    TableColumn(
        Column.VALUE, Word.VALUE, 96, lambda scene, row: scene.money(row.value), number=True
    ),
    TableColumn(
        Column.ACQUIRED,
        Word.ACQUIRED,
        110,
        lambda scene, row: scene.date(row.acquired),
        number=True,
    ),
    TableColumn(Column.LOCATION, Word.LOCATION, 160, lambda _, row: row.location),
)
