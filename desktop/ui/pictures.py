"""Pictures fetched away from the screen: opening a sealed one takes longer than a frame."""

from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor

from PySide6.QtCore import QObject, Signal

from desktop.collection.errors import EXPECTED
from desktop.collection.photos import Photos, Whereabouts
from desktop.collection.values import Photo
from desktop.ui.whereabouts import Said, said_of
from shared.ids import RecordId

WORKERS = 2
Deliver = Callable[[bytes | None], None]
_Job = Future[bytes | None]


class PictureFetch(QObject):
    """Opens small and large pictures and delivers their bytes on the screen's thread.

    None is delivered for one that is not here yet or cannot be read.
    """

    _came = Signal(object, object)

    def __init__(self, photos: Photos, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._photos = photos
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="pictures")
        self._came.connect(self._hand_over)

    def thumbnail(self, photo: RecordId, deliver: Deliver) -> None:
        """Fetch the small picture."""
        self._fetch(lambda: self._photos.thumbnail(photo), deliver)

    def original(self, photo: RecordId, deliver: Deliver) -> None:
        """Fetch the large picture."""
        self._fetch(lambda: self._photos.original(photo), deliver)

    def whereabouts(self, photo: Photo) -> Whereabouts:
        """Say where a photo's original is."""
        return self._photos.whereabouts(photo)

    def out_of_reach(self, photos: Collection[RecordId]) -> dict[RecordId, Said]:
        """Say it of those of some photos whose originals are neither here nor at the server."""
        found = self._photos.out_of_reach(photos)
        told = ((photo.photo, said_of(photo, where)) for photo, where in found)
        return {photo: said for photo, said in told if said}

    def let_come(self, photo: RecordId) -> None:
        """Let an original come that is not on this device."""
        self._photos.fetch(photo)

    def stop(self) -> None:
        """Finish what is under way and drop the rest."""
        self._came.disconnect()
        self._workers.shutdown(wait=True, cancel_futures=True)

    def _fetch(self, open_picture: Callable[[], bytes | None], deliver: Deliver) -> None:
        job = self._workers.submit(open_picture)
        job.add_done_callback(lambda done: self._came.emit(done, deliver))

    def _hand_over(self, job: _Job, deliver: Deliver) -> None:
        """Deliver; an error of ours is raised here, on the screen's thread, where it is handled."""
        if job.cancelled():
            return
        try:
            data = job.result()
        except EXPECTED:
            data = None
        deliver(data)
