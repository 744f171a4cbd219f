"""Which files the photo records speak of, and whether sealed bytes are what a record says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from desktop.vault.errors import UnreadPictureError
from desktop.vault.vault import Files, Records
from shared.crypto.attachments import SEALED_CHUNK_BYTES, Root, chunk_count
from shared.domain.schema import Kind, Value
from shared.ids import FILE_BYTES, FileId, RecordId

THUMBNAILS = ("thumb_",)
ORIGINALS = ("",)
PARTS = (*THUMBNAILS, *ORIGINALS)
"""What the names of a file's fields begin with: those of the thumbnail, and of the original."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that a photo record speaks of. ``size``: of its content, bytes."""

    photo: RecordId
    file: FileId
    root: bytes
    size: int

    @property
    def chunks(self) -> int:
        """How many sealed chunks it has."""
        return chunk_count(self.size)


def spoken_of(records: Records, prefixes: Sequence[str] = PARTS) -> Iterator[Wanted]:
    """Go through the files of all photos; those with the given prefixes, or all."""
    for photo, fields in records.living(Kind.PHOTO).items():
        for prefix in prefixes:
            wanted = wanted_of(photo, fields, prefix)
            if wanted is not None:
                yield wanted


def wanted_of(photo: RecordId, fields: Mapping[str, Value], prefix: str) -> Wanted | None:
    """Read what a photo record says of a file; None if it says nothing sensible."""
    file, root, size = (fields.get(prefix + name) for name in ("file", "root", "size"))
    if not isinstance(file, bytes) or not isinstance(root, bytes) or not isinstance(size, int):
        return None
    if len(file) != FILE_BYTES or size < 0:
        return None
    return Wanted(photo, FileId(file), root, size)


def sound_chunks(files: Files, file: FileId, root: bytes) -> list[bytes] | None:
    """Return the chunks of a file; None unless it is here, can be read and is what ``root`` says.

    A file that the disk does not give is a missing one, and stops no other.
    """
    try:
        chunks = cut_up(files.read(file))
    except (FileNotFoundError, UnreadPictureError):
        return None
    return chunks if root_of(chunks) == root else None


def cut_up(sealed: bytes) -> list[bytes]:
    """Cut the sealed bytes of a file into its chunks."""
    starts = range(0, len(sealed), SEALED_CHUNK_BYTES)
    return [sealed[start : start + SEALED_CHUNK_BYTES] for start in starts]


def root_of(chunks: Sequence[bytes]) -> bytes:
    """Return what the record must say of these chunks."""
    root = Root()
    for chunk in chunks:
        root.add(chunk)
    return root.digest
