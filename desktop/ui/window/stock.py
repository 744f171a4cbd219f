"""An answer to a query as the shelf asks for it."""

from collections.abc import Collection, Mapping, Sequence

from desktop.collection.values import CopyRow, Found
from desktop.ui.live import LiveCollection
from desktop.ui.pictures import Deliver, PictureFetch
from desktop.ui.whereabouts import Said
from shared.ids import RecordId


class FoundStock:
    """The copies that a query found; rows and pictures come when they are looked at."""

    def __init__(self, found: Found, live: LiveCollection, pictures: PictureFetch) -> None:
        self._found = found
        self._live = live
        self._pictures = pictures

    @property
    def ids(self) -> Sequence[RecordId]:
        """Every copy, in order."""
        return self._found.ids

    def rows(self, ids: Sequence[RecordId]) -> Sequence[CopyRow]:
        """Read a page of rows; what cannot be read is said, and left empty."""
        return self._live.attempt(lambda: self._live.collection.rows(ids)) or ()

    def out_of_reach(self, photos: Collection[RecordId]) -> Mapping[RecordId, Said]:
        """Say it of photos whose originals are neither here nor at the server."""
        return self._live.attempt(lambda: self._pictures.out_of_reach(photos)) or {}

    def thumbnail(self, photo: RecordId, deliver: Deliver) -> None:
        """Fetch a small picture."""
        self._pictures.thumbnail(photo, deliver)
