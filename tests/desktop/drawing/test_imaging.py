"""What a collector adds becomes fit to keep, or one of three sentences."""

import struct
import sys
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from desktop.collection.imaging import BrokenPictureError, HugePictureError, NotAPictureError
from desktop.drawing.imaging import MOST_BYTES, QtImaging, encoded
from desktop.drawing.metadata import Kept, read_exif, write_exif

SECRET = b"N 51 28 38 W 0 0 0 SERIAL-4711"


@pytest.fixture(scope="module")
def imaging() -> QtImaging:
    return QtImaging()


def picture(width: int = 120, height: int = 80) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("teal"))
    painter = QPainter(image)
    painter.fillRect(QRect(0, 0, width // 2, height), QColor("orange"))
    painter.end()
    return image


def exif(orientation: int, date: bytes) -> bytes:
    """A camera's Exif block: ours, with a secret behind it."""
    return write_exif(Kept(orientation, date)) + SECRET


def jpeg_with(block: bytes) -> bytes:
    data, app1 = encoded(picture(), "JPEG"), b"Exif\0\0" + block
    segment = b"\xff\xe1" + (len(app1) + 2).to_bytes(2, "big") + app1
    comment = b"\xff\xfe" + (len(SECRET) + 2).to_bytes(2, "big") + SECRET
    return data[:2] + segment + comment + data[2:] + SECRET


def png_with(*chunks: tuple[bytes, bytes]) -> bytes:
    data = encoded(picture(), "PNG")
    made = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    return data[:33] + made + data[33:] + SECRET


def webp_with(block: bytes) -> bytes:
    """A simple WebP turned into an extended one that carries Exif and XMP."""
    data = encoded(picture(), "WEBP")
    size = struct.pack("<I", 119)[:3] + struct.pack("<I", 79)[:3]
    head = b"VP8X" + struct.pack("<I", 10) + bytes([0x0C, 0, 0, 0]) + size
    extra = b"".join(
        kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
        for kind, body in ((b"EXIF", block), (b"XMP ", SECRET))
    )
    body = b"WEBP" + head + data[12:] + extra
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_a_jpeg_loses_place_and_camera_and_keeps_date_and_rotation(imaging: QtImaging) -> None:
    prepared = imaging.prepare(jpeg_with(exif(6, b"1999:12:24 18:00:00")))
    assert SECRET not in prepared.original
    assert b"1999:12:24 18:00:00" in prepared.original
    thumbnail = QImage.fromData(prepared.thumbnail)
    assert thumbnail.size() == QSize(80, 120)
    assert thumbnail.pixelColor(40, 10).red() > thumbnail.pixelColor(40, 110).red()


def test_the_pixels_of_a_jpeg_stay_as_they_were(imaging: QtImaging) -> None:
    before, after = jpeg_with(exif(1, b"")), imaging.prepare(jpeg_with(exif(1, b""))).original
    assert QImage.fromData(before) == QImage.fromData(after)
    assert imaging.prepare(after).original == after


def test_a_png_loses_its_texts_and_keeps_its_rotation(imaging: QtImaging) -> None:
    chunks = (
        (b"eXIf", exif(6, b"1999:12:24 18:00:00")),
        (b"tEXt", b"Comment\0" + SECRET),
        (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + SECRET),
        (b"tIME", SECRET[:7]),
    )
    prepared = imaging.prepare(png_with(*chunks))
    assert SECRET not in prepared.original
    assert b"tIME" not in prepared.original
    assert b"1999:12:24 18:00:00" in prepared.original
    assert QImage.fromData(prepared.original) == QImage.fromData(png_with(*chunks))


def test_a_webp_loses_place_and_camera(imaging: QtImaging) -> None:
    prepared = imaging.prepare(webp_with(exif(6, b"1999:12:24 18:00:00")))
    assert SECRET not in prepared.original
    assert b"1999:12:24 18:00:00" in prepared.original
    assert not QImage.fromData(prepared.original).isNull()


def test_any_other_picture_becomes_a_png(imaging: QtImaging) -> None:
    prepared = imaging.prepare(encoded(picture(), "BMP"))
    assert prepared.media_type == "image/png"
    assert QImage.fromData(prepared.original) == picture()


def test_a_thumbnail_is_small_and_upright_and_opaque(imaging: QtImaging) -> None:
    glass = QImage(2000, 500, QImage.Format.Format_ARGB32)
    glass.fill(Qt.GlobalColor.transparent)
    thumbnail = QImage.fromData(imaging.prepare(encoded(glass, "PNG")).thumbnail)
    assert thumbnail.size() == QSize(512, 128)
    assert thumbnail.pixelColor(5, 5) == QColor("#ffffff")


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"\0" * 4096,
     b"<html><body>Not found</body></html>"],
)  # fmt: skip
def test_what_is_no_picture_is_called_so(imaging: QtImaging, data: bytes) -> None:
    with pytest.raises(NotAPictureError):
        imaging.prepare(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@settings(max_examples=25, deadline=None)
@given(share=st.floats(0.0, 0.999))
def test_a_truncated_picture_is_never_kept(kind: str, share: float) -> None:
    data = encoded(picture(), kind)
    with pytest.raises((BrokenPictureError, NotAPictureError)):
        QtImaging().prepare(data[: int(len(data) * share)])


@settings(max_examples=60, deadline=None)
@given(
    at=st.integers(0, 5000),
    junk=st.binary(min_size=1, max_size=6),
    kind=st.sampled_from(("JPEG", "PNG", "WEBP")),
)
def test_a_damaged_picture_ends_in_a_sentence_or_a_picture(at: int, junk: bytes, kind: str) -> None:
    data = encoded(picture(), kind)
    at %= len(data)
    try:
        prepared = QtImaging().prepare(data[:at] + junk + data[at + len(junk) :])
    except (BrokenPictureError, NotAPictureError, HugePictureError):
        return
    assert not QImage.fromData(prepared.thumbnail).isNull()


def test_a_picture_that_only_claims_to_be_vast_costs_nothing(imaging: QtImaging) -> None:
    header = struct.pack(">IIBBBBB", 20_000, 10_000, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    made = b"\x89PNG\r\n\x1a\n"
    for kind, part in ((b"IHDR", header), (b"IDAT", body), (b"IEND", b"")):
        made += struct.pack(">I", len(part)) + kind + part
        made += struct.pack(">I", zlib.crc32(kind + part))
    with pytest.raises(HugePictureError):
        imaging.prepare(made)


def test_a_file_of_more_than_20_mebibytes_is_too_large(imaging: QtImaging) -> None:
    with pytest.raises(HugePictureError):
        imaging.prepare(encoded(picture(), "JPEG") + b"\0" * MOST_BYTES)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_picture_of_almost_40_megapixels_is_kept(imaging: QtImaging, kind: str) -> None:
    data = encoded(plain(7900, 5000, QImage.Format.Format_RGB32), kind)
    assert QImage.fromData(imaging.prepare(data).thumbnail).size() == QSize(512, 324)


@pytest.mark.parametrize(
    ("width", "kind"),
    [(8100, QImage.Format.Format_RGB32), (5300, QImage.Format.Format_RGBA64)],
)  # fmt: skip
def test_a_png_beyond_the_limits_is_too_large(
    imaging: QtImaging, width: int, kind: QImage.Format
) -> None:
    with pytest.raises(HugePictureError):
        imaging.prepare(encoded(plain(width, 5000 if width > 8000 else 4000, kind), "PNG"))


def plain(width: int, height: int, kind: QImage.Format) -> QImage:
    image = QImage(width, height, kind)
    image.fill(QColor("teal"))
    return image


@given(st.binary(max_size=200))
def test_odd_exif_counts_as_none(block: bytes) -> None:
    kept = read_exif(b"II*\0" + block)
    assert kept.orientation in range(1, 9)


def test_painting_takes_no_references_to_none() -> None:
    """PySide6 6.12.0 on Python 3.11 takes one with every void call of a painter, and then dies."""

    image = picture(10, 10)
    painter = QPainter(image)
    before = sys.getrefcount(None)
    for _ in range(500):
        painter.setPen(QColor("red"))
        painter.fillRect(QRect(0, 0, 3, 3), QColor("red"))
        painter.drawEllipse(QPointF(2, 2), 1, 1)
    taken = abs(sys.getrefcount(None) - before)
    painter.end()
    assert taken < 100
