"""A bundle: all that an exchange folder would hold of one tenant, in one file.

    magic "SWBN" | version 1 | tenant 32 | part | part ... | u16 0
    part = u16 length of the name | name | u64 length | bytes

It may end anywhere: what stands before is used.
"""

import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from desktop.sync.folder.errors import (
    BundleGoneError,
    FolderGoneError,
    NewerBundleError,
    NotABundleError,
    folder_troubles,
)
from desktop.system.durable import durable_rename
from shared.ids import TENANT_BYTES, TenantId

SUFFIX = ".swingbundle"
_MAGIC, _VERSION = b"SWBN", 1
_HEAD = struct.Struct(">4sB32s")
_NAME, _SIZE = struct.Struct(">H"), struct.Struct(">Q")
_LONGEST_NAME = 200
_MOST_PARTS = 1_000_000


def tenant_of(path: Path) -> TenantId:
    """Tell whose bundle this says it is; raise NotABundleError, NewerBundleError."""
    with _opened(path) as file:
        return _read_head(file)


class BundleSource:
    """An open bundle. ``is_whole`` tells whether it ends as it should."""

    def __init__(self, path: Path) -> None:
        self._file = _opened(path)
        self._places: dict[str, tuple[int, int]] = {}
        try:
            self.tenant = _read_head(self._file)
            self.is_whole = self._read_names()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def names(self) -> Iterator[str]:
        """Yield the names of all parts."""
        yield from self._places

    def read(self, name: str, most: int) -> bytes | None:
        """Return a part; None if there is none, or one of more than ``most`` bytes."""
        start, size = self._places.get(name, (0, most + 1))
        if size > most:
            return None
        with folder_troubles():
            self._file.seek(start)
            content = self._file.read(size)
        return content if len(content) == size else None

    def lay_aside(self, name: str, *, at_once: bool = False) -> None:
        """Leave a bundle as it is."""

    def _read_names(self) -> bool:
        with folder_troubles():
            end = os.fstat(self._file.fileno()).st_size
            while len(head := self._file.read(_NAME.size)) == _NAME.size:
                (length,) = _NAME.unpack(head)
                if not length:
                    return True
                raw, size = self._file.read(length), self._file.read(_SIZE.size)
                if length > _LONGEST_NAME or len(size) < _SIZE.size:
                    return False
                if len(self._places) == _MOST_PARTS:
                    return False
                start, (count,) = self._file.tell(), _SIZE.unpack(size)
                if count > end - start:
                    return False
                self._places.setdefault(raw.decode("ascii", "replace"), (start, count))
                self._file.seek(start + count)
        return False


class BundleTarget:
    """A bundle being written beside its later name; it is there once this ends well."""

    def __init__(self, path: Path, tenant: TenantId) -> None:
        self._path, self._part = path, path.with_name(path.name + ".part")
        with folder_troubles():
            self._file = self._part.open("wb")
            self._file.write(_HEAD.pack(_MAGIC, _VERSION, tenant))

    def __enter__(self) -> Self:
        return self

    def put(self, name: str, content: bytes) -> None:
        """Write a part."""
        raw = name.encode("ascii")
        with folder_troubles():
            self._file.write(_NAME.pack(len(raw)) + raw + _SIZE.pack(len(content)))
            self._file.write(content)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            with folder_troubles():
                if kind is None:
                    self._file.write(_NAME.pack(0))
                    self._file.flush()
                    os.fsync(self._file.fileno())
                self._file.close()
                if kind is None:
                    durable_rename(self._part, self._path)
        finally:
            with suppress(OSError):
                self._file.close()
                self._part.unlink(missing_ok=True)


def _opened(path: Path) -> BinaryIO:
    try:
        with folder_troubles():
            return path.open("rb")
    except FolderGoneError as error:
        raise BundleGoneError from error


def _read_head(file: BinaryIO) -> TenantId:
    with folder_troubles():
        head = file.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise NotABundleError
    magic, version, tenant = _HEAD.unpack(head)
    if magic != _MAGIC or len(tenant) != TENANT_BYTES:
        raise NotABundleError
    if version != _VERSION:
        raise NewerBundleError
    return TenantId(tenant)
