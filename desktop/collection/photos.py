"""Pictures of copies: sealed before they touch the disk, opened in memory only."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from typing import NamedTuple, Protocol

from desktop.collection.autofill import Fields
from desktop.collection.copies import Write
from desktop.collection.imaging import Imaging, Prepared
from desktop.collection.naming import Mint
from desktop.collection.order import between
from desktop.collection.values import Photo
from desktop.vault.errors import UnreadPictureError
from desktop.vault.photo_policy import PhotoPolicy
from desktop.vault.vault import Files, Records, References
from shared.crypto.attachments import (
    SEALED_CHUNK_BYTES,
    DamagedAttachmentError,
    FileSecret,
    Root,
    open_chunks,
    seal_chunks,
)
from shared.crypto.randomness import Random
from shared.crypto.sealing import KEY_BYTES
from shared.domain.operations import Change, Delete, Put
from shared.domain.schema import Kind
from shared.ids import FILE_BYTES, DeviceId, FileId, RecordId, TenantId

_HARMED = (DamagedAttachmentError, UnreadPictureError)
_HARM = "A picture was found damaged"


class Whereabouts(Enum):
    """Where the original of a photo is. The small picture is shown in any case."""

    HERE = "on this device"
    COMING = "on its way"
    ON_REQUEST = "at the server; it comes when somebody asks for it"
    ELSEWHERE = "on the device that added it, which has not sent it yet"
    NOWHERE = "it was added here, is not here, and not at the server"
    IN_FOLDER = "in the exchange folder, if anywhere; it comes with the next exchange"
    FOLDER_ON_REQUEST = "in the exchange folder, if anywhere; it comes when somebody asks for it"
    BY_HAND = "on another device; a bundle, or an exchange folder, would bring it"

    @property
    def on_request(self) -> bool:
        """Whether it comes once somebody asks for it."""
        return self in {Whereabouts.ON_REQUEST, Whereabouts.FOLDER_ON_REQUEST}


_OUT_OF_REACH = {
    Whereabouts.ELSEWHERE,
    Whereabouts.NOWHERE,
    Whereabouts.IN_FOLDER,
    Whereabouts.BY_HAND,
}


class ByHand(Protocol):
    """How pictures come without a server."""

    @property
    def has_folder(self) -> bool:
        """Whether an exchange folder was chosen."""

    def wants(self, photo: RecordId) -> bool:
        """Tell whether somebody asked for a photo."""


class SamePictureError(ValueError):
    """The piece has that very picture already. It was not added a second time."""


class PictureElsewhereError(LookupError):
    """That picture is still on another device. It appears here as soon as the server has it."""


@dataclass(frozen=True, slots=True)
class Photos:
    """Seals and opens the pictures of one tenant.

    ``fetch`` lets a photo come that is not on this device, or damaged here; ``policy`` says whether
    looking at one is enough for that, ``syncs`` whether a server brings any, ``by_hand`` whether a
    folder does. ``announce`` tells the
    screens of one that was found harmed. A picture that is added twice on this device is stored
    and sent once, and a piece shows it once.
    """

    tenant: TenantId
    files: Files
    records: Records
    references: References
    imaging: Imaging
    random: Random
    mint: Mint
    write: Write
    device: DeviceId
    policy: Callable[[], PhotoPolicy]
    syncs: Callable[[], bool]
    by_hand: ByHand
    fetch: Callable[[RecordId], None]
    announce: Callable[[Change], None]

    def add(self, copy: RecordId, data: bytes) -> RecordId:
        """Add a picture and return the photo.

        Raises what ``Imaging.prepare`` raises, and SamePictureError.
        """
        prepared = self.imaging.prepare(data)
        twin = self._twin(copy, prepared.original)
        if twin is not None:
            self._mend(twin, prepared)
            raise SamePictureError
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
        """Return a picture.

        Raises PictureElsewhereError, and DamagedAttachmentError or UnreadPictureError for one
        that is harmed here: it is fetched again.
        """
        try:
            opened = self._open(photo, "")
        except _HARMED:
            self._note_harm(photo, "")
            raise
        if opened is None:
            self._look_for(photo)
            raise PictureElsewhereError(photo)
        return opened

    def whereabouts(self, photo: Photo) -> Whereabouts:
        """Say where the original is, as far as is known here."""
        if photo.here and not photo.harmed:
            return Whereabouts.HERE
        if not self.syncs() and (self.by_hand.has_folder or photo.added_on != self.device):
            return self._by_hand(photo)
        if not self.syncs() or photo.absent:
            mine = photo.added_on == self.device
            return Whereabouts.NOWHERE if mine else Whereabouts.ELSEWHERE
        looks = photo.harmed or self.policy() is not PhotoPolicy.SMALL
        return Whereabouts.COMING if looks else Whereabouts.ON_REQUEST

    def _by_hand(self, photo: Photo) -> Whereabouts:
        """Say where it is for a collection without a server."""
        if not self.by_hand.has_folder:
            return Whereabouts.BY_HAND
        asked = photo.harmed or self.by_hand.wants(photo.photo)
        comes = asked or self.policy() is not PhotoPolicy.SMALL
        return Whereabouts.IN_FOLDER if comes else Whereabouts.FOLDER_ON_REQUEST

    def out_of_reach(self, photos: Collection[RecordId]) -> list[tuple[Photo, Whereabouts]]:
        """Return those of some photos whose originals are neither here nor at the server.

        Those that were harmed here are among them.
        """
        if self.syncs() and not self.files.absent and not self.files.harmed:
            return []
        told = ((photo, self.whereabouts(photo)) for photo in self.records.photos(photos))
        return [(photo, where) for photo, where in told if photo.harmed or where in _OUT_OF_REACH]

    def _note_harm(self, photo: RecordId, prefix: str) -> None:
        """Tell that a file is not what its record says, and let it come again."""
        sealed = self._facts(photo, prefix)
        if sealed and sealed.file not in self.files.harmed:
            self.files.harmed.add(sealed.file)
            self.announce(Change(_HARM, {Kind.PHOTO: frozenset((photo,))}, remote=True))
        self.fetch(photo)

    def _look_for(self, photo: RecordId) -> None:
        """Let a photo come because somebody looks at it, if such are kept here."""
        if self.policy() is not PhotoPolicy.SMALL:
            self.fetch(photo)

    def thumbnail(self, photo: RecordId) -> bytes | None:
        """Return the small picture; None while there is no sound one on this device."""
        try:
            return self._open(photo, "thumb_")
        except _HARMED:
            self._note_harm(photo, "thumb_")
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
        """Return what a record says of a content, which is sealed unless it is here already."""
        made = self._known(content)
        if made is None or not (self._holds(made, content) or self._sealed_again(made, content)):
            made = self._seal(content)
            self.files.note(self._mark(content), made.pack())
        return {prefix + part: value for part, value in made._asdict().items()}

    def _mark(self, content: bytes) -> bytes:
        return sha256(self.tenant + content).digest()

    def _known(self, content: bytes) -> "_Sealed | None":
        """Return the file to which a content was sealed on this device, if it was."""
        kept = self.files.known(self._mark(content))
        return _Sealed.unpack(kept, len(content)) if kept else None

    def _holds(self, sealed: "_Sealed", content: bytes) -> bool:
        """Tell whether a content is here, in this file, unharmed, and not about to go."""
        return self.references.needs(sealed.file) and self._reads(sealed, content)

    def _reads(self, sealed: "_Sealed", content: bytes) -> bool:
        """Tell whether a file is here and holds a content."""
        try:
            return self._read(sealed) == content
        except _HARMED:
            return False

    def _sealed_again(self, sealed: "_Sealed", content: bytes) -> bool:
        """Seal a content as it was, if its file was freed or harmed here: the same bytes come."""
        if not self.references.needs(sealed.file):
            return False
        secret = FileSecret(self.tenant, sealed.file, sealed.key)
        chunks, root = _chunks(secret, content)
        if root != sealed.root:
            return False
        self.files.keep(secret.file, chunks)
        return True

    def _seal(self, content: bytes) -> "_Sealed":
        secret = FileSecret.generate(self.tenant, self.random)
        chunks, root = _chunks(secret, content)
        self.files.keep(secret.file, chunks)
        return _Sealed(secret.file, secret.key, root, len(content))

    def _twin(self, copy: RecordId, content: bytes) -> RecordId | None:
        """Return the photo of a copy that shows this very picture, if there is one."""
        known = self._known(content)
        for photo in self._of(copy):
            sealed = self._facts(photo, "")
            if sealed is None or sealed.size != len(content):
                continue
            if (known and sealed.file == known.file) or self._reads(sealed, content):
                return photo
        return None

    def _mend(self, photo: RecordId, prepared: Prepared) -> None:
        """Let a picture that was harmed here be whole again, for here it is."""
        for prefix, content in (("", prepared.original), ("thumb_", prepared.thumbnail)):
            sealed = self._facts(photo, prefix)
            if sealed and not self._reads(sealed, content):
                self._sealed_again(sealed, content)
        self.announce(Change(_HARM, {Kind.PHOTO: frozenset((photo,))}, remote=True))

    def _open(self, photo: RecordId, prefix: str) -> bytes | None:
        sealed = self._facts(photo, prefix)
        return self._read(sealed) if sealed else None

    def _facts(self, photo: RecordId, prefix: str) -> "_Sealed | None":
        """Return what a record says of a file; None if that is nothing sensible."""
        fields = self.records.fields(Kind.PHOTO, photo) or {}
        file, key, root, size = (fields.get(prefix + part) for part in _Sealed._fields)
        if not (isinstance(file, bytes) and isinstance(key, bytes) and isinstance(root, bytes)):
            return None
        return _Sealed(FileId(file), key, root, size) if isinstance(size, int) else None

    def _read(self, sealed: "_Sealed") -> bytes | None:
        """Return a content; None if its file is not here. Raise what ``_HARMED`` lists."""
        if not self.files.has(sealed.file):
            return None
        secret = FileSecret(self.tenant, sealed.file, sealed.key)
        chunks = _cut(self.files.read(sealed.file))
        return b"".join(open_chunks(secret, sealed.size, sealed.root, chunks))

    def _position(self, photo: RecordId) -> str:
        position = (self.records.fields(Kind.PHOTO, photo) or {}).get("position")
        return position if isinstance(position, str) else ""


class _Sealed(NamedTuple):
    """What a record says of a sealed content, under the names of its fields."""

    file: FileId
    key: bytes
    root: bytes
    size: int

    def pack(self) -> bytes:
        """Return what the vault keeps of it: all but the size, which its content tells."""
        return self.file + self.key + self.root

    @classmethod
    def unpack(cls, kept: bytes, size: int) -> "_Sealed":
        """Read what ``pack`` made."""
        key = FILE_BYTES + KEY_BYTES
        return cls(FileId(kept[:FILE_BYTES]), kept[FILE_BYTES:key], kept[key:], size)


def _chunks(secret: FileSecret, content: bytes) -> tuple[list[bytes], bytes]:
    """Seal a content; return its chunks and their root."""
    chunks, root = list(seal_chunks(secret, len(content), [content])), Root()
    for chunk in chunks:
        root.add(chunk)
    return chunks, root.digest


def _cut(sealed: bytes) -> Iterator[bytes]:
    for start in range(0, len(sealed), SEALED_CHUNK_BYTES):
        yield sealed[start : start + SEALED_CHUNK_BYTES]
