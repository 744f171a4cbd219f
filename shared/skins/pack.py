"""A pack: ``skin.toml`` and PNG pictures, as a folder or as one ``.swingskin`` zip file.

The zip is read by this module member by member and never unpacked to disk. Names are held to one
small pattern before anything else is looked at, so there are no paths, drives, streams, device
names or twins that differ only by case. Every size is checked as declared and again as read.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping

from shared.skins.errors import SkinError
from shared.skins.manifest import read_manifest
from shared.skins.tokens import Skin

MANIFEST = "skin.toml"
MOST_FILES = 200
MOST_BYTES = 8 * 1024 * 1024
MOST_RATIO = 100
MOST_PIXELS = 2048
_MANIFEST_BYTES = 64 * 1024
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_PNG_HEADER = 24
_ENTRY = b"PK\x01\x02"
_TOO_MANY = f"This pack has more than {MOST_FILES} files: it is refused."
_CHUNK = 64 * 1024
# What the standard library raises on damaged archives.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ValueError,
    OverflowError,
    EOFError,
    RuntimeError,
)
_EPOCH = (1980, 1, 1, 0, 0, 0)
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def read_pack(data: bytes) -> Skin:
    """Make a skin of the bytes of a ``.swingskin`` file, or raise SkinError."""
    if len(data) > MOST_BYTES:
        raise SkinError(f"This pack has more than {MOST_BYTES >> 20} MiB: use smaller pictures.")
    if data.count(_ENTRY) > MOST_FILES:  # before the list of members is built in memory
        raise SkinError(_TOO_MANY)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return read_files(_members(archive))
    except _DAMAGE as error:
        raise SkinError("This file is not a whole .swingskin pack: fetch it again.") from error


def read_files(files: Mapping[str, bytes]) -> Skin:
    """Make a skin of a pack's files by name, or raise SkinError."""
    _refuse_names(tuple(files))
    if sum(map(len, files.values())) > MOST_BYTES:
        raise SkinError(f"This pack has more than {MOST_BYTES >> 20} MiB: use smaller pictures.")
    if MANIFEST not in files:
        raise SkinError("This pack has no skin.toml at its top: it is not a skin.")
    if len(files[MANIFEST]) > _MANIFEST_BYTES:
        raise SkinError("skin.toml has more than 64 KiB: it holds something else than tokens.")
    pictures = {name: data for name, data in files.items() if name != MANIFEST}
    for name, data in pictures.items():
        _refuse_picture(name, data)
    return read_manifest(files[MANIFEST], pictures)


def write_pack(files: Mapping[str, bytes]) -> bytes:
    """Make the bytes of a ``.swingskin`` file: the same files always give the same bytes."""
    read_files(files)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), files[name], zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _members(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = archive.infolist()
    _refuse_names(tuple(entry.orig_filename for entry in entries))
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise SkinError(f"This pack unpacks to more than {MOST_BYTES >> 20} MiB: it is refused.")
    return {entry.orig_filename: _read(archive, entry) for entry in entries}


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    if entry.compress_type not in _PLAIN or entry.flag_bits & 1:
        raise SkinError(f"{entry.orig_filename} is packed in a way that skins may not use.")
    limit = min(entry.file_size, MOST_RATIO * max(entry.compress_size, 1))
    if entry.file_size > limit:
        raise SkinError(f"{entry.orig_filename} is packed too tightly to be a picture.")
    read = bytearray()
    with archive.open(entry) as source:
        while piece := source.read(_CHUNK):
            read += piece
            if len(read) > limit:
                raise SkinError(f"{entry.orig_filename} is larger than its pack says.")
    return bytes(read)


def _refuse_names(names: tuple[str, ...]) -> None:
    if len(names) > MOST_FILES:
        raise SkinError(_TOO_MANY)
    for name in names:
        if not _NAME.fullmatch(name) or _DEVICES.fullmatch(name):
            raise SkinError(
                f"The pack holds {name[:80]!r}: files are named with a-z, 0-9, dot, dash and "
                "underscore only, with no folders."
            )
        if name != MANIFEST and not name.endswith(".png"):
            raise SkinError(f"The pack holds {name}: only skin.toml and PNG pictures belong in it.")
    if len(set(names)) < len(names):
        raise SkinError("The pack holds two files of one name: it is refused.")


def _refuse_picture(name: str, data: bytes) -> None:
    if len(data) < _PNG_HEADER or not data.startswith(_PNG):
        raise SkinError(f"{name} is not a PNG picture: save it as PNG.")
    width, height = struct.unpack(">II", data[16:24])
    if not (1 <= width <= MOST_PIXELS and 1 <= height <= MOST_PIXELS):
        raise SkinError(
            f"{name} is {width} by {height} pixels: {MOST_PIXELS} by {MOST_PIXELS} is the most."
        )
