"""The mark of the product as a picture on a screen, or the collector's own emblem."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from desktop.ui.badges.heart import paint_mark


class Mark(QWidget):
    """A square of ``side`` logical pixels. ``emblem`` replaces our own drawing."""

    def __init__(self, emblem: QImage | None = None) -> None:
        super().__init__()
        self.setAccessibleName("Swingtag")
        self._emblem = emblem

    def stretch(self, side: int) -> None:
        """Take this many pixels in both directions."""
        self.setFixedSize(side, side)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        room = QRectF(self.rect())
        if self._emblem is None:
            paint_mark(painter, room)
        else:
            painter.drawImage(room, self._emblem)
        painter.end()
