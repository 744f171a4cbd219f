"""What the collection was, and the way back to it. The door to its past."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from desktop.vault.comparing import Compared, Fields, Side, Spot, Way, compare, read_sides, way_back
from desktop.vault.database import Database
from desktop.vault.diary import Diary
from desktop.vault.files import Files
from desktop.vault.memory import MemoryDatabase
from desktop.vault.past import Progress, Span, build_past, read_span
from desktop.vault.references import is_emptied_now
from shared.domain.operations import Operation
from shared.domain.schema import CUSTOM_PREFIX, TAG_PREFIX, Kind
from shared.ids import FileId, RecordId

_LINKS = {"model": Kind.MODEL, "variant": Kind.VARIANT, "location": Kind.LOCATION}
_WHOLE = {Kind.COPY, Kind.PHOTO, Kind.MODEL, Kind.VARIANT}
"""Kinds that a single piece brings back whole; of others only that they are there."""


class WayBack(NamedTuple):
    """What brings a state back. ``missing``: photos whose picture is not on this device."""

    operations: Sequence[Operation]
    missing: int


class Chronicle:
    """Safe from any thread. States of the past are lent to the caller, who closes them."""

    def __init__(self, database: Database, files: Files) -> None:
        self._database = database
        self._files = files
        self.diary = Diary(database)

    def span(self) -> Span:
        """Tell how far back the collection can be told."""
        return read_span(self._database)

    def past(self, until: int, progress: Progress) -> MemoryDatabase:
        """Return the collection as it was at a reading; see ``build_past``."""
        return build_past(self._database, until, progress)

    def compare(
        self, before: MemoryDatabase, after: MemoryDatabase | None, progress: Progress
    ) -> Compared:
        """Say what is different in a later state, None for what is here now."""
        return compare(before, after or self._database, progress)

    def way_back(self, past: MemoryDatabase, progress: Progress) -> WayBack:
        """Return what makes the collection hold what it did.

        A photo stays in the trash if its picture is not here.
        """
        with past.reading() as old, self._database.reading() as new:
            photos = [RecordId(line[0]) for line in old.execute("SELECT id FROM photo")]
            olds = read_sides(old, ((Kind.PHOTO, photo) for photo in photos))
            news = read_sides(new, ((Kind.PHOTO, photo) for photo in photos))
        missing = {record for _, record in self._missing(olds, news)}
        return WayBack(way_back(past, self._database, missing, progress), len(missing))

    def piece_back(self, copy: RecordId, until: int) -> WayBack:
        """Return what makes one copy, with its model, variant and photos, what it was.

        Its place, its tags and own fields come out of the trash if they are there. Raises
        UnknownPastError.
        """
        spots = self._around(copy)
        named = [(kind.value, record) for kind, record in spots]
        past = build_past(self._database, until, _quietly, spots=named)
        try:
            with past.reading() as old, self._database.reading() as new:
                olds, news = read_sides(old, spots), read_sides(new, spots)
        finally:
            past.close()
        wanted = _belonging(copy, olds)
        missing = self._missing(olds, news)
        ways = {kind: Way(kind) for kind in Kind}
        for spot in spots:
            kind, record = spot
            now, was = news.get(spot), olds.get(spot)
            if spot in missing or (kind is not Kind.PHOTO and spot not in wanted):
                continue
            if kind not in _WHOLE and now is not None and was is not None and was.lives:
                was = Side(lives=True, fields=now.fields)
            ways[kind].add(record, now, was)
        return WayBack([each for way in ways.values() for each in way.operations()], len(missing))

    def _missing(self, olds: Mapping[Spot, Side], news: Mapping[Spot, Side]) -> set[Spot]:
        """Return photos that are in the trash now, and whose pictures are not here."""
        return {
            spot
            for spot, was in olds.items()
            if spot[0] is Kind.PHOTO
            and was.lives
            and not ((now := news.get(spot)) and now.lives)
            and not self._has_picture(now, was.fields)
        }

    def _has_picture(self, now: Side | None, fields: Fields) -> bool:
        """Tell whether there is something to show; of an emptied photo all must be here."""
        files = (fields.get(name) for name in ("file", "thumb_file"))
        here = [self._files.has(FileId(file)) for file in files if isinstance(file, bytes)]
        return all(here) if now is not None and is_emptied_now(now.fields) else any(here)

    def _around(self, copy: RecordId) -> list[Spot]:
        """Return a copy, its photos, and all that it was ever linked with."""
        spots: dict[Spot, None] = {(Kind.COPY, copy): None}
        for field, value in self.diary.values(Kind.COPY, copy):
            if field in _LINKS and isinstance(value, bytes):
                spots[_LINKS[field], RecordId(value)] = None
            spots |= dict.fromkeys(_sets(field))
        with self._database.reading() as cursor:
            photos = cursor.execute("SELECT id FROM photo WHERE copy = ?", (copy,)).fetchall()
        spots |= {(Kind.PHOTO, RecordId(photo)): None for (photo,) in photos}
        return list(spots)


def _belonging(copy: RecordId, olds: Mapping[Spot, Side]) -> set[Spot]:
    """Return what a copy consisted of and was linked with, itself included."""
    own: Spot = (Kind.COPY, copy)
    fields = olds[own].fields if own in olds else {}
    linked = {own}
    for name, value in fields.items():
        if name in _LINKS and isinstance(value, bytes):
            linked.add((_LINKS[name], RecordId(value)))
        if value is not False:
            linked.update(_sets(name))
    return linked


def _sets(field: str) -> Iterable[Spot]:
    """Return the tag or own field that a copy's field stands for, if it does."""
    for prefix, kind in ((TAG_PREFIX, Kind.TAG), (CUSTOM_PREFIX, Kind.FIELD)):
        if field.startswith(prefix):
            try:
                yield kind, RecordId(bytes.fromhex(field.removeprefix(prefix)))
            except ValueError:
                return  # a newer version's name for something


def _quietly(_done: int, _whole: int) -> None:
    """Tell nobody: one piece is quick."""
