"""What can go wrong with a collection on disk. Each docstring is what the collector reads."""


class VaultError(OSError):
    """The collection could not be used."""


class NoCollectionError(VaultError):
    """There is no collection in that folder. Choose a folder whose name ends in .swingtag."""


class CollectionExistsError(VaultError):
    """There is something of that name already. Choose another name; nothing was overwritten."""


class DamagedVaultError(VaultError):
    """The collection's file is damaged or not the one that belongs here.

    Do not delete it. Swingtag offers to repair it when you open it; a backup, another device or
    the emergency kit brings it back, too.
    """


class NewerVaultError(VaultError):
    """A newer Swingtag has written this collection. Install that version to open it.

    Nothing was changed.
    """


class VaultInUseError(VaultError):
    """Swingtag has this collection open already. Go to that window, or close it first."""


class ReadOnlyFolderError(VaultError):
    """Nothing can be written to the collection's folder.

    Allow it in the folder's properties, or move the collection to a folder of your own.
    """


class FullDiskError(VaultError):
    """The disk is full. What was saved before is safe; make room and try again."""


class DiskTroubleError(VaultError):
    """The disk could not be read or written. What was saved before is safe.

    Check its cable and its health, and make a backup.
    """


class NoBackupError(VaultError):
    """That backup is not there any more. Connect the disk that it lies on, or choose another."""


class UnreadPictureError(VaultError):
    """A picture's file on this disk cannot be read just now; another program may hold it.

    Swingtag tries again. If this stays, check the disk and make a backup.
    """


class UnfitLinksError(VaultError):
    """A list of devices came that does not go on from the one here. It was not taken in.

    Nothing has changed. Sync, and compare your devices if this stays.
    """


class CloudFolderError(VaultError):
    """A collection in a folder that is copied to a cloud while Swingtag writes gets damaged.

    Choose another folder for it. A cloud's folder is right as an exchange folder: choose it under
    Devices, "Without a server", and Swingtag lays sealed copies of your changes there.
    """


class NotDurableError(VaultError):
    """The folder cannot keep a collection safely; some network drives cannot.

    Move it to a disk of this computer.
    """


class TooLongError(ValueError):
    """That text is too long to keep. Shorten it, or add it as a document."""


class ClosedVaultError(RuntimeError):
    """The collection was closed. Unlock it again."""
