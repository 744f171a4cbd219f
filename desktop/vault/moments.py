"""Between stamps, as they travel, and moments, as they are stored: the numbers of edits."""

from sqlite3 import Cursor

from shared.domain.merge import Deletion
from shared.domain.stamps import Origin, Stamp
from shared.ids import DeviceId, Incarnation

UNKNOWN = -1
"""Stands for the moment of a stamp that is not here; it equals no moment."""


class Moments:
    """A view of the tables ``edit`` and ``stream`` within one transaction."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._stamps: dict[int, Stamp] = {}
        self._origins: dict[int, Origin] = {}

    def stamp(self, moment: int) -> Stamp:
        """Return the stamp of a moment."""
        if moment not in self._stamps:
            sql = "SELECT reading, stream FROM edit WHERE moment = ?"
            reading, stream = self._cursor.execute(sql, (moment,)).fetchone()
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
            device, incarnation = self._cursor.execute(sql, (stream,)).fetchone()
            self._origins[stream] = Origin(DeviceId(device), Incarnation(incarnation))
        return self._origins[stream]

    def pack_deletion(self, deletion: Deletion) -> list[int] | None:
        """Return how the word on a record's place is stored beside its moment."""
        if deletion.cover is None:
            return None
        return [part for stamp in deletion.cover for part in (self.stream(stamp.origin), stamp[0])]

    def unpack_deletion(self, moment: int, stored: list[int] | None) -> Deletion:
        """Read that back."""
        if stored is None:
            return Deletion(self.stamp(moment), None)
        pairs = zip(stored[::2], stored[1::2], strict=True)
        cover = tuple(Stamp(reading, self.origin(stream)) for stream, reading in pairs)
        return Deletion(self.stamp(moment), cover)
