"""Single records: what they hold, what they held before, and what waits for a choice."""

from collections.abc import Collection, Mapping, Sequence
from sqlite3 import Cursor

import msgspec

from desktop.vault.clashes import (
    count_clashes,
    free_number,
    namesakes,
    read_circles,
    read_numbers,
)
from desktop.vault.database import Database
from desktop.vault.files import Files
from desktop.vault.laid_aside import read_laid_aside
from desktop.vault.layout import Row, layout_of
from desktop.vault.pasts import Pasts
from desktop.vault.places import Places
from desktop.vault.search import rows_where
from desktop.vault.values import Circle, Conflict, Detail, LaidAside, Past, Photo, SameNumber, Tag
from shared.domain.merge import same
from shared.domain.schema import DELETED, TAG_PREFIX, Kind, Value
from shared.domain.stamps import Origin
from shared.ids import DeviceId, FileId, RecordId

Fields = Mapping[str, Value]
_PHOTOS = """
    SELECT p.id, p.copy, media_type, size, file, thumb_file, s.device, d.name FROM photo p
    JOIN edit e ON e.moment = p.born JOIN stream s ON s.number = e.stream
    LEFT JOIN device d ON d.id = s.device
    WHERE NOT p.deleted AND """


class Records:
    """Reads single records. Safe from any thread."""

    def __init__(self, database: Database, files: Files) -> None:
        self._database = database
        self._files = files

    def fields(self, kind: Kind, record: RecordId) -> Fields | None:
        """Return a record's fields, in the trash or not; None if there never was one."""
        with self._database.reading() as cursor:
            row = _row(cursor, kind, record)
        return row.fields() if row else None

    def living(self, kind: Kind) -> dict[RecordId, Fields]:
        """Return all records of a kind of which there are few, without the trash."""
        with self._database.reading() as cursor:
            rows = layout_of(kind.value).read_living(cursor)
        return {row.record: row.fields() for row in rows}

    def detail(self, copy: RecordId) -> Detail | None:
        """Return everything about one copy; None if there never was one."""
        with self._database.reading() as cursor:
            row = _row(cursor, Kind.COPY, copy)
            if row is None:
                return None
            model = _linked(cursor, Kind.MODEL, row)
            variant = _linked(cursor, Kind.VARIANT, row)
            location = row.values["location"]
            path = Places.read(cursor).path(location) if isinstance(location, bytes) else None
            belonging = [each.record for each in (row, model, variant) if each is not None]
            return Detail(
                copy=copy,
                model=model.record if model else None,
                variant=variant.record if variant else None,
                copy_fields=row.fields(),
                model_fields=model.fields() if model else {},
                variant_fields=variant.fields() if variant else {},
                location_name=path or "",
                photos=self._photos(cursor, "p.copy = ? ORDER BY position, p.id", (copy,)),
                tags=_tags(cursor, row),
                conflicts=tuple(c for c in _conflicts(cursor) if c.record in belonging),
                deleted=row.deleted,
                namesakes=() if row.deleted else namesakes(cursor, copy, row.value("number")),
            )

    def history(self, kind: Kind, record: RecordId) -> list[Past]:
        """Return every value that any field of a record had, the newest first."""
        with self._database.reading() as cursor:
            row = _row(cursor, kind, record)
            if row is None:
                return []
            pasts = Pasts(cursor)
            sql = "SELECT moment FROM touched WHERE record = ?"
            moments = {row.born, *(moment for (moment,) in cursor.execute(sql, (record,)))}
            return pasts.of_record(kind, record, moments)

    def copies_of(self, kind: Kind, owners: Collection[RecordId]) -> dict[RecordId, RecordId]:
        """Return the living copies of some models or variants, each with its own."""
        with self._database.reading() as cursor:
            rows = sorted(rows_where(cursor, kind.value, owners))
            sql = f"SELECT id, {kind.value} FROM copy WHERE NOT deleted AND rowid = ?"  # noqa: S608 - ours
            found = (cursor.execute(sql, (row,)).fetchone() for row in rows)
            return {RecordId(line[0]): RecordId(line[1]) for line in found if line}

    def photos_ever(self, copy: RecordId) -> list[RecordId]:
        """Return all photos of a copy, those in the trash too."""
        with self._database.reading() as cursor:
            found = cursor.execute("SELECT id FROM photo WHERE copy = ?", (copy,)).fetchall()
        return [RecordId(photo) for (photo,) in found]

    def count_photos(self) -> int:
        """Count all photos, those in the trash too: more of them have come if there are more."""
        with self._database.reading() as cursor:
            (count,) = cursor.execute("SELECT count(*) FROM photo").fetchone()
        return int(count)

    def photos(self, photos: Collection[RecordId]) -> tuple[Photo, ...]:
        """Return some photos, without those in the trash."""
        marks = ",".join("?" * len(photos))
        with self._database.reading() as cursor:
            return self._photos(cursor, f"p.id IN ({marks})", tuple(photos))

    def conflicts(self) -> list[Conflict]:
        """Return what waits for the collector's choice."""
        with self._database.reading() as cursor:
            return _conflicts(cursor)

    def clashes(self) -> int:
        """Count what fits each by itself and not together; cheap enough for every repaint."""
        with self._database.reading() as cursor:
            return count_clashes(cursor)

    def same_numbers(self) -> list[SameNumber]:
        """Return the own numbers that stand on several copies."""
        with self._database.reading() as cursor:
            return read_numbers(cursor)

    def circles(self) -> list[Circle]:
        """Return the places that were put into each other."""
        with self._database.reading() as cursor:
            return read_circles(cursor)

    def free_number(self, number: str) -> str:
        """Return a number like this one that no copy has."""
        with self._database.reading() as cursor:
            return free_number(cursor, number)

    def laid_aside(self, cuts: Mapping[Origin, int]) -> list[LaidAside]:
        """Return what was written behind cuts and does not stand here.

        ``cuts`` has the last number that counts of every stream that is cut.
        """
        with self._database.reading() as cursor:
            return read_laid_aside(cursor, cuts)

    def _photos(self, cursor: Cursor, which: str, given: Sequence[RecordId]) -> tuple[Photo, ...]:
        harmed, absent = self._files.harmed, self._files.absent
        return tuple(
            Photo(
                photo=RecordId(photo),
                copy=RecordId(copy),
                media_type=media_type or "",
                size=size or 0,
                here=bool(file) and file not in harmed and self._files.has(FileId(file)),
                absent=file in absent,
                added_on=DeviceId(device),
                added_by=name or "",
                harmed=file in harmed or small in harmed,
            )
            for photo, copy, media_type, size, file, small, device, name in cursor.execute(
                _PHOTOS + which, given
            )
        )


def _conflicts(cursor: Cursor) -> list[Conflict]:
    found = cursor.execute("SELECT number, kind, record, field, moment, value FROM conflict")
    lines = found.fetchall()
    pasts = Pasts(cursor) if lines else None
    conflicts = []
    for number, kind, record, field, moment, packed in lines:
        rows = layout_of(kind).read(cursor, [record])
        value: Value = msgspec.msgpack.decode(packed)
        if pasts is None or record not in rows:
            continue
        winner = _winner(rows[record], field, pasts)
        if not same(winner.value, value):
            loser = pasts.past(moment, field, value)
            conflicts.append(Conflict(number, RecordId(record), field, winner, loser))
    return conflicts


def _winner(row: Row, field: str, pasts: Pasts) -> Past:
    if field == DELETED:
        return pasts.past(pasts.rescue(row), field, value=False)
    return pasts.past(row.moment(field) or row.born, field, row.value(field))


def _row(cursor: Cursor, kind: Kind, record: RecordId) -> Row | None:
    return layout_of(kind.value).read(cursor, [record]).get(record)


def _linked(cursor: Cursor, kind: Kind, copy: Row) -> Row | None:
    link = copy.values[kind.value]
    return _row(cursor, kind, RecordId(link)) if isinstance(link, bytes) else None


def _tags(cursor: Cursor, row: Row) -> tuple[Tag, ...]:
    found = cursor.execute("SELECT id, name FROM tag WHERE NOT deleted ORDER BY name")
    return tuple(
        Tag(RecordId(tag), name or "")
        for tag, name in found
        if row.extra.get(TAG_PREFIX + tag.hex()) is True
    )
