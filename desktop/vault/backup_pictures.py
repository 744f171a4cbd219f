"""The pictures that a backup is to hold, and those that it lacks."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from sqlite3 import Cursor
from typing import NamedTuple

from desktop.vault.layout import layout_of, unpack_map
from desktop.vault.references import is_emptied_now
from shared.domain.schema import Kind, Value
from shared.ids import FILE_BYTES, FileId

PIECE_HEAD_BYTES = 32
"""A piece of a picture begins with its file, size and offset."""


class Picture(NamedTuple):
    """A file that a photo's record speaks of. ``size``: of its content; ``small``: a thumbnail."""

    file: FileId
    key: bytes
    root: bytes
    size: int
    small: bool


@dataclass(frozen=True, slots=True)
class Lack:
    """Pictures that records speak of and a backup does not hold.

    ``originals`` and ``small`` pictures were not on the device that made it, ``harmed`` ones were
    damaged there.
    """

    originals: int = 0
    small: int = 0
    harmed: int = 0

    def __bool__(self) -> bool:
        """Tell whether anything is lacking."""
        return bool(self.originals or self.small or self.harmed)


def pictures_of(fields: Mapping[str, Value], *, deleted: bool) -> Iterator[Picture]:
    """Yield what a photo shows, in the trash too, unless its pictures were deleted for good."""
    if deleted and is_emptied_now(fields):
        return
    for prefix in ("thumb_", ""):
        file, key, root, size = (fields.get(prefix + n) for n in ("file", "key", "root", "size"))
        if not (isinstance(file, bytes) and isinstance(key, bytes) and isinstance(root, bytes)):
            continue
        if len(file) == FILE_BYTES and isinstance(size, int) and size >= 0:
            yield Picture(FileId(file), key, root, size, bool(prefix))


def read_pictures(cursor: Cursor) -> list[Picture]:
    """Return what all photos show, each file once, those in the trash too; thumbnails first."""
    layout, found = layout_of(Kind.PHOTO.value), dict[bytes, Picture]()
    for _, deleted, extra, *values in layout.contents(cursor):
        fields = dict(zip(layout.types, values, strict=True)) | unpack_map(extra)
        for picture in pictures_of(fields, deleted=bool(deleted)):
            found.setdefault(picture.file, picture)
    return sorted(found.values(), key=lambda picture: not picture.small)


class Tally:
    """Holds what records speak of against what has come, in whatever order."""

    def __init__(self) -> None:
        self._spoken: dict[FileId, Picture] = {}
        self._came: dict[bytes, int] = {}
        self.bytes = 0

    def photo(self, fields: Mapping[str, Value], *, deleted: bool) -> None:
        """Note a photo's record. What is original and thumbnail at once counts as original."""
        for picture in pictures_of(fields, deleted=deleted):
            held = self._spoken.get(picture.file, picture)
            self._spoken[picture.file] = held if picture.small else picture

    def piece(self, piece: bytes) -> None:
        """Note a piece of a picture."""
        file, size = piece[:FILE_BYTES], len(piece) - PIECE_HEAD_BYTES
        self._came[file] = self._came.get(file, 0) + size
        self.bytes += size

    def lack(self, harmed: Collection[bytes]) -> Lack:
        """Return what has not come whole; ``harmed`` are said to be damaged at their source."""
        gone = [each for each in self._spoken.values() if self._came.get(each.file, 0) < each.size]
        away = [each for each in gone if each.file not in harmed]
        small = sum(each.small for each in away)
        return Lack(len(away) - small, small, len(gone) - len(away))
