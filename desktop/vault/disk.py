"""What the system says about the disk, in words."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from desktop.vault.errors import (
    DiskTroubleError,
    FullDiskError,
    ReadOnlyFolderError,
    VaultError,
)

_MEANINGS: dict[int, type[VaultError]] = {
    errno.ENOSPC: FullDiskError,
    errno.EDQUOT: FullDiskError,
    errno.EFBIG: FullDiskError,
    errno.EACCES: ReadOnlyFolderError,
    errno.EPERM: ReadOnlyFolderError,
    errno.EROFS: ReadOnlyFolderError,
}
_ANSWERS = (FileNotFoundError, FileExistsError)
"""What whoever asks can make something of."""


@contextmanager
def troubles() -> Iterator[None]:
    """Turn what the system reports into what the collector can do about it."""
    try:
        yield
    except (VaultError, *_ANSWERS):
        raise
    except OSError as error:
        raise _MEANINGS.get(error.errno or 0, DiskTroubleError) from error
