"""Files that are on disk, whole, when the call returns."""

import errno
import os
from pathlib import Path

from shared.protocol.problems import Code
from sync_server.storage.errors import RefusedError

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


def write_durably(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path``: flushed, and never seen half written.

    Raises RefusedError DISK_FULL when there is no room; the unfinished file is gone then.
    """
    draft = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        if error.errno in _NO_ROOM:
            raise RefusedError(Code.DISK_FULL) from error
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder. Windows does this by itself and cannot be asked to."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
