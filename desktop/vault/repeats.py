"""Values that were written again: whoever wrote a value last speaks for all who wrote it."""

from collections.abc import Collection
from functools import cached_property
from sqlite3 import Cursor

import msgspec

from desktop.vault.archive import Archive
from desktop.vault.cuts import moments_cut_off
from desktop.vault.losers import Losers
from desktop.vault.moments import Moments
from desktop.vault.pasts import values_of
from shared.domain.merge import Written, is_repeated
from shared.domain.schema import DELETED
from shared.ids import RecordId


class Repeats:
    """Looks through the history of a field, within one transaction.

    ``counted``: the edits that count; None for all that are not cut off. What a snapshot stands for
    and has not come yet cannot be looked at; once it has, see ``forget_repeated``.
    """

    def __init__(self, cursor: Cursor, counted: Collection[int] | None = None) -> None:
        self._cursor = cursor
        self._moments = Moments(cursor)
        self._archive = Archive(cursor, self._moments)
        self._counted = counted

    def has(self, spot: tuple[str, RecordId, str], write: Written) -> bool:
        """Tell whether a field, as kind, record and name, was given a value once more, later."""
        return any(
            self._moments.stamp(moment) > write.stamp  # else its bytes need not be read
            and is_repeated(write, self._written(moment, spot))
            and self._counts(moment)
            for moment in self._archive.writers(*spot[:2])
        )

    def _written(self, moment: int, spot: tuple[str, RecordId, str]) -> list[Written]:
        """Return what an edit wrote into a field: one value or none."""
        stamp = self._moments.stamp(moment)
        return [
            Written(value, stamp)
            for group, place in self._archive.places(moment).get(spot[:2], ())
            for name, value in values_of(group, place)
            if name == spot[2]
        ]

    def _counts(self, moment: int) -> bool:
        if self._counted is None:
            return moment not in self._cut_off
        return moment in self._counted

    @cached_property
    def _cut_off(self) -> set[int]:
        return moments_cut_off(self._cursor)


def forget_repeated(cursor: Cursor) -> None:
    """Forget losers whose value was repeated, as history tells that has come only now."""
    moments, losers, repeats = Moments(cursor), Losers(cursor), Repeats(cursor)
    sql = "SELECT kind, record, field, moment, value FROM conflict WHERE field <> ?"
    for kind, record, name, moment, packed in cursor.execute(sql, (DELETED,)).fetchall():
        write = Written(msgspec.msgpack.decode(packed), moments.stamp(moment))
        if repeats.has((kind, record, name), write):
            losers.drop(record, name, moment)
