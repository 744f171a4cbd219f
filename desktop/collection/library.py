"""The collections on this machine: made, opened, remembered.

Importing this brings the whole data layer along; the unlock screen gets by with
``desktop.collection.known`` and shows itself first.
"""

import shutil
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from desktop.collection.collection import Collection
from desktop.collection.devices import device_record
from desktop.collection.founding import FIRST_EPOCH, Founded, found_tenant
from desktop.collection.imaging import Imaging
from desktop.collection.known import KnownCollection, KnownCollections
from desktop.collection.reference.catalogue import Reference
from desktop.collection.sample import sample_drafts
from desktop.collection.scribe import name_of
from desktop.collection.settings import (
    NAME,
    keep_name_here,
    name_here,
    read_setting,
    setting,
)
from desktop.collection.syncing import Syncing
from desktop.sync.findings import Findings, Source
from desktop.sync.folder.chain import keep_beside
from desktop.sync.joined import Joined, keep_promise
from desktop.sync.notices import Notice
from desktop.system.anchor import AnchorFile, AnchorInKeychain, AnchorPlace
from desktop.system.keychain import Keychain, KeychainClosedError
from desktop.vault.backup_file import key_by_password, key_by_words
from desktop.vault.identity import (
    Identity,
    keep_founding,
    keep_identity,
    keep_server,
)
from desktop.vault.opening import ANCHOR, read_key
from desktop.vault.progress import UNWATCHED, Progress
from desktop.vault.repairing import repair
from desktop.vault.restoring import restore
from desktop.vault.vault import Surroundings, Vault
from shared.crypto.epochs import Keyring
from shared.domain.operations import Operation, Put
from shared.domain.schema import Kind
from shared.ids import DeviceId

SKIN = "skin"
"""Settings that follow the collector to every device."""

Fill = Callable[[Vault], object]
"""Called with a new vault that belongs to a collection already, and holds nothing of it yet."""
Connect = Callable[[Vault, Collection], Syncing | None]
"""Called for each collection that is opened; starts its sync if it has a server."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A collection that somebody wants to have. ``currency`` prices the sample."""

    name: str
    password: str = field(repr=False)
    skin: str = "classic"
    sample: bool = False
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class Created:
    """A new collection, and the 24 words of its emergency kit: shown now, kept nowhere."""

    collection: Collection
    words: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup file and what opens it: its password, or the 24 words ``by_kit``."""

    file: Path
    secret: str = field(repr=False)
    by_kit: bool = False


@dataclass(frozen=True, slots=True)
class Restoration:
    """A collection that was made of a backup. ``missing`` parts of that are damaged.

    ``lacking`` pictures did not come: they were not in it, or in a damaged part.
    """

    collection: Collection
    missing: int
    whole: bool
    lacking: int


@dataclass(frozen=True, slots=True)
class Mended:
    """A collection that was told again; ``lost`` parts of its history are to be fetched again."""

    collection: Collection
    lost: int


@dataclass(frozen=True, slots=True)
class Machine:
    """What a library takes from the computer it is on. ``keychain`` is None where there is none."""

    surroundings: Surroundings
    keychain: Keychain | None
    imaging: Imaging
    device_name: str
    platform: str


class Library:
    """Makes and opens collections, and remembers which there are."""

    def __init__(
        self,
        known: KnownCollections,
        reference: Reference,
        machine: Machine,
        connect: Connect | None = None,
    ) -> None:
        self.known = known
        self._reference = reference
        self._machine = machine
        self._connect = connect

    @property
    def can_remember(self) -> bool:
        """Whether this computer has a keychain that may keep a collection's key."""
        return self._machine.keychain is not None

    def create(self, wish: Wish) -> Created:
        """Make a collection that nobody has yet; raise UnnamedError or what the vault raises."""
        founded = found_tenant(self._machine.surroundings.random)
        keyring = Keyring(founded.tenant, {FIRST_EPOCH: founded.epoch_key})
        identity = Identity(founded.keys, keyring)
        links = tuple(made.link for made in founded.links)
        collection = self._make(wish, identity, links, founded=founded)
        return Created(collection, founded.words)

    def join(self, joined: Joined, wish: Wish, fill: Fill | None = None) -> Collection:
        """Make this computer's copy of a collection that it was let into or restored.

        The first sync fills it, or ``fill`` does, before anybody sees it; what that raises leaves
        nothing behind.
        """
        return self._make(wish, joined.identity, joined.links, joined=joined, fill=fill)

    def open(self, folder: Path, password: str, *, remember: bool = False) -> Collection:
        """Open a collection; raise WrongPasswordError or what the vault raises.

        With ``remember`` its key goes into the keychain; KeychainClosedError if that refuses.
        """
        surroundings = self._machine.surroundings
        vault = Vault.unlock(folder, password, surroundings, anchors=self._anchors(folder))
        with ExitStack() as undoing:
            undoing.callback(vault.close)
            self._tell_if_put_back(vault)
            if remember and self._machine.keychain is not None:
                self._machine.keychain.keep(str(folder), vault.key)
            collection = self._opened(vault, remembered=remember and self.can_remember)
            undoing.pop_all()
        return collection

    def restore(self, backup: Backup, wish: Wish, progress: Progress = UNWATCHED) -> Restoration:
        """Make a collection of a backup, beside whatever else there is.

        Raises what opens a backup or a vault may raise, and StoppedError.
        """
        name, machine = name_of(wish.name), self._machine
        key = (key_by_words if backup.by_kit else key_by_password)(backup.file, backup.secret)
        folder = self.known.free_folder(name)
        folder.parent.mkdir(parents=True, exist_ok=True)
        self._forget_former(folder)
        done = restore(
            backup.file, key, folder, wish.password, machine.surroundings, progress=progress
        )
        with ExitStack() as undoing:
            undoing.callback(shutil.rmtree, folder, ignore_errors=True)
            vault = Vault.unlock(
                folder, wish.password, machine.surroundings, anchors=self._anchors(folder)
            )
            undoing.callback(vault.close)
            collection = self._opened(vault, remembered=False, called=name)
            collection.backups.forget()
            undoing.pop_all()
        return Restoration(collection, done.missing, whole=done.whole, lacking=done.lacking)

    def mender(self, collection: Collection) -> Callable[[], Mended]:
        """Return what tells an open collection again from its history, once it is closed.

        That raises DamagedVaultError if not even the device's secrets can be read.
        """
        key, keyring = collection.opening()
        return partial(self._mend, collection.folder, key, keyring)

    def repair(self, folder: Path, password: str) -> Mended:
        """Tell a collection again that cannot be opened; without a password the keychain has a key.

        Raises WrongPasswordError, KeychainClosedError, what the vault raises, and DamagedVaultError
        if not even the device's secrets can be read.
        """
        kept = None
        if not password and self._machine.keychain is not None:
            kept = self._machine.keychain.fetch(str(folder))
        return self._mend(folder, kept or read_key(folder, password), None)

    def _mend(self, folder: Path, key: bytes, keyring: Keyring | None) -> Mended:
        surroundings = self._machine.surroundings
        done = repair(folder, key, keyring, surroundings)
        vault = Vault.open_with_key(folder, key, surroundings, anchors=self._anchors(folder))
        return Mended(self._opened(vault, remembered=False), done.entries + done.rows)

    def open_remembered(self, folder: Path) -> Collection | None:
        """Open a collection without a password; None if the keychain has no key for it.

        Raise KeychainClosedError or what the vault raises.
        """
        keychain = self._machine.keychain
        key = None if keychain is None else keychain.fetch(str(folder))
        if key is None:
            return None
        surroundings = self._machine.surroundings
        vault = Vault.open_with_key(folder, key, surroundings, anchors=self._anchors(folder))
        self._tell_if_put_back(vault)
        return self._opened(vault, remembered=True)

    def _tell_if_put_back(self, vault: Vault) -> None:
        """Keep for the screens that this folder is a copy, or older than it was left."""
        if vault.put_back:
            findings = Findings(
                vault.secrets, Source.OPENING, self._machine.surroundings.now_millis
            )
            findings.found(Notice.COPIED)
            findings.settle()

    def forget(self, folder: Path) -> None:
        """Ask for the password from now on; raise KeychainClosedError."""
        if self._machine.keychain is not None:
            self._machine.keychain.drop(str(folder))
        self.known.put(replace(self.known.find(folder), remembered=False))

    def _forget(self, collection: Collection) -> None:
        self.forget(collection.folder)
        collection.forget_key = None

    def _make(
        self,
        wish: Wish,
        identity: Identity,
        links: tuple[bytes, ...],
        *,
        founded: Founded | None = None,
        joined: Joined | None = None,
        fill: Fill | None = None,
    ) -> Collection:
        """Make a vault with its secrets; leave nothing behind if any of it fails."""
        name = name_of(wish.name)
        folder = self.known.free_folder(name)
        folder.parent.mkdir(parents=True, exist_ok=True)
        self._forget_former(folder)
        tenant, device = identity.keyring.tenant, identity.keys.device
        with ExitStack() as undoing:
            undoing.callback(shutil.rmtree, folder, ignore_errors=True)
            vault = Vault.create(
                folder,
                wish.password,
                tenant,
                device,
                self._machine.surroundings,
                anchors=self._anchors(folder),
            )
            undoing.callback(vault.close)
            keep_identity(vault.secrets, identity)
            vault.log.absorb([], links)
            beginnings = [self._introduction(device)]
            if founded is not None:
                keep_founding(vault.secrets, founded.links)
                beginnings += [setting(NAME, name), setting(SKIN, wish.skin)]
            if joined is not None:
                keep_server(vault.secrets, joined.server)
                keep_promise(vault.secrets, joined.heads)
                keep_founding(vault.secrets, joined.founding)
                keep_beside(vault.secrets, joined.beside)
            vault.apply("Begin", beginnings, undoable=False)
            if fill is not None:
                fill(vault)
            self.known.put(KnownCollection(name, folder, wish.skin))
            collection = self._opened(vault, remembered=False)
            if wish.sample:
                drafts = sample_drafts(self._reference, wish.currency)
                collection.copies.add_many("Lay out the sample", drafts)
            undoing.pop_all()
        return collection

    def _anchors(self, folder: Path) -> AnchorPlace | None:
        """Return where to remember how far a collection came; None for its own folder."""
        keychain = self._machine.keychain
        if keychain is None:
            return None
        return AnchorInKeychain(keychain, _anchor_name(folder), AnchorFile(folder / ANCHOR))

    def _forget_former(self, folder: Path) -> None:
        """Drop what the keychain still holds of a collection that once lay in a folder."""
        if self._machine.keychain is not None:
            with suppress(KeychainClosedError):
                self._machine.keychain.drop(str(folder))
                self._machine.keychain.drop(_anchor_name(folder))

    def _introduction(self, device: DeviceId) -> Operation:
        """Return what tells the collector's other devices the name of this one."""
        fields = {"name": self._machine.device_name, "platform": self._machine.platform}
        return Put(Kind.DEVICE, device_record(device), fields)

    def _opened(self, vault: Vault, *, remembered: bool, called: str = "") -> Collection:
        """Put an open vault before the screens, and note when. ``called``: its own name here."""
        known, machine = self.known.find(vault.folder), self._machine
        if called:
            keep_name_here(vault.secrets, called)
        entry = KnownCollection(
            name=name_here(vault.secrets) or read_setting(vault.records, NAME, known.name),
            folder=vault.folder,
            skin=read_setting(vault.records, SKIN, known.skin),
            opened=machine.surroundings.now_millis(),
            remembered=remembered or known.remembered,
        )
        self.known.put(entry)
        collection = Collection(
            vault, self._reference, machine.imaging, machine.surroundings, entry.name
        )
        syncing = None if self._connect is None else self._connect(vault, collection)
        if syncing is not None:
            collection.follow(syncing)
        if entry.remembered:
            collection.forget_key = partial(self._forget, collection)
        return collection


def _anchor_name(folder: Path) -> str:
    return f"anchor of {folder}"
