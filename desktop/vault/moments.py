"""Between stamps, as they travel, and moments, as they are stored: the numbers of edits."""

from sqlite3 import Cursor
from typing import Any

from desktop.vault.errors import DamagedVaultError
from desktop.vault.layout import Row
from shared.domain.edits import Cover
from shared.domain.merge import Tombstone
from shared.domain.schema import DELETED
from shared.domain.stamps import Origin, Stamp
from shared.ids import DeviceId, Incarnation

UNKNOWN = -1
"""Stands for the moment of a stamp that is not here; it equals no moment."""

_StoredTombstone = tuple[list[int] | None, list[int]]
"""What deleters saw, as stream and reading in turns, and the moments of returns."""


class Moments:
    """A view of the tables ``edit`` and ``stream`` within one transaction.

    Raises DamagedVaultError for a number that the file speaks of and does not have.
    """

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._stamps: dict[int, Stamp] = {}
        self._origins: dict[int, Origin] = {}

    def stamp(self, moment: int) -> Stamp:
        """Return the stamp of a moment."""
        if moment not in self._stamps:
            sql = "SELECT reading, stream FROM edit WHERE moment = ?"
            reading, stream = _found(self._cursor.execute(sql, (moment,)))
            self._stamps[moment] = Stamp(reading, self.origin(stream))
        return self._stamps[moment]

    def moment(self, stamp: Stamp) -> int:
        """Return the moment of a stamp, or UNKNOWN."""
        sql = (
            "SELECT moment FROM edit WHERE reading = ? AND stream ="
            " (SELECT number FROM stream WHERE device = ? AND incarnation = ?)"
        )
        found = self._cursor.execute(sql, (stamp.reading, *stamp.origin)).fetchone()
        return found[0] if found else UNKNOWN

    def moments_of(self, stream: int) -> dict[int, int]:
        """Return the moments of all edits of a stream, by reading."""
        sql = "SELECT reading, moment FROM edit WHERE stream = ?"
        return dict(self._cursor.execute(sql, (stream,)))

    def stream(self, origin: Origin) -> int:
        """Return the number of a stream, which gets one if it has none."""
        sql = "SELECT number FROM stream WHERE device = ? AND incarnation = ?"
        found = self._cursor.execute(sql, origin).fetchone()
        if found:
            return int(found[0])
        sql = "INSERT INTO stream (device, incarnation, seq, hash) VALUES (?, ?, 0, x'')"
        return int(self._cursor.execute(sql, origin).lastrowid or 0)

    def origin(self, stream: int) -> Origin:
        """Return the stream of a number."""
        if stream not in self._origins:
            sql = "SELECT device, incarnation FROM stream WHERE number = ?"
            device, incarnation = _found(self._cursor.execute(sql, (stream,)))
            self._origins[stream] = Origin(DeviceId(device), Incarnation(incarnation))
        return self._origins[stream]

    def tombstone(self, row: Row) -> Tombstone | None:
        """Return what was said about a record's place, None if nothing."""
        stored: _StoredTombstone | None = row.extra.get(DELETED)
        if stored is None:
            return None
        covered, returned = stored
        last, returns = self.stamp(row.moments[DELETED]), tuple(map(self.stamp, returned))
        if covered is None:
            return Tombstone(last, None, returns)
        pairs = zip(covered[::2], covered[1::2], strict=True)
        seen: Cover = tuple(Stamp(reading, self.origin(stream)) for stream, reading in pairs)
        return Tombstone(last, seen, returns)

    def store_tombstone(self, row: Row, tombstone: Tombstone) -> None:
        """Let a row hold what was said about the record's place."""
        covered: list[int] | None = None
        if tombstone.seen is not None:
            pairs = ((self.stream(each.origin), each.reading) for each in tombstone.seen)
            covered = [part for pair in pairs for part in pair]
        row.moments[DELETED] = self.moment(tombstone.last)
        row.extra[DELETED] = covered, [self.moment(each) for each in tombstone.returns]


def _found(answer: Cursor) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = answer.fetchone()
    if row is None:
        raise DamagedVaultError
    return row
