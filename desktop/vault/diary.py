"""What was done, edit by edit: who, when, and which field turned from what into what."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from sqlite3 import Cursor
from typing import NamedTuple

from desktop.vault.archive import Archive
from desktop.vault.database import Database
from desktop.vault.layout import layout_of
from desktop.vault.moments import Moments
from desktop.vault.pasts import values_of
from shared.domain.edits import Group, Shape
from shared.domain.schema import DELETED, Kind, Value
from shared.ids import DeviceId, RecordId

MOST_TURNS = 40
"""So many lines of one step are told; the rest is counted."""

_KINDS = {kind.value: kind for kind in Kind}
_PIECES = """
    SELECT id AS copy, born AS moment FROM copy
    UNION ALL SELECT c.id, t.moment FROM touched t JOIN copy c ON c.id = t.record
    UNION ALL SELECT c.id, t.moment FROM touched t JOIN copy c ON c.model = t.record
    UNION ALL SELECT c.id, t.moment FROM touched t JOIN copy c ON c.variant = t.record
    UNION ALL SELECT p.copy, p.born FROM photo p
    UNION ALL SELECT p.copy, t.moment FROM touched t JOIN photo p ON p.id = t.record"""
"""Which edit touched which piece."""


@dataclass(frozen=True, slots=True)
class Turned:
    """One field of one record, written by a step. ``copy``: the piece that it belongs to."""

    kind: Kind
    record: RecordId
    copy: RecordId | None
    field: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Step:
    """One edit. ``more``: fields that are not listed. ``here``: what it wrote has arrived.

    ``moment``: its number on this device.
    """

    reading: int
    device: DeviceId
    device_name: str
    millis: int
    label: str
    turns: tuple[Turned, ...]
    more: int = 0
    here: bool = True
    moment: int = 0


class Arrival(NamedTuple):
    """How many pieces a device changed."""

    device: DeviceId
    device_name: str
    pieces: int


class Diary:
    """Safe from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last(self) -> int:
        """Return the number of the edit that came here last; later ones have larger numbers."""
        with self._database.reading() as cursor:
            return int(cursor.execute("SELECT coalesce(max(moment), 0) FROM edit").fetchone()[0])

    def foreign(self, device: DeviceId, since: int) -> list[int]:
        """Return when others wrote what came after an edit, milliseconds since 1970."""
        sql = """
            SELECT millis FROM edit JOIN stream ON number = stream
            WHERE moment > ? AND device <> ?"""
        with self._database.reading() as cursor:
            return [millis for (millis,) in cursor.execute(sql, (since, device))]

    def arrivals(self, device: DeviceId, since: int, until: int) -> list[Arrival]:
        """Count the pieces that others than a device changed, in the edits after one up to one."""
        sql = f"""
            SELECT s.device, d.name, count(DISTINCT copy) FROM ({_PIECES}) AS p
            JOIN edit e ON e.moment = p.moment JOIN stream s ON s.number = e.stream
            LEFT JOIN device d ON d.id = s.device
            WHERE p.moment > ? AND p.moment <= ? AND s.device <> ? AND copy IS NOT NULL
            GROUP BY s.device ORDER BY 3 DESC"""  # noqa: S608 - ours
        with self._database.reading() as cursor:
            found = cursor.execute(sql, (since, until, device))
            return [Arrival(DeviceId(who), name or "", count) for who, name, count in found]

    def arrived(self, device: DeviceId, since: int, until: int) -> list[int]:
        """Return the moments of what others than a device did to pieces, the last steps first."""
        sql = f"""
            SELECT DISTINCT p.moment, e.reading FROM ({_PIECES}) AS p
            JOIN edit e ON e.moment = p.moment JOIN stream s ON s.number = e.stream
            WHERE p.moment > ? AND p.moment <= ? AND s.device <> ?
            ORDER BY e.reading DESC, p.moment DESC"""  # noqa: S608 - ours
        with self._database.reading() as cursor:
            return [moment for moment, _ in cursor.execute(sql, (since, until, device))]

    def tell(self, moments: Sequence[int]) -> list[Step]:
        """Return the steps of some moments, in their order."""
        with self._database.reading() as cursor:
            teller = _Teller(cursor)
            return [teller.step(moment, None) for moment in moments]

    def of_piece(self, records: Sequence[tuple[Kind, RecordId]]) -> list[Step]:
        """Return every step that wrote to some records, the last first."""
        named = {(kind.value, record) for kind, record in records}
        with self._database.reading() as cursor:
            moments = {m for kind, record in records for m in _touching(cursor, kind, record)}
            teller, stamps = _Teller(cursor), Moments(cursor)
            ordered = sorted(moments, key=stamps.stamp, reverse=True)
            return [teller.step(moment, named) for moment in ordered]

    def values(self, kind: Kind, record: RecordId) -> list[tuple[str, Value]]:
        """Return every value that any field of a record had, in no order."""
        with self._database.reading() as cursor:
            archive, held = Archive(cursor, Moments(cursor)), list[tuple[str, Value]]()
            row = layout_of(kind.value).read(cursor, [record]).get(record)
            held += row.fields().items() if row else ()
            for moment in _touching(cursor, kind, record):
                for group, place in archive.places(moment).get((kind.value, record), ()):
                    held += values_of(group, place)
            return held


class _Teller:
    """Turns moments into steps, within one transaction."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._moments = Moments(cursor)
        self._archive = Archive(cursor, self._moments)
        devices = cursor.execute("SELECT id, name FROM device")
        self._names: dict[bytes, str] = {device: name or "" for device, name in devices}

    def step(self, moment: int, among: set[tuple[str, RecordId]] | None) -> Step:
        """Tell one edit, or what it did to some records."""
        sql = "SELECT millis, label, coalesce(blob, entry, segment) FROM edit WHERE moment = ?"
        millis, label, body = self._cursor.execute(sql, (moment,)).fetchone()
        stamp, here = self._moments.stamp(moment), body is not None
        turns, more = self._turns(moment, among) if here else ([], 0)
        name = self._names.get(stamp.origin.device, "")
        device = stamp.origin.device
        return Step(stamp.reading, device, name, millis, label, tuple(turns), more, here, moment)

    def _turns(
        self, moment: int, among: set[tuple[str, RecordId]] | None
    ) -> tuple[list[Turned], int]:
        written = 0
        turns = list[Turned]()
        for group in self._archive.edit(moment).groups:
            if group.kind not in _KINDS or group.shape not in set(Shape) - {Shape.SETTLE}:
                continue
            for place, record in enumerate(group.records):
                if among is None or (group.kind, record) in among:
                    written += 1
                    if len(turns) < MOST_TURNS:
                        turns += self._told(moment, group, place)
        told = len({(turn.kind, turn.record) for turn in turns})
        return turns, max(written - told, 0)

    def _told(self, moment: int, group: Group, place: int) -> Iterator[Turned]:
        kind, record = _KINDS[group.kind], group.records[place]
        copy = self._piece(kind, record)
        for field, after in values_of(group, place):
            before: Value = None if field != DELETED else not after
            if group.shape == Shape.UPDATE:
                before = self._before(moment, group, place, field)
            yield Turned(kind, record, copy, field, before, after)

    def _before(self, moment: int, group: Group, place: int, field: str) -> Value:
        index = group.replaces[group.fields.index(field)][place]
        if not index:
            return None
        prior = self._moments.moment(self._archive.edit(moment).stamps[index - 1])
        spot = (group.kind, group.records[place], field)
        return self._archive.value(prior, spot) if prior > 0 else None

    def _piece(self, kind: Kind, record: RecordId) -> RecordId | None:
        """Return the piece that a record belongs to, one of them if it is shared."""
        if kind is Kind.COPY:
            return record
        if kind not in {Kind.MODEL, Kind.VARIANT, Kind.PHOTO}:
            return None
        table, column = ("photo", "id") if kind is Kind.PHOTO else ("copy", kind.value)
        own = "copy" if kind is Kind.PHOTO else "id"
        sql = f"SELECT {own} FROM {table} WHERE {column} = ? LIMIT 1"  # noqa: S608 - ours
        found = self._cursor.execute(sql, (record,)).fetchone()
        return RecordId(found[0]) if found and found[0] else None


def _touching(cursor: Cursor, kind: Kind, record: RecordId) -> Iterable[int]:
    row = layout_of(kind.value).read(cursor, [record], ()).get(record)
    if row is None:
        return ()
    found = cursor.execute("SELECT moment FROM touched WHERE record = ?", (record,)).fetchall()
    return {row.born, *(moment for (moment,) in found)}
