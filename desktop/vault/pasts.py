"""What the collector reads about the writes of the past: which value, by whom, where and when."""

from sqlite3 import Cursor

from desktop.vault.archive import Archive
from desktop.vault.layout import Row
from desktop.vault.moments import Moments
from desktop.vault.values import Past
from shared.domain.edits import Group, Shape
from shared.domain.merge import unseen
from shared.domain.schema import DELETED, Kind, Value
from shared.ids import RecordId


class Pasts:
    """Turns moments into what the collector reads about them."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._moments = Moments(cursor)
        self._archive = Archive(cursor, self._moments)
        devices = cursor.execute("SELECT id, name FROM device")
        self._names: dict[bytes, str] = {device: name or "" for device, name in devices}

    def of_record(self, kind: Kind, record: RecordId, moments: set[int]) -> list[Past]:
        """Return what edits wrote to a record, the newest first."""
        by_stamp = sorted(moments, key=self._moments.stamp, reverse=True)
        return [
            self.past(moment, field, value)
            for moment in by_stamp
            for group, place in self._archive.places(moment).get((kind.value, record), ())
            for field, value in values_of(group, place)
        ]

    def past(self, moment: int, field: str, value: Value) -> Past:
        """Return one value with who wrote it, when and where."""
        sql = "SELECT millis, label FROM edit WHERE moment = ?"
        millis, label = self._cursor.execute(sql, (moment,)).fetchone()
        device = self._moments.stamp(moment).origin.device
        return Past(field, value, device, self._names.get(device, ""), millis, label)

    def rescue(self, row: Row) -> int:
        """Return the moment of the first edit that kept a deleted record out of the trash."""
        tombstone = self._moments.tombstone(row)
        seen, returns = (tombstone.seen or (), tombstone.returns) if tombstone else ((), ())
        live = map(self._moments.stamp, row.live_moments())
        return self._moments.moment(unseen(seen, (*live, *returns))[0])


def values_of(group: Group, place: int) -> list[tuple[str, Value]]:
    """Return the fields that a group wrote in one record."""
    if group.shape in {Shape.DELETE, Shape.RESTORE}:
        return [(DELETED, group.shape == Shape.DELETE)]
    pairs = zip(group.fields, group.columns, strict=False)  # a choice between values has none
    written = [(field, column[place]) for field, column in pairs]
    return [pair for pair in written if group.shape == Shape.UPDATE or pair[1] is not None]
