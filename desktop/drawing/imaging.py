"""Decode what a collector adds, within limits, and make it fit to keep (see the seam)."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter

from desktop.collection.imaging import (
    BrokenPictureError,
    HugePictureError,
    NotAPictureError,
    Prepared,
)
from desktop.drawing.metadata import clean_jpeg, clean_png, clean_webp

MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 40_000_000
THUMBNAIL = 512
_QUALITY = 84
_DEPTH = 32
"""Bits that Qt counts for a pixel, at the least."""
_MEBIBYTES_DECODED = 160
"""Room for the most pixels at 32 bits; a picture of 16 bits a colour may have half as many."""
_PNG, _JPEG, _WEBP = "image/png", "image/jpeg", "image/webp"

# Only these are given to Qt, whatever else its plug-ins could read (SVG, for one, is code).
_SIGNATURES: tuple[tuple[bytes, int, bytes], ...] = (
    (b"jpeg", 0, b"\xff\xd8\xff"),
    (b"png", 0, b"\x89PNG\r\n\x1a\n"),
    (b"webp", 8, b"WEBP"),
    (b"gif", 0, b"GIF8"),
    (b"bmp", 0, b"BM"),
)
_CLEANED: Mapping[bytes, tuple[str, Callable[[bytes], bytes]]] = {
    b"jpeg": (_JPEG, clean_jpeg),
    b"png": (_PNG, clean_png),
    b"webp": (_WEBP, clean_webp),
}


class QtImaging:
    """Prepares pictures with Qt. One object serves every thread."""

    def __init__(self) -> None:
        QImageReader.setAllocationLimit(_MEBIBYTES_DECODED)

    def prepare(self, data: bytes) -> Prepared:
        """Check a picture, drop its traces, make its thumbnail (JPEG, at most 512 pixels)."""
        if len(data) > MOST_BYTES:
            raise HugePictureError
        kind = _kind(data)
        if kind in _CLEANED:
            media_type, clean = _CLEANED[kind]
            original = clean(data)
            thumbnail = _decode(original, kind, QSize(THUMBNAIL, THUMBNAIL))
        else:  # a still of anything else becomes a PNG, which cannot carry traces
            media_type, whole = _PNG, _decode(data, kind, None)
            original, thumbnail = encoded(whole, "PNG"), whole
        return Prepared(
            original=original,
            media_type=media_type,
            thumbnail=encoded(_flat(_within(thumbnail)), "JPEG"),
            thumbnail_type=_JPEG,
        )


def encoded(image: QImage, kind: str) -> bytes:
    """Write an image as bytes of a kind: ``PNG`` or ``JPEG``."""
    target = QBuffer()
    target.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(target, kind, _QUALITY if kind == "JPEG" else -1)  # type: ignore[call-overload]  # takes any QIODevice, the stub says bytes
    return bytes(target.data().data())


def _kind(data: bytes) -> bytes:
    for kind, at, signature in _SIGNATURES:
        if data[at : at + len(signature)] == signature:
            return kind
    raise NotAPictureError


def _decode(data: bytes, kind: bytes, largest: QSize | None) -> QImage:
    source = QBuffer()
    source.setData(QByteArray(data))
    source.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(source, QByteArray(kind))
    size = reader.size()
    if not size.isValid():
        raise BrokenPictureError
    if size.width() * size.height() > MOST_PIXELS or _decoded_mebibytes(reader) > (
        _MEBIBYTES_DECODED
    ):
        raise HugePictureError
    reader.setAutoTransform(True)
    if largest is not None and (size.width() > largest.width() or size.height() > largest.height()):
        reader.setScaledSize(_shrunk(size, largest))
    image = reader.read()
    if image.isNull():
        raise BrokenPictureError
    return image


def _decoded_mebibytes(reader: QImageReader) -> int:
    """Return what Qt would ask room for, counted as it counts, from the header alone."""
    size = reader.size()
    kind = reader.imageFormat()
    told = kind is not QImage.Format.Format_Invalid  # a WebP does not tell; it has 32 bits
    depth = max(_DEPTH, QImage.toPixelFormat(kind).bitsPerPixel()) if told else _DEPTH
    return size.width() * size.height() * depth // 8 >> 20


def _shrunk(size: QSize, largest: QSize) -> QSize:
    fitted = size.scaled(largest, Qt.AspectRatioMode.KeepAspectRatio)
    return QSize(max(fitted.width(), 1), max(fitted.height(), 1))


def _within(image: QImage) -> QImage:
    if max(image.width(), image.height()) <= THUMBNAIL:
        return image
    fitted = _shrunk(image.size(), QSize(THUMBNAIL, THUMBNAIL))
    return image.scaled(
        fitted, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


def _flat(image: QImage) -> QImage:
    if not image.hasAlphaChannel():
        return image
    ground = QImage(image.size(), QImage.Format.Format_RGB32)
    ground.fill(QColor("#ffffff"))
    painter = QPainter(ground)
    painter.drawImage(0, 0, image)
    painter.end()
    return ground
