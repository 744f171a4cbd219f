"""Files that are either whole or not there, whatever happens to the computer."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

PATIENCE_SECONDS = 10.0
_LONGEST_WAIT = 0.5
_HELD = {5, 32, 33}
"""What Windows says while another program has a file open: denied, in use, a part is locked."""


def write_durably(path: Path, content: bytes) -> None:
    """Put a small file in place of another; it is safe when this returns."""
    part = path.with_name(path.name + ".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        durable_rename(part, path)
    except BaseException:
        remove(part)
        raise


def patiently(deed: Callable[[], T], pause: Callable[[float], object] = time.sleep) -> T:
    """Rename or remove something that a virus scanner or an indexer may hold for a moment.

    Only Windows forbids that; it is tried again for ten seconds. Raises what ``deed`` raises.
    """
    waited, wait = 0.0, 0.01
    while True:
        try:
            return deed()
        except PermissionError as error:
            if getattr(error, "winerror", None) not in _HELD or waited >= PATIENCE_SECONDS:
                raise
        pause(wait)
        waited, wait = waited + wait, min(2 * wait, _LONGEST_WAIT)


def remove(path: Path) -> None:
    """Remove a file if it is there."""
    patiently(lambda: path.unlink(missing_ok=True))


def durable_rename(source: Path, target: Path) -> None:
    """Rename, and see to it that the name survives a power cut."""
    patiently(lambda: source.replace(target))
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder safe. Windows does that itself and allows no such call."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
