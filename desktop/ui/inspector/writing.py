"""What a collector does to one copy in the inspector, passed to the collection's verbs."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from desktop.collection.collection import Collection
from desktop.collection.errors import EXPECTED, sentence
from desktop.collection.values import Choice, Photo
from desktop.ui.errand import Errand
from desktop.ui.field.form import Place
from desktop.ui.live import LiveCollection
from shared.domain.schema import FieldType, Kind, Value
from shared.ids import RecordId

MOST_BYTES = 256 << 20


class TooLargeFileError(OSError):
    """That file is too large for a photo. Choose one of at most 256 MB."""


class UnreadableFileError(OSError):
    """That file cannot be read. Check that it is still there and may be opened."""


_PREVENTED: tuple[type[Exception], ...] = (*EXPECTED, TooLargeFileError, UnreadableFileError)


class Writing(QObject):
    """Writes what was entered about a copy; trouble is told by the live collection."""

    def __init__(self, live: LiveCollection, parent: QObject) -> None:
        super().__init__(parent)
        self._live = live

    @property
    def _collection(self) -> Collection:
        return self._live.collection

    def save(self, copy: RecordId, place: Place, value: Value) -> None:
        """Set one field of a copy, or of the model or variant that it belongs to."""
        copies, fields = self._collection.copies, {place.field: value}
        match place.kind:
            case Kind.MODEL:
                self._live.attempt(lambda: copies.edit_model(copy, fields))
            case Kind.VARIANT:
                self._live.attempt(lambda: copies.edit_variant(copy, fields))
            case _ if place.field == "location" and not isinstance(value, bytes):
                self._live.attempt(lambda: copies.move([copy], str(value or "")))
            case _:
                self._live.attempt(lambda: copies.edit([copy], fields))

    def tag(self, copy: RecordId, name: str) -> None:
        """Put a tag on."""
        self._live.attempt(lambda: self._collection.copies.tag([copy], name))

    def untag(self, copy: RecordId, tag: RecordId) -> None:
        """Take a tag off."""
        self._live.attempt(lambda: self._collection.copies.untag([copy], tag))

    def restore(self, copy: RecordId) -> None:
        """Take a copy out of the trash."""
        self._live.attempt(lambda: self._collection.copies.restore([copy]))

    def settle(self, number: int, choice: Choice) -> None:
        """Close a conflict."""
        self._live.attempt(lambda: self._collection.choices.settle(number, choice))

    def add_field(self, label: str, kind: FieldType) -> None:
        """Add a field to all copies."""
        self._live.attempt(lambda: self._collection.words.add_field(label, kind))

    def add_files(self, copy: RecordId, files: Sequence[Path]) -> None:
        """Add picture files as photos, away from the screen."""
        self._add(copy, [lambda file=file: _read(file) for file in files])  # type: ignore[misc]

    def add_picture(self, copy: RecordId, data: bytes) -> None:
        """Add one picture as a photo, away from the screen."""
        self._add(copy, [lambda: data])

    def remove_photo(self, photo: Photo) -> None:
        """Remove a photo; undo brings it back."""
        self._live.attempt(lambda: self._collection.photos.remove(photo.photo))

    def make_cover(self, photo: Photo) -> None:
        """Let a photo stand for its copy."""
        self._live.attempt(lambda: self._collection.photos.make_cover(photo.copy, photo.photo))

    def move_photo(self, photo: Photo, after: RecordId | None) -> None:
        """Put a photo behind another one of its copy, or to the front."""
        self._live.attempt(lambda: self._collection.photos.move(photo.copy, photo.photo, after))

    def _add(self, copy: RecordId, sources: Sequence[Callable[[], bytes]]) -> None:
        photos = self._collection.photos

        def add_all() -> list[str]:
            """Add what can be added; return a sentence for each that could not."""
            troubles: dict[str, None] = {}
            for source in sources:
                try:
                    photos.add(copy, source())
                except _PREVENTED as error:
                    troubles[sentence(error)] = None
            return list(troubles)

        Errand(self, add_all, then=self._tell, failed=lambda _error: None)

    def _tell(self, troubles: Sequence[str]) -> None:
        if troubles:
            self._live.troubled.emit(" ".join(troubles))


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise TooLargeFileError
        return file.read_bytes()
    except OSError as error:
        if isinstance(error, TooLargeFileError):
            raise
        raise UnreadableFileError from error
