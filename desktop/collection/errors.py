"""What the world may do to a deed, in one place for the screens, and how it is told.

Every class's docstring is the sentence that the collector reads, with what to do next.
"""

from inspect import cleandoc

from desktop.collection.devices import OnlyLooksError
from desktop.collection.imaging import BrokenPictureError, HugePictureError, NotAPictureError
from desktop.collection.photos import PictureElsewhereError, SamePictureError
from desktop.collection.scribe import UnknownCopyError, UnnamedError
from desktop.sync.errors import SyncError
from desktop.system.keychain import KeychainClosedError
from desktop.vault.backup_file import (
    DamagedBackupError,
    ForeignBackupError,
    ForeignKitError,
    IncompleteBackupError,
)
from desktop.vault.errors import ClosedVaultError, TooLongError, VaultError
from desktop.vault.progress import StoppedError
from shared.crypto.attachments import DamagedAttachmentError
from shared.crypto.pairing import PairingError
from shared.crypto.paper import WrongWordsError
from shared.crypto.unlock import (
    DamagedUnlockError,
    NewerUnlockError,
    UnacceptableCostError,
    WrongPasswordError,
)

EXPECTED: tuple[type[Exception], ...] = (
    VaultError,
    TooLongError,
    ClosedVaultError,
    WrongPasswordError,
    DamagedUnlockError,
    NewerUnlockError,
    UnacceptableCostError,
    WrongWordsError,
    PairingError,
    KeychainClosedError,
    SyncError,
    UnnamedError,
    UnknownCopyError,
    NotAPictureError,
    BrokenPictureError,
    HugePictureError,
    PictureElsewhereError,
    SamePictureError,
    OnlyLooksError,
    DamagedAttachmentError,
    DamagedBackupError,
    ForeignBackupError,
    ForeignKitError,
    IncompleteBackupError,
    StoppedError,
)


def sentence(error: BaseException) -> str:
    """Return what an expected error says to the person."""
    if isinstance(error, SyncError):
        return error.sentence
    return " ".join(cleandoc(type(error).__doc__ or "").split())
