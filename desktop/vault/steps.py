"""What the collector does, step by step, and the way back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from sqlite3 import Cursor

import msgspec

from desktop.vault.archive import ForgottenEditError
from desktop.vault.database import Database
from desktop.vault.files import Files
from desktop.vault.forming import Forming
from desktop.vault.layout import layout_of
from desktop.vault.past import UnknownPastError
from desktop.vault.references import fitting
from desktop.vault.undo import Step, begin, finish, next_redo, next_undo, take, take_back
from desktop.vault.writing import Writer, Writing, change_of
from shared.domain.operations import Change, Delete, Operation, Put, Restore
from shared.domain.schema import DELETED, Kind, Value
from shared.ids import RecordId

_SETTLE = "Choose a value"
_BETWEEN = "\n\n"


class Choice(Enum):
    """How a conflict is closed. ``BOTH``: one text below the other."""

    STANDING = "what stands"
    OTHER = "the other value"
    BOTH = "both"


class Steps:
    """Does, undoes and does again."""

    def __init__(self, database: Database, writer: Writer, files: Files) -> None:
        self._database = database
        self._files = files
        self._writer = writer

    def do(self, label: str, operations: Sequence[Operation], *, undoable: bool) -> Change:
        """Write operations as one step; see ``Vault.apply``."""
        with self._writer.transaction() as writing:
            if undoable:
                begin(writing)
            moments = writing.write(label, fitting(writing.cursor, self._files, operations))
            if undoable and moments:
                finish(writing)
            footprint = writing.merging.footprint
        return change_of(label, footprint)

    def undo(self) -> Change | None:
        """Take the last step back; None if there is none."""
        return self._turn(next_undo)

    def take_back(self, label: str, moments: Sequence[int]) -> Change:
        """Take back edits of anybody as far as they still stand, as one new step.

        ``skipped`` names the fields that were left alone. Raises UnknownPastError.
        """
        try:
            with self._writer.transaction() as writing:
                skipped = take_back(writing, self._files, label, moments)
                footprint = writing.merging.footprint
        except ForgottenEditError:
            raise UnknownPastError from None
        return replace(change_of(label, footprint), skipped=tuple(sorted(skipped)))

    def redo(self) -> Change | None:
        """Do again what was undone last; None if there is none."""
        return self._turn(next_redo)

    @property
    def undo_label(self) -> str | None:
        """What undo would take back."""
        return self._label(next_undo)

    @property
    def redo_label(self) -> str | None:
        """What redo would do again."""
        return self._label(next_redo)

    def settle(self, number: int, *, keep_loser: bool) -> Change:
        """Close a conflict by choosing one of its two values; see ``choose``."""
        return self.choose({number: Choice.OTHER if keep_loser else Choice.STANDING})

    def choose(self, choices: Mapping[int, Choice]) -> Change:
        """Close conflicts, by their numbers, in one step; those that are closed are left out.

        A delete that an edit overruled is closed by a restore or by another delete.
        """
        with self._writer.transaction() as writing:
            begin(writing)
            moments = [
                moment
                for number, choice in choices.items()
                for moment in _settle(writing, number, choice)
            ]
            if moments:
                finish(writing)
            footprint = writing.merging.footprint
        return change_of(_SETTLE, footprint)

    def _turn(self, choose: Callable[[Cursor], Step | None]) -> Change | None:
        with self._writer.transaction() as writing:
            step = choose(writing.cursor)
            if step is None:
                return None
            label, skipped = take(writing, step)
            footprint = writing.merging.footprint
        return replace(change_of(label, footprint), skipped=skipped)

    def _label(self, choose: Callable[[Cursor], Step | None]) -> str | None:
        with self._database.reading() as cursor:
            step = choose(cursor)
        return step.label if step else None


def _settle(writing: Writing, number: int, choice: Choice) -> list[int]:
    sql = "SELECT kind, record, field, moment, value FROM conflict WHERE number = ?"
    found = writing.cursor.execute(sql, (number,)).fetchone()
    if found is None:
        return []
    kind, record, field, moment, packed = found
    if field == DELETED:
        word = Delete if choice is Choice.OTHER else Restore
        return writing.write(_SETTLE, [word(Kind(kind), [RecordId(record)])])
    moments = []
    if choice is not Choice.STANDING:
        value: Value = msgspec.msgpack.decode(packed)
        if choice is Choice.BOTH:
            row = layout_of(kind).read(writing.cursor, [record], [field])[RecordId(record)]
            value = _BETWEEN.join(
                text for text in (row.value(field), value) if isinstance(text, str)
            )
        moments += writing.write(_SETTLE, [Put(Kind(kind), RecordId(record), {field: value})])
    forming = Forming(writing.cursor, writing.moments)
    forming.settle(kind, RecordId(record), field, moment)
    return moments + writing.add(_SETTLE, forming)
