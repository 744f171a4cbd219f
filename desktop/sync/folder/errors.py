"""What the world can do to an exchange folder or a bundle. Each class says its sentence."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from desktop.sync.errors import SyncError


class FolderGoneError(SyncError):
    """The exchange folder is not there. Plug in its disk, or choose another folder.

    Nothing is lost: what did not go across goes with the next exchange.
    """

    passing = True


class FolderClosedError(SyncError):
    """Nothing can be written to the exchange folder; what lay there was taken in.

    Allow it in the folder's properties, or choose another folder.
    """


class FolderFullError(SyncError):
    """The disk of the exchange folder is full. Make room there, and exchange again."""


class FolderTroubleError(SyncError):
    """The exchange folder could not be read or written. Check its disk and its cable.

    What went across is safe, and the rest goes with the next exchange.
    """

    passing = True


class RemovedError(SyncError):
    """No bundle was saved: this device was removed, and nobody would take it in.

    What it has stays readable here; a backup keeps it.
    """


class DetourError(SyncError):
    """In the exchange folder, a link to another place stands where a folder should be.

    Swingtag does not follow it. Take the link away, or choose another folder.
    """


class BundleGoneError(SyncError):
    """The bundle is not there any more. Plug in its disk, or choose it again."""


class NotABundleError(SyncError):
    """That file is no bundle of Swingtag's, or it is damaged from its very beginning."""


class NewerBundleError(SyncError):
    """A newer Swingtag has written this bundle. Install that version to open it."""


class OtherBundleError(SyncError):
    """That bundle belongs to another collection. Nothing of it was taken in."""


class NothingThereError(SyncError):
    """No collection of Swingtag's lies there. Choose the folder that your devices exchanged by.

    It has a folder named swingtag in it.
    """


class OtherKitThereError(SyncError):
    """These words open no collection that lies there, or the kit was replaced since.

    Compare the collection id and the date on the sheet, or choose another folder or file.
    """


class PartMissingError(SyncError):
    """Not all that your kit needs lies there: some of it was not copied, or is damaged.

    Copy it once more from where it came, or wait until a cloud has brought all. Another copy will
    do, too.
    """


class UnreadPlaceError(SyncError):
    """You may not read what lies there. Allow it in its properties, or copy it to where you may."""


_MEANINGS: dict[int, type[SyncError]] = {
    errno.ENOSPC: FolderFullError,
    errno.EDQUOT: FolderFullError,
    errno.EFBIG: FolderFullError,
    errno.EACCES: FolderClosedError,
    errno.EPERM: FolderClosedError,
    errno.EROFS: FolderClosedError,
    errno.ENOENT: FolderGoneError,
    errno.ENODEV: FolderGoneError,
    errno.ENXIO: FolderGoneError,
    errno.ESTALE: FolderGoneError,
    errno.ENOTCONN: FolderGoneError,
    errno.EHOSTDOWN: FolderGoneError,
    errno.ELOOP: DetourError,
    errno.ENOTDIR: DetourError,
}


@contextmanager
def folder_troubles() -> Iterator[None]:
    """Turn what the system reports of a folder into what the collector can do about it."""
    try:
        yield
    except OSError as error:
        raise _MEANINGS.get(error.errno or 0, FolderTroubleError) from error
