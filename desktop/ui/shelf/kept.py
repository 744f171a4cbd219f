"""Painted pictures that are kept while they are used, up to so many bytes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable

from PySide6.QtGui import QPixmap

_BYTES_A_PIXEL = 4


class Kept:
    """Pictures by key, the ones used last; the rest is painted again when it is needed."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._used = 0
        self._pictures: OrderedDict[Hashable, QPixmap] = OrderedDict()

    def get(self, key: Hashable) -> QPixmap | None:
        """Give a picture that is kept."""
        known = self._pictures.get(key)
        if known is not None:
            self._pictures.move_to_end(key)
        return known

    def put(self, key: Hashable, picture: QPixmap) -> QPixmap:
        """Keep a picture and let go of those used longest ago."""
        if key in self._pictures:
            self._used -= _bytes(self._pictures.pop(key))
        self._pictures[key] = picture
        self._used += _bytes(picture)
        while self._used > self._most and len(self._pictures) > 1:
            _, gone = self._pictures.popitem(last=False)
            self._used -= _bytes(gone)
        return picture

    def get_or(self, key: Hashable, paint: Callable[[], QPixmap]) -> QPixmap:
        """Give a picture, painting it if it is not kept."""
        known = self.get(key)
        return self.put(key, paint()) if known is None else known

    def clear(self) -> None:
        """Let go of all."""
        self._pictures.clear()
        self._used = 0


def _bytes(picture: QPixmap) -> int:
    return picture.width() * picture.height() * _BYTES_A_PIXEL
