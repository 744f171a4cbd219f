"""What the collector does, step by step, and the way back."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from sqlite3 import Cursor

import msgspec

from desktop.vault.database import Database
from desktop.vault.forming import Forming
from desktop.vault.undo import Step, next_redo, next_undo, push, take
from desktop.vault.writing import Writer, change_of
from shared.domain.operations import Change, Delete, Operation, Put, Restore
from shared.domain.schema import DELETED, Kind
from shared.ids import RecordId

_SETTLE = "Choose a value"


class Steps:
    """Does, undoes and does again."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def do(self, label: str, operations: Sequence[Operation], *, undoable: bool) -> Change:
        """Write operations as one step; see ``Vault.apply``."""
        with self._writer.transaction() as writing:
            moments = writing.write(label, operations)
            if undoable:
                push(writing.cursor, label, moments)
            footprint = writing.merging.footprint
        return change_of(label, footprint)

    def undo(self) -> Change | None:
        """Take the last step back; None if there is none."""
        return self._turn("Undo", next_undo, undone=True)

    def redo(self) -> Change | None:
        """Do again what was undone last; None if there is none."""
        return self._turn("Redo", next_redo, undone=False)

    @property
    def undo_label(self) -> str | None:
        """What undo would take back."""
        return self._label(next_undo)

    @property
    def redo_label(self) -> str | None:
        """What redo would do again."""
        return self._label(next_redo)

    def settle(self, number: int, *, keep_loser: bool) -> Change:
        """Close a conflict by choosing one of its two values.

        A delete that an edit overruled is closed by a restore or by another delete.
        """
        with self._writer.transaction() as writing:
            sql = "SELECT kind, record, field, moment, value FROM conflict WHERE number = ?"
            found = writing.cursor.execute(sql, (number,)).fetchone()
            if found is None:
                return Change(_SETTLE)
            kind, record, field, moment, packed = found
            moments = []
            if field == DELETED:
                word = Delete if keep_loser else Restore
                moments += writing.write(_SETTLE, [word(Kind(kind), [RecordId(record)])])
            elif keep_loser:
                value = msgspec.msgpack.decode(packed)
                put = Put(Kind(kind), RecordId(record), {field: value})
                moments += writing.write(_SETTLE, [put])
            forming = Forming(writing.cursor, writing.moments)
            if field != DELETED:
                forming.settle(kind, RecordId(record), field, moment)
            moments += writing.add(_SETTLE, forming)
            push(writing.cursor, _SETTLE, moments)
            footprint = writing.merging.footprint
        return change_of(_SETTLE, footprint)

    def _turn(
        self, how: str, choose: Callable[[Cursor], Step | None], *, undone: bool
    ) -> Change | None:
        with self._writer.transaction() as writing:
            step = choose(writing.cursor)
            if step is None:
                return None
            label = f"{how}: {step.label}"
            skipped = take(writing, step, label, undone=undone)
            footprint = writing.merging.footprint
        return replace(change_of(label, footprint), skipped=skipped)

    def _label(self, choose: Callable[[Cursor], Step | None]) -> str | None:
        with self._database.reading() as cursor:
            step = choose(cursor)
        return step.label if step else None
