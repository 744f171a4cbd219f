"""Take out of a picture what tells where and with what it was made, pixels untouched.

What a picture may keep: its pixels, colour profile, rotation and the date it was taken. The rest
(position, camera, serial numbers, comments, embedded previews, whatever follows the end) stays
behind: one small Exif block with rotation and date replaces all of it.
"""

import re
import struct
import zlib
from typing import NamedTuple

from desktop.collection.imaging import BrokenPictureError

_UPRIGHT = 1
_ORIENTATIONS = range(1, 9)
_ORIENTATION_TAG, _EXIF_POINTER, _TAKEN_TAG = 0x0112, 0x8769, 0x9003
_SHORT, _LONG, _ASCII = 3, 4, 2
_ENTRY = 12
_MOST_ENTRIES = 512
_DATE = re.compile(rb"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d")
_DATE_LENGTH = 19


class Kept(NamedTuple):
    """What is kept of the old Exif data."""

    orientation: int = _UPRIGHT
    taken: bytes = b""

    @property
    def nothing(self) -> bool:
        """Whether there is nothing worth a block."""
        return self.orientation == _UPRIGHT and not self.taken


def read_exif(block: bytes) -> Kept:
    """Read rotation and date from a TIFF-shaped Exif block; what is odd counts as absent."""
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None:
        return Kept()
    try:
        first = struct.unpack_from(order + "I", block, 4)[0]
        tags = _directory(block, order, first)
        within = _directory(block, order, tags[_EXIF_POINTER]) if _EXIF_POINTER in tags else {}
    except struct.error:
        return Kept()
    orientation = tags.get(_ORIENTATION_TAG, _UPRIGHT)
    at = within.get(_TAKEN_TAG, len(block))
    taken = block[at : at + _DATE_LENGTH]
    return Kept(
        orientation if orientation in _ORIENTATIONS else _UPRIGHT,
        taken if _DATE.fullmatch(taken) else b"",
    )


def write_exif(kept: Kept) -> bytes:
    """Write a TIFF-shaped Exif block that holds rotation and date and nothing else."""
    entries = [(_ORIENTATION_TAG, _SHORT, 1, struct.pack(">HH", kept.orientation, 0))]
    if not kept.taken:
        return _tiff(entries)
    below = 8 + 2 + 2 * _ENTRY + 4
    entries.append((_EXIF_POINTER, _LONG, 1, struct.pack(">I", below)))
    text_at = below + 2 + _ENTRY + 4
    taken = (_TAKEN_TAG, _ASCII, _DATE_LENGTH + 1, struct.pack(">I", text_at))
    return _tiff(entries) + _ifd([taken]) + kept.taken + b"\0"


def clean_jpeg(data: bytes) -> bytes:
    """Drop every application and comment segment but the colour profile and Adobe's."""
    kept, body, at = Kept(), bytearray(), 2
    while True:
        marker, end = _segment(data, at)
        if marker == _SCAN:
            break
        segment = data[at:end]
        if marker == _APP1 and segment[4:10] == b"Exif\0\0":
            kept = read_exif(segment[10:])
        if _stays(marker, segment):
            body += segment
        at = end
    exif = b"" if kept.nothing else _app1(write_exif(kept))
    return data[:2] + exif + bytes(body) + data[at : _end_of_scans(data, at)]


def clean_png(data: bytes) -> bytes:
    """Drop every chunk that is not needed to show the picture."""
    kept, chunks, at = Kept(), [], len(_PNG_SIGNATURE)
    while True:
        length, kind, end = _chunk(data, at)
        if kind == b"eXIf":
            kept = read_exif(data[at + 8 : at + 8 + length])
        if kind in _PNG_STAYS:
            chunks.append(data[at:end])
        at = end
        if kind == b"IEND":
            break
    if not kept.nothing:
        chunks.insert(1, _png_chunk(b"eXIf", write_exif(kept)))
    return _PNG_SIGNATURE + b"".join(chunks)


def clean_webp(data: bytes) -> bytes:
    """Drop Exif and XMP, or put the small block in the place of Exif."""
    kept, chunks, at = Kept(), [], 12
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise BrokenPictureError
    while at + 8 <= end:
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        after = at + 8 + length + length % 2
        if kind == b"EXIF":
            kept = read_exif(data[at + 8 : at + 8 + length].removeprefix(b"Exif\0\0"))
        if kind in _WEBP_STAYS:
            chunks.append(bytearray(data[at:after]))
        at = after
    extended = bool(chunks) and chunks[0].startswith(b"VP8X")
    if extended:
        chunks[0][8] = chunks[0][8] & ~0x0C | (0 if kept.nothing else 0x08)
    if extended and not kept.nothing:
        block = write_exif(kept)
        block += b"\0" * (len(block) % 2)
        chunks.append(bytearray(b"EXIF" + len(block).to_bytes(4, "little") + block))
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


_APP0, _APP1, _APP2, _APP14, _APP15, _COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
_SCAN, _END = 0xDA, 0xD9
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_STAYS = frozenset(
    (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT",
     b"pHYs", b"bKGD")
)  # fmt: skip
_WEBP_STAYS = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))


def _directory(block: bytes, order: str, at: int) -> dict[int, int]:
    count = min(struct.unpack_from(order + "H", block, at)[0], _MOST_ENTRIES)
    found: dict[int, int] = {}
    for number in range(count):
        place = at + 2 + number * _ENTRY
        tag, kind = struct.unpack_from(order + "HH", block, place)
        width = "H" if kind == _SHORT else "I"
        found[tag] = struct.unpack_from(order + width, block, place + 8)[0]
    return found


def _tiff(entries: list[tuple[int, int, int, bytes]]) -> bytes:
    return b"MM\0\x2a" + struct.pack(">I", 8) + _ifd(entries)


def _ifd(entries: list[tuple[int, int, int, bytes]]) -> bytes:
    lines = b"".join(
        struct.pack(">HHI", tag, kind, count) + value for tag, kind, count, value in entries
    )
    return struct.pack(">H", len(entries)) + lines + b"\0\0\0\0"


def _segment(data: bytes, at: int) -> tuple[int, int]:
    if at + 4 > len(data) or data[at] != 0xFF:  # noqa: PLR2004 - every marker begins with it
        raise BrokenPictureError
    length = int.from_bytes(data[at + 2 : at + 4], "big")
    end = at + 2 + length
    if length < 2 or end > len(data):  # noqa: PLR2004 - the length counts its own two bytes
        raise BrokenPictureError
    return data[at + 1], end


def _stays(marker: int, segment: bytes) -> bool:
    if marker == _APP2:
        return segment[4:16] == b"ICC_PROFILE\0"
    return marker in (_APP0, _APP14) or not (_APP0 <= marker <= _APP15 or marker == _COMMENT)


def _app1(exif: bytes) -> bytes:
    block = b"Exif\0\0" + exif
    return b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block


def _end_of_scans(data: bytes, at: int) -> int:
    while True:
        _, after = _segment(data, at)
        found = _MARKER.search(data, after) if data[at + 1] == _SCAN else None
        at = found.start() if found else after
        if at + 2 > len(data) or (data[at + 1] == _SCAN and found is None):
            raise BrokenPictureError
        if data[at + 1] == _END:
            return at + 2


def _chunk(data: bytes, at: int) -> tuple[int, bytes, int]:
    length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
    end = at + 12 + length
    if end > len(data):
        raise BrokenPictureError
    return length, kind, end


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(kind + body).to_bytes(4, "big")
    return len(body).to_bytes(4, "big") + kind + body + checksum
