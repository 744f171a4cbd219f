"""Opens, makes and brings back collections, and makes their windows.

Importing this brings the data layer along, which is slow: ``desktop.application.main`` does so
in a thread while the first window is on the screen already. Everything but ``window`` waits, and
is called away from the screen; what the world prevents comes back as a ``Trouble``.
"""

import os
import platform
import random
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDate, QLocale

from desktop.application.joining import Arrival, ArrivalByFiles
from desktop.application.online import Connection, judge
from desktop.application.returning import Returning
from desktop.collection.backups import Progress
from desktop.collection.collection import Collection
from desktop.collection.errors import EXPECTED, sentence
from desktop.collection.known import KnownCollections
from desktop.collection.library import SKIN, Backup, Library, Machine, Mended, Wish
from desktop.collection.reference.catalogue import Reference, load
from desktop.drawing.imaging import QtImaging
from desktop.sync.courier import open_http
from desktop.sync.network import Network
from desktop.sync.rhythm import Rhythm
from desktop.sync.worker import Worker
from desktop.system.keychain import Keychain
from desktop.system.paths import device_name
from desktop.ui.first_run.beginnings import (
    BackupFile,
    Begun,
    Damage,
    Stop,
    Tell,
    Trouble,
    Verdict,
    Wanted,
)
from desktop.ui.kit.kit import Kit, Reading
from desktop.ui.live import LiveCollection
from desktop.ui.look.packs import bundled, bundled_skin
from desktop.ui.notation import Notation, system_locale
from desktop.ui.window.main_window import MainWindow
from desktop.vault.errors import DamagedVaultError
from desktop.vault.vault import Surroundings, Vault
from shared.crypto.unlock import DamagedUnlockError
from shared.ids import tenant_id

SAMPLE = "Sample"
NAMELESS = "This computer"
NOT_SIGNED_UP = "The collection is there, but was not signed up."
NO_SUCH_FILE = "That backup is no longer there. Plug in its disk, or choose another file."
PART_OF_A_BACKUP = (
    "The backup is damaged. All that could be read of it is here; see whether an older backup has "
    "the rest."
)
WITHOUT_A_PICTURE = (
    "1 picture was not in the backup. A sync brings it, if another device or the server has it."
)
WITHOUT_PICTURES = (
    "{} pictures were not in the backup. A sync brings them, if another device or the server has "
    "them."
)
MENDED = "The collection was built again from its history. The damaged file lies beside it."
LACKING = "Parts of the history are damaged; a sync fetches them from your other devices."
NO_MEMORY = (
    "This computer has too little memory left. What was saved is safe; close other programs and "
    "try again."
)
DAMAGED = (
    "The collection's file is damaged. Swingtag can build it again from its history, and keeps the "
    "damaged file beside it."
)
BEYOND = (
    "This collection is damaged beyond repair here. A backup, another device or the emergency kit "
    "brings it back. Do not delete the damaged one before that."
)
NO_SUCH_ID = (
    "That is no collection id. It has 64 letters from 0 to 9 and a to f; compare it with the sheet."
)


class Keeper:
    """The library and the network, as the screens before the main window see them."""

    def __init__(
        self,
        known: KnownCollections,
        reference: Reference,
        machine: Machine,
        network: Network,
        locale: QLocale,
    ) -> None:
        self._reference, self._machine, self._network = reference, machine, network
        self._library = Library(known, reference, machine, self._connect)
        self._notation = Notation(locale)
        self._connections: dict[Path, Connection] = {}
        self._samples: list[Path] = []

    @property
    def can_remember(self) -> bool:
        """Whether this computer has a keychain that may keep a collection's key."""
        return self._library.can_remember

    def unlock(self, folder: Path, password: str, *, remember: bool) -> Begun | Trouble:
        """Open a collection with its password."""
        return _begun(lambda: self._library.open(folder, password, remember=remember))

    def unlock_remembered(self, folder: Path) -> Begun | Trouble | None:
        """Open a collection whose key the keychain keeps; None if it does not."""
        try:
            collection = self._library.open_remembered(folder)
        except EXPECTED as error:
            return _trouble(error)
        return None if collection is None else Begun(collection)

    def repair(self, folder: Path, password: str) -> Begun | Trouble:
        """Tell a damaged collection again; without a password its key is in the keychain."""
        try:
            return _mended(self._library.repair(folder, password))
        except DamagedVaultError:
            return Trouble(BEYOND, Damage.BEYOND)
        except EXPECTED as error:
            return _trouble(error)

    def create(self, wanted: Wanted) -> Begun | Trouble:
        """Make a new collection with its emergency kit, and sign it up if a server is wanted."""
        try:
            created = self._library.create(Wish(wanted.name, wanted.password, wanted.skin))
        except EXPECTED as error:
            return Trouble(sentence(error))
        collection = created.collection
        connection = self._connections[collection.folder]
        trouble = connection.sign_up(wanted.server) if wanted.server else None
        kit = Kit(
            collection.name,
            created.words,
            collection.tenant.hex(),
            connection.server,
            self._notation.day(QDate.currentDate()),
            collection.kit.mark,
        )
        collection.kit.made()
        return Begun(collection, kit, f"{NOT_SIGNED_UP} {trouble.sentence}" if trouble else "")

    def judge(self, server: str, name: str) -> Verdict:
        """Say whether a name can be had at a server."""
        return judge(self._network, server, name)

    def pair(self, server: str) -> Arrival | Trouble:
        """Begin to join a collection from this device."""
        try:
            return Arrival(self._network, self._library, server)
        except EXPECTED as error:
            return Trouble(sentence(error))

    def pair_by_files(self) -> ArrivalByFiles:
        """Begin to join a collection from this device, without a server."""
        return ArrivalByFiles(self._network.asking(), self._library)

    def restore(self, kit: Reading, wanted: Wanted) -> Begun | Trouble:
        """Bring a collection back from its emergency kit."""
        try:
            tenant = tenant_id(bytes.fromhex(kit.tenant))
        except ValueError:
            return Trouble(NO_SUCH_ID)

        def restored() -> Collection:
            joined = self._network.recover(kit.words, tenant, kit.server)
            collection = self._library.join(joined, Wish(wanted.name, wanted.password))
            collection.kit.restored = True
            return collection

        return _begun(restored)

    def find(self, words: str, place: Path) -> Returning | Trouble:
        """Find a collection in a folder or a bundle, by the words of its kit."""
        returning = Returning(self._network, self._library, words, place)
        return returning.look() or returning

    def restore_backup(
        self, backup: BackupFile, wanted: Wanted, tell: Tell, stop: Stop
    ) -> Begun | Trouble:
        """Make a collection of a backup, beside whatever else there is."""
        source = Backup(backup.path, backup.secret, by_kit=backup.by_kit)
        try:
            done = self._library.restore(
                source, Wish(wanted.name, wanted.password), Progress(tell, stop)
            )
        except FileNotFoundError:
            return Trouble(NO_SUCH_FILE)
        except EXPECTED as error:
            return Trouble(sentence(error))
        notices = [PART_OF_A_BACKUP] * (not done.whole)
        if done.lacking:
            notices.append(WITHOUT_A_PICTURE if done.lacking == 1 else self._without(done.lacking))
        return Begun(done.collection, notice=" ".join(notices))

    def _without(self, pictures: int) -> str:
        return WITHOUT_PICTURES.format(self._notation.count(pictures))

    def mender(self, collection: Collection) -> Callable[[], Begun | Trouble]:
        """Return what tells an open collection again from its history, once it is closed."""
        mend = self._library.mender(collection)

        def mended() -> Begun | Trouble:
            try:
                return _mended(mend())
            except DamagedVaultError:
                return Trouble(BEYOND, Damage.BEYOND)
            except EXPECTED as error:
                return _trouble(error)

        return mended

    def explain(self, error: BaseException) -> str:
        """Return the sentence of what the world can do; empty for a fault of the program."""
        if isinstance(error, MemoryError):
            return NO_MEMORY
        return sentence(error) if isinstance(error, EXPECTED) else ""

    def look_around(self) -> Begun | Trouble:
        """Make the sample in a folder that goes away when its window is closed."""
        folder = Path(tempfile.mkdtemp(prefix="swingtag-sample-"))
        self._samples.append(folder)
        known = KnownCollections(folder / "known.json", folder)
        library = Library(known, self._reference, self._machine, self._connect)
        wish = Wish(SAMPLE, secrets.token_hex(), sample=True, currency=self._notation.currency)
        return _begun(lambda: library.create(wish).collection)

    def window(self, collection: Collection) -> MainWindow | Trouble:
        """Make the window of an open collection, in its own skin; close one that is damaged."""
        live, online = LiveCollection(collection), self._connections[collection.folder]
        try:
            skin = bundled_skin(collection.settings.get(SKIN, "classic"))
            return MainWindow(live, online, self._notation, bundled(), skin)
        except EXPECTED as error:
            live.stop()
            if half_made := live.parent():
                half_made.deleteLater()  # it would go on watching what is closed now
            self.close(collection)
            return _trouble(error)

    def close(self, collection: Collection) -> None:
        """Close a collection; a sample is thrown away."""
        self._connections.pop(collection.folder).cancel()
        collection.close()
        folder = collection.folder.parent
        if folder in self._samples:
            self._samples.remove(folder)
            shutil.rmtree(folder, ignore_errors=True)

    def _connect(self, vault: Vault, collection: Collection) -> Worker | None:
        """Keep the way to the server at hand, and sync if there is one."""
        connection = Connection(self._network, vault, collection)
        self._connections[vault.folder] = connection
        return connection.start()


def build_keeper(known: KnownCollections, keychain: Keychain | None) -> Keeper:
    """Put together what opens collections on this computer."""
    surroundings = Surroundings(lambda: time.time_ns() // 1_000_000, os.urandom)
    machine = Machine(
        surroundings,
        keychain,
        QtImaging(),
        device_name(os.environ, platform.node()) or NAMELESS,
        platform.system(),
    )
    network = Network(open_http(), surroundings, Rhythm(time.monotonic, random.random))
    return Keeper(known, load(), machine, network, system_locale())


def _begun(open_collection: Callable[[], Collection]) -> Begun | Trouble:
    try:
        return Begun(open_collection())
    except EXPECTED as error:
        return _trouble(error)


def _mended(done: Mended) -> Begun:
    return Begun(done.collection, notice=f"{MENDED} {LACKING}" if done.lost else MENDED)


def _trouble(error: Exception) -> Trouble:
    """Say what happened, and whether the collection must be told again or brought back."""
    if isinstance(error, DamagedVaultError):
        return Trouble(DAMAGED, Damage.FILE)
    if isinstance(error, DamagedUnlockError):
        return Trouble(sentence(error), Damage.BEYOND)
    return Trouble(sentence(error))
