"""Photos for the shelf: fetched when first painted, cut to size once, kept while in use."""

from collections import OrderedDict
from collections.abc import Callable

from PySide6.QtCore import QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPixmap

from desktop.ui.shelf.kept import Kept
from shared.ids import RecordId

_CUTS_KEPT = 64 * 1024 * 1024
_IMAGES_KEPT = 96  # of up to 1 MiB each: two screens full
_DECODED_AT_ONCE = 4

Fetch = Callable[[RecordId, Callable[[bytes | None], None]], None]


class Pictures(QObject):
    """Thumbnails by photo, in the size and roundness that a view asks for."""

    arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fetch: Fetch | None = None
        self._images: OrderedDict[RecordId, QImage] = OrderedDict()
        self._cut = Kept(_CUTS_KEPT)
        self._asked: set[RecordId] = set()
        self._waiting: list[tuple[RecordId, bytes]] = []
        self._later = QTimer(self)
        self._later.setInterval(0)
        self._later.timeout.connect(self._decode_some)

    def come_from(self, fetch: Fetch) -> None:
        """Take thumbnails from here from now on; what is already cut stays."""
        self._fetch = fetch
        self._asked = set(self._images)

    def cut(self, photo: RecordId, size: QSize, radius: int, ratio: float) -> QPixmap | None:
        """Give a photo cut to ``size`` logical pixels, or None and ask for it."""
        key = (photo, size.width(), size.height(), radius)
        known = self._cut.get(key)
        if known is not None:
            return known
        image = self._images.get(photo)
        if image is None:
            self._ask(photo)
            return None
        self._images.move_to_end(photo)
        return self._cut.put(key, covered(image, size, radius, ratio))

    def _ask(self, photo: RecordId) -> None:
        if self._fetch is None or photo in self._asked:
            return
        self._asked.add(photo)
        self._fetch(photo, lambda data: self._came(photo, data))

    def _came(self, photo: RecordId, data: bytes | None) -> None:
        if data is not None:
            self._waiting.append((photo, data))
            self._later.start()

    def _decode_some(self) -> None:
        batch, self._waiting = self._waiting[:_DECODED_AT_ONCE], self._waiting[_DECODED_AT_ONCE:]
        for photo, data in batch:
            image = QImage.fromData(data)
            if not image.isNull():
                self._images[photo] = image
        while len(self._images) > _IMAGES_KEPT:
            gone, _ = self._images.popitem(last=False)
            self._asked.discard(gone)
        if not self._waiting:
            self._later.stop()
        self.arrived.emit()


def covered(image: QImage, size: QSize, radius: int, ratio: float) -> QPixmap:
    """Scale an image until it covers a size, cut the rest off, round the corners."""
    real = QSize(round(size.width() * ratio), round(size.height() * ratio))
    scaled = image.scaled(
        real,
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
    made = QPixmap(real)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = QPainterPath()
    path.addRoundedRect(QRectF(made.rect()), radius * ratio, radius * ratio)
    painter.setClipPath(path)
    painter.drawImage(
        (real.width() - scaled.width()) // 2, (real.height() - scaled.height()) // 2, scaled
    )
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made
