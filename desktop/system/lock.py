"""One process at a time in one folder. The system lets go of the lock if the process dies."""

import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class FolderTakenError(OSError):
    """Another program has this folder open. Close it there first."""


class FolderLock:
    """Held from its making until ``release``."""

    def __init__(self, file: Path) -> None:
        """Take the lock, or raise FolderTakenError; OSError if the file cannot be written."""
        self._handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._handle)
        except OSError as error:
            os.close(self._handle)
            raise FolderTakenError from error

    def release(self) -> None:
        """Let go. The file stays: removing it could take it from under another's lock."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
