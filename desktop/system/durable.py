"""Files that are either whole or not there, whatever happens to the computer."""

import os
import sys
from pathlib import Path


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
        part.unlink(missing_ok=True)
        raise


def durable_rename(source: Path, target: Path) -> None:
    """Rename, and see to it that the name survives a power cut."""
    source.replace(target)
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
