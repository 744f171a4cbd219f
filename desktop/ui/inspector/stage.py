"""The large picture in the inspector, or the soft placeholder that asks for one."""

from PySide6.QtCore import QBuffer, QByteArray, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QImageReader,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from desktop.ui.badges.placeholder import placeholder
from desktop.ui.badges.ribbon import paint_ribbon
from desktop.ui.look import Icon, look_of
from shared.skins.tokens import Role

RATIO = 0.74
"""Height of the stage over its width."""
_INVITATION = "Drop, paste or click to add photos"


class Stage(QWidget):
    """Paints one picture as large as it fits, uncut.

    ``asked`` is a click on an empty stage, ``wanted`` one on a picture whose original is offered.
    """

    asked = Signal()
    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Photo")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._data = b""
        self._picture = QPixmap()
        self._name, self._animal = "", ""
        self._dropping, self._invited = False, True
        self._words, self._on_request = "", False
        self._icon: Icon | None = None

    def invite(self, *, invited: bool) -> None:
        """Say on an empty stage how photos are added, or not."""
        self._invited = invited
        self.update()

    def tell(
        self, words: str, sentence: str, *, icon: Icon | None = None, on_request: bool = False
    ) -> None:
        """Say something at its foot, and at length to who asks.

        ``on_request``: a click fetches the original.
        """
        self._words, self._icon, self._on_request = words, icon, on_request
        self.setAccessibleDescription(sentence)
        self.setToolTip(sentence)
        shape = Qt.CursorShape.PointingHandCursor if on_request else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)
        self.update()

    def be_empty(self, name: str, animal: str) -> None:
        """Show what stands for an animal without a picture."""
        self.tell("", "")
        self._data, self._picture = b"", QPixmap()
        self._name, self._animal = name, animal
        self.update()

    def show_picture(self, data: bytes) -> None:
        """Show a picture from its file's bytes."""
        self._data = data
        self._decode()

    def expect(self, *, dropping: bool) -> None:
        """Show that what is dragged over here may be dropped."""
        self._dropping = dropping
        self.update()

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        return round(width * RATIO)

    @override
    def sizeHint(self) -> QSize:
        width = look_of(self).scaled(280)
        return QSize(width, self.heightForWidth(width))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        if self._on_request:
            self.wanted.emit()
        elif not self._data and not self._words:
            self.asked.emit()

    @override
    def resizeEvent(self, event: object) -> None:
        if self._data:
            self._decode()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        look = look_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        shape = QPainterPath()
        shape.addRoundedRect(room, look.radius, look.radius)
        if self._picture.isNull():
            self._paint_placeholder(painter, room)
        else:
            painter.fillPath(shape, look.color(Role.SURFACE_2))
            self._paint_picture(painter, shape)
        self._paint_words(painter, room)
        edge = Role.FOCUS if self._dropping else Role.OUTLINE
        painter.setPen(QPen(look.color(edge), 3 if self._dropping else max(look.outline, 1)))
        painter.drawPath(shape)
        painter.end()

    def _paint_placeholder(self, painter: QPainter, room: QRectF) -> None:
        look = look_of(self)
        picture = placeholder(
            look,
            name=self._name,
            animal=self._animal,
            size=QSize(round(room.width()), round(room.height())),
            radius=look.radius,
            ratio=self.devicePixelRatioF(),
        )
        painter.drawPixmap(room.topLeft(), picture)

    def _paint_words(self, painter: QPainter, room: QRectF) -> None:
        """Paint a ribbon at the foot: what is to be said, or how to fill an empty stage."""
        look = look_of(self)
        text = self._words or (_INVITATION if self._invited and self._picture.isNull() else "")
        if not text:
            return
        paint_ribbon(painter, room, look, text, radius=look.radius, icon=self._icon)

    def _paint_picture(self, painter: QPainter, shape: QPainterPath) -> None:
        painter.save()
        painter.setClipPath(shape)
        size = self._picture.deviceIndependentSize()
        left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        painter.drawPixmap(round(left), round(top), self._picture)
        painter.restore()

    def _decode(self) -> None:
        """Decode no more pixels than are shown."""
        buffer = QBuffer(self)
        buffer.setData(QByteArray(self._data))
        reader = QImageReader(buffer)
        reader.setAutoTransform(True)
        ratio = self.devicePixelRatioF()
        turned = bool(reader.transformation().value & 4)  # Rotate90 and its mirrors swap sides
        room = QSize(round(self.width() * ratio), round(self.height() * ratio))
        fitted = reader.size().scaled(
            room.transposed() if turned else room, Qt.AspectRatioMode.KeepAspectRatio
        )
        if fitted.isValid():
            reader.setScaledSize(fitted)
        self._picture = QPixmap.fromImage(reader.read())
        self._picture.setDevicePixelRatio(ratio)
        buffer.deleteLater()
        self.update()
