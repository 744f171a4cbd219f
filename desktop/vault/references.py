"""Which sealed files the photos speak of, and what becomes of those that none needs any more.

A photo in the trash still needs its files. Only an *emptied* one does not: the collector deleted
its pictures for good, which its record says, on every device. So what no record speaks of is never
mistaken for what nobody needs.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from sqlite3 import Cursor
from typing import NamedTuple

from desktop.vault.database import Database
from desktop.vault.entries import written_at
from desktop.vault.files import Files, Sent
from desktop.vault.layout import Row, layout_of, unpack_map
from shared.domain.operations import Delete, Operation, Put, PutMany
from shared.domain.schema import DELETED, EMPTIED, Kind, Value
from shared.domain.stamps import Origin
from shared.ids import FILE_BYTES, FileId, RecordId

_PHOTOS = """
    SELECT p.id, p.deleted, coalesce(c.deleted, 0) = 1, p.extra,
        p.file, p.root, p.size, p.thumb_file, p.thumb_root, p.thumb_size
    FROM photo p LEFT JOIN copy c ON c.id = p.copy"""


class Standing(Enum):
    """Where a photo is: in the collection, in the trash, or deleted for good."""

    SHOWN = "shown"
    TRASHED = "in the trash"
    EMPTIED = "emptied"


class Reference(NamedTuple):
    """A file that a photo speaks of. ``size``: of its content; ``small``: it is a thumbnail."""

    photo: RecordId
    standing: Standing
    small: bool
    file: FileId
    root: bytes
    size: int


class References:
    """Reads what the photos of a collection need. Safe from any thread."""

    def __init__(self, database: Database, files: Files) -> None:
        self._database = database
        self._files = files

    def all(self) -> list[Reference]:
        """Return every file of every photo."""
        with self._database.reading() as cursor:
            return list(read_references(cursor))

    def trashed(self) -> list[RecordId]:
        """Return the photos that lie in the trash, or whose copies do, with their pictures."""
        with self._database.reading() as cursor:
            found = (each.photo for each in read_references(cursor) if _is_trashed(each))
            return list(dict.fromkeys(found))

    def needs(self, file: FileId) -> bool:
        """Tell whether a file may be used anew: some photo needs it, or none speaks of it."""
        with self._database.reading() as cursor:
            return file not in unneeded(read_references(cursor))

    def emptyings(self) -> dict[FileId, set[tuple[Origin, int | None]]]:
        """Return the files that are needed no more, each with the entries that said so.

        An entry is a stream and its number there: None while it was not written, 0 if a snapshot
        stands for it. A file is left out while a choice about its photo waits.
        """
        with self._database.reading() as cursor:
            references = list(read_references(cursor))
            gone = unneeded(references)
            sql = "SELECT record FROM conflict WHERE kind = 'photo'"
            open_ = {record for (record,) in cursor.execute(sql)}
            held = {each.file for each in references if each.photo in open_}
            photos = {each.photo for each in references if each.file in gone}
            rows = layout_of(Kind.PHOTO.value).read(cursor, sorted(photos))
            said = {photo: _said(cursor, row) for photo, row in rows.items()}
            entries: dict[FileId, set[tuple[Origin, int | None]]] = {}
            for each in references:
                if each.file in gone - held:
                    entries.setdefault(each.file, set()).update(said[each.photo])
            return entries

    def drop(self, files: Collection[FileId]) -> None:
        """Remove files from this device, but for those that a photo has come to need meanwhile."""
        if files:
            with self._database.writing() as cursor:
                for file in unneeded(read_references(cursor)).intersection(files):
                    self._files.remove_within(cursor, file)


def read_references(cursor: Cursor) -> Iterator[Reference]:
    """Yield every file of every photo, as far as records say anything sensible."""
    for photo, deleted, buried, extra, *fields in cursor.execute(_PHOTOS):
        standing = Standing.TRASHED if deleted or buried else Standing.SHOWN
        if deleted and unpack_map(extra).get(EMPTIED) is True:
            standing = Standing.EMPTIED
        for small, (file, root, size) in ((False, fields[:3]), (True, fields[3:])):
            if file is not None and root is not None and len(file) == FILE_BYTES:
                yield Reference(
                    RecordId(photo), standing, small, FileId(file), root, max(size or 0, 0)
                )


def unneeded(references: Iterable[Reference]) -> set[FileId]:
    """Return the files of which only emptied photos speak."""
    gone, needed = set[FileId](), set[FileId]()
    for each in references:
        (gone if each.standing is Standing.EMPTIED else needed).add(each.file)
    return gone - needed


def fitting(cursor: Cursor, files: Files, operations: Sequence[Operation]) -> Sequence[Operation]:
    """Leave out what would bring an emptied photo back whose pictures are not all here.

    The pictures of those that do come back are to be claimed again, once the edit has left.
    """
    photos = {record for one in operations if one.kind is Kind.PHOTO for record in _records(one)}
    if not photos:
        return operations
    rows = layout_of(Kind.PHOTO.value).read(cursor, sorted(photos))
    emptied = {photo: _files_of(row) for photo, row in rows.items() if _is_emptied(row)}
    lost = {photo for photo, of in emptied.items() if not all(map(files.has, of))}
    for photo in emptied.keys() - lost:
        for file in emptied[photo]:
            files.mark_within(cursor, file, Sent.AFTER_ITS_EDIT)
    return [kept for one in operations if _records(kept := _without(one, lost))]


def is_emptied_now(fields: Mapping[str, Value]) -> bool:
    """Tell by its fields whether the pictures of a photo in the trash were deleted for good."""
    return fields.get(EMPTIED) is True


def _is_emptied(row: Row) -> bool:
    return row.deleted and is_emptied_now(row.extra)


def _files_of(row: Row) -> list[FileId]:
    files = (row.values[name] for name in ("file", "thumb_file"))
    return [FileId(file) for file in files if isinstance(file, bytes)]


def _is_trashed(reference: Reference) -> bool:
    return reference.standing is Standing.TRASHED


def _said(cursor: Cursor, row: Row) -> set[tuple[Origin, int | None]]:
    """Return the entries that emptied a photo: one put the word there, one the photo away."""
    return {written_at(cursor, row.moment(name)) for name in (EMPTIED, DELETED)}


def _records(operation: Operation) -> Sequence[RecordId]:
    return [operation.record] if isinstance(operation, Put) else operation.records


def _without(operation: Operation, lost: set[RecordId]) -> Operation:
    if operation.kind is not Kind.PHOTO or lost.isdisjoint(_records(operation)):
        return operation
    if isinstance(operation, Put):
        return Delete(operation.kind, ())
    places = [n for n, record in enumerate(operation.records) if record not in lost]
    kept = replace(operation, records=[operation.records[n] for n in places])
    if isinstance(kept, PutMany):
        columns = tuple([column[n] for n in places] for column in kept.columns)
        return replace(kept, columns=columns)
    return kept
