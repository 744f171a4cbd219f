"""Pictures of copies: sealed before they touch the disk, opened in memory only."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from desktop.collection.autofill import Fields
from desktop.collection.copies import Write
from desktop.collection.imaging import Imaging
from desktop.collection.naming import Mint
from desktop.collection.order import between
from desktop.vault.vault import Files, Records
from shared.crypto.attachments import (
    SEALED_CHUNK_BYTES,
    DamagedAttachmentError,
    FileSecret,
    Root,
    open_chunks,
    seal_chunks,
)
from shared.crypto.randomness import Random
from shared.domain.operations import Change, Delete, Put
from shared.domain.schema import Kind
from shared.ids import FileId, RecordId, TenantId


class PictureElsewhereError(LookupError):
    """That picture is still on another device. It appears here as soon as the server has it."""


@dataclass(frozen=True, slots=True)
class Photos:
    """Seals and opens the pictures of one tenant.

    ``ask_for`` is told of a photo that somebody wants to see and that is not on this device.
    """

    tenant: TenantId
    files: Files
    records: Records
    imaging: Imaging
    random: Random
    mint: Mint
    write: Write
    ask_for: Callable[[RecordId], None]

    def add(self, copy: RecordId, data: bytes) -> RecordId:
        """Add a picture and return the photo; raise what ``Imaging.prepare`` raises."""
        prepared = self.imaging.prepare(data)
        photo = self.mint.fresh()
        fields = {
            "copy": copy,
            "position": between(max(map(self._position, self._of(copy)), default=""), ""),
            "media_type": prepared.media_type,
            **self._sealed(prepared.original, ""),
            **self._sealed(prepared.thumbnail, "thumb_"),
        }
        self.write("Add a photo", [Put(Kind.PHOTO, photo, fields)])
        return photo

    def original(self, photo: RecordId) -> bytes:
        """Return a picture; raise PictureElsewhereError or DamagedAttachmentError."""
        opened = self._open(photo, "")
        if opened is None:
            self.ask_for(photo)
            raise PictureElsewhereError(photo)
        return opened

    def thumbnail(self, photo: RecordId) -> bytes | None:
        """Return the small picture; None while there is no sound one on this device."""
        try:
            return self._open(photo, "thumb_")
        except DamagedAttachmentError:
            return None

    def remove(self, photo: RecordId) -> Change:
        """Take a picture off its copy. Its sealed bytes stay here, so that undo has them."""
        return self.write("Remove a photo", [Delete(Kind.PHOTO, (photo,))])

    def make_cover(self, copy: RecordId, photo: RecordId) -> Change:
        """Let a picture stand for its copy in the list."""
        return self.write("Choose the cover", [Put(Kind.COPY, copy, {"cover": photo})])

    def move(self, copy: RecordId, photo: RecordId, after: RecordId | None) -> Change:
        """Put a picture behind another one of its copy, or to the front."""
        others = [shown for shown in self._of(copy) if shown != photo]
        at = others.index(after) + 1 if after in others else 0
        low = self._position(others[at - 1]) if at else ""
        high = self._position(others[at]) if at < len(others) else ""
        fields = {"position": between(low, high)}
        return self.write("Move a photo", [Put(Kind.PHOTO, photo, fields)])

    def _of(self, copy: RecordId) -> list[RecordId]:
        detail = self.records.detail(copy)
        return [shown.photo for shown in detail.photos] if detail else []

    def _sealed(self, content: bytes, prefix: str) -> Fields:
        secret = FileSecret.generate(self.tenant, self.random)
        chunks = list(seal_chunks(secret, len(content), [content]))
        root = Root()
        for chunk in chunks:
            root.add(chunk)
        self.files.keep(secret.file, chunks)
        made: Fields = {
            "file": secret.file,
            "key": secret.key,
            "root": root.digest,
            "size": len(content),
        }
        return {prefix + name: value for name, value in made.items()}

    def _open(self, photo: RecordId, prefix: str) -> bytes | None:
        fields = self.records.fields(Kind.PHOTO, photo) or {}
        file, key, root, size = (
            fields.get(prefix + part) for part in ("file", "key", "root", "size")
        )
        if not (isinstance(file, bytes) and isinstance(key, bytes) and isinstance(root, bytes)):
            return None
        if not isinstance(size, int) or not self.files.has(FileId(file)):
            return None
        secret = FileSecret(self.tenant, FileId(file), key)
        return b"".join(open_chunks(secret, size, root, _cut(self.files.read(FileId(file)))))

    def _position(self, photo: RecordId) -> str:
        position = (self.records.fields(Kind.PHOTO, photo) or {}).get("position")
        return position if isinstance(position, str) else ""


def _cut(sealed: bytes) -> Iterator[bytes]:
    for start in range(0, len(sealed), SEALED_CHUNK_BYTES):
        yield sealed[start : start + SEALED_CHUNK_BYTES]
