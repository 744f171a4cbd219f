"""Where sealed things lie under names: a tenant's folder, which nobody need be trusted with.

A name is a path of small letters, digits and hyphens. Nothing is believed because of where it lies.
"""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from desktop.sync.errors import SyncError
from desktop.sync.folder.errors import DetourError, FolderGoneError, folder_troubles
from desktop.system.durable import sync_folder
from shared.crypto.randomness import Random
from shared.ids import DeviceId, TenantId

ROOT = "swingtag"
TENANT = re.compile("[0-9a-f]{64}")
_ASIDE, _TEMPORARY = "aside", "tmp"
_OURS = {_ASIDE, _TEMPORARY}
_DEEPEST = 4
_RANDOM_BYTES = 8
_STILL_SECONDS = 600
"""A file that nobody wrote to for so long is not being copied any more."""
_NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class Source(Protocol):
    """Where sealed things are read from."""

    def names(self) -> Iterator[str]:
        """Yield the names of all that lies there, in any order."""

    def read(self, name: str, most: int) -> bytes | None:
        """Return what lies under a name; None if nothing does, or more than ``most`` bytes."""

    def lay_aside(self, name: str, *, at_once: bool = False) -> None:
        """Take what is damaged out of everybody's way, without deleting it.

        Not what somebody may be copying there just now, unless it is to be ``at_once``.
        """


class Target(Protocol):
    """Where sealed things are written to."""

    def put(self, name: str, content: bytes) -> None:
        """Lay something down under a name that is free: whole, or not at all."""


def tenants_in(folder: Path) -> list[TenantId]:
    """Tell whose things lie in an exchange folder, by their names; raises SyncErrors."""
    root = folder / ROOT
    with folder_troubles():
        if not stat.S_ISDIR(folder.stat().st_mode):
            raise FolderGoneError
        if root.is_symlink():
            raise DetourError
        if not root.is_dir():
            return []
        with os.scandir(root) as found:
            names = sorted(one.name for one in found if one.is_dir(follow_symlinks=False))
    return [TenantId(bytes.fromhex(name)) for name in names if TENANT.fullmatch(name)]


class FolderPlace:
    """``<folder>/swingtag/<tenant>``: files that are whole or not there, and never edited.

    No link in it is followed. Raises SyncErrors.
    """

    def __init__(self, folder: Path, tenant: TenantId, device: DeviceId, random: Random) -> None:
        self._folder = folder
        self._root = folder / ROOT / tenant.hex()
        self._device = device
        self._random = random
        self._made: set[Path] = set()
        self._written: set[Path] = set()

    @property
    def is_used(self) -> bool:
        """Whether somebody of this tenant has exchanged here before."""
        return self._root.is_dir()

    def check(self) -> None:
        """Raise FolderGoneError if the folder itself is away, DetourError for a link in it."""
        with folder_troubles():
            if not stat.S_ISDIR(self._folder.stat().st_mode):
                raise FolderGoneError
        for path in (self._root.parent, self._root):
            if path.is_symlink() or (path.exists() and not path.is_dir()):
                raise DetourError

    def names(self) -> Iterator[str]:
        """Yield the names of all plain files, links left out."""
        with folder_troubles():
            yield from _walk(self._root, "", 1)

    def read(self, name: str, most: int) -> bytes | None:
        """Return a plain file's bytes; None if it is gone, none, or larger than ``most``."""
        if self._is_detour(self._root / name):
            return None
        with folder_troubles():
            try:
                handle = os.open(self._root / name, os.O_RDONLY | _NO_LINKS)
            except FileNotFoundError:
                return None
            with os.fdopen(handle, "rb") as file:
                kept = os.fstat(handle)
                if not stat.S_ISREG(kept.st_mode) or kept.st_size > most:
                    return None
                content = file.read(most + 1)
        return content if len(content) <= most else None

    def put(self, name: str, content: bytes) -> None:
        """Write under a temporary name, make that safe, and rename; see ``settle``."""
        path = self._root / name
        temporary = self._temporary()
        with folder_troubles():
            self._make(path.parent)
            try:
                _write(temporary, content)
                temporary.replace(path)
            except BaseException:
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)
                raise
        self._written.add(path.parent)

    def settle(self) -> None:
        """Make the names of all that was written safe, where the disk does not do so by itself."""
        for folder in self._written:
            with suppress(OSError):
                sync_folder(folder)
        self._written.clear()

    def lay_aside(self, name: str, *, at_once: bool = False) -> None:
        """Move a file into ``aside``, if this folder can be changed."""
        path, aside = self._root / name, self._root / _ASIDE
        with suppress(OSError, SyncError):
            if not at_once and self._now() - path.lstat().st_mtime < _STILL_SECONDS:
                return
            self._make(aside)
            flat = name.replace("/", "-")
            path.replace(aside / f"{flat}-{self._random(_RANDOM_BYTES).hex()}")

    def clear(self) -> None:
        """Remove what this device began to write here and could not end."""
        with suppress(OSError):
            for left in (self._root / _TEMPORARY).glob(f"{self._device.hex()}-*"):
                left.unlink()

    def _now(self) -> float:
        """Ask the folder's own clock, which may be another computer's."""
        probe = self._temporary()
        _write(probe, b"")
        try:
            return probe.stat().st_mtime
        finally:
            probe.unlink()

    def _temporary(self) -> Path:
        folder = self._root / _TEMPORARY
        with folder_troubles():
            self._make(folder)
        return folder / f"{self._device.hex()}-{self._random(_RANDOM_BYTES).hex()}"

    def _make(self, folder: Path) -> None:
        if folder in self._made and folder.is_dir():
            return
        if self._is_detour(folder):
            raise DetourError
        self._folder.stat()  # a disk that is away must not become a folder of this one
        folder.mkdir(parents=True, exist_ok=True)
        self._made.add(folder)

    def _is_detour(self, path: Path) -> bool:
        """Tell whether a link lies on the way, or at its end."""
        inside = path.relative_to(self._folder).parts
        steps = (self._folder.joinpath(*inside[:n]) for n in range(1, len(inside) + 1))
        return any(step.is_symlink() for step in steps)


def _walk(folder: Path, prefix: str, depth: int) -> Iterator[str]:
    try:
        found = os.scandir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    with found:
        for one in found:
            name = f"{prefix}{one.name}"
            if one.is_file(follow_symlinks=False):
                yield name
            elif depth < _DEEPEST and one.is_dir(follow_symlinks=False) and name not in _OURS:
                yield from _walk(folder / one.name, f"{name}/", depth + 1)


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINKS, 0o644)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
