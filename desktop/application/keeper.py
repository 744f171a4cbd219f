"""Opens, makes and brings back collections, and makes their windows.

Importing this brings the data layer along, which is slow: ``desktop.application.main`` does so
in a thread while the first window is on the screen already. Everything but ``window`` waits, and
is called away from the screen; what the world prevents comes back as a ``Trouble``.
"""

import os
import platform
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDate, QLocale

from desktop.collection.collection import Collection
from desktop.collection.errors import EXPECTED, sentence
from desktop.collection.known import KnownCollections
from desktop.collection.library import SKIN, Library, Machine, Wish
from desktop.collection.reference.catalogue import Reference, load
from desktop.drawing.imaging import QtImaging
from desktop.system.keychain import find_keychain
from desktop.ui.first_run.beginnings import Begun, Trouble, Wanted
from desktop.ui.kit.kit import Kit
from desktop.ui.live import LiveCollection
from desktop.ui.look.packs import bundled, bundled_skin
from desktop.ui.notation import Notation, system_locale
from desktop.ui.window.main_window import MainWindow
from desktop.vault.vault import Surroundings

SAMPLE = "Sample"
NAMELESS = "This computer"


class Keeper:
    """The library, as the screens before the main window see it."""

    def __init__(
        self,
        known: KnownCollections,
        reference: Reference,
        machine: Machine,
        locale: QLocale,
    ) -> None:
        self._reference, self._machine = reference, machine
        self._library = Library(known, reference, machine)
        self._notation = Notation(locale)
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
            return Trouble(sentence(error))
        return None if collection is None else Begun(collection)

    def create(self, wanted: Wanted) -> Begun | Trouble:
        """Make a new collection with its emergency kit."""
        try:
            created = self._library.create(Wish(wanted.name, wanted.password, wanted.skin))
        except EXPECTED as error:
            return Trouble(sentence(error))
        collection = created.collection
        today = self._notation.day(QDate.currentDate())
        kit = Kit(collection.name, created.words, collection.tenant.hex(), "", today)
        return Begun(collection, kit)

    def look_around(self) -> Begun | Trouble:
        """Make the sample in a folder that goes away when its window is closed."""
        folder = Path(tempfile.mkdtemp(prefix="swingtag-sample-"))
        self._samples.append(folder)
        library = Library(
            KnownCollections(folder / "known.json", folder), self._reference, self._machine
        )
        wish = Wish(SAMPLE, secrets.token_hex(), sample=True, currency=self._notation.currency)
        return _begun(lambda: library.create(wish).collection)

    def window(self, collection: Collection) -> MainWindow:
        """Make the window of an open collection, in its own skin."""
        skin = bundled_skin(collection.settings.get(SKIN, "classic"))
        return MainWindow(LiveCollection(collection), self._notation, bundled(), skin)

    def close(self, collection: Collection) -> None:
        """Close a collection; a sample is thrown away."""
        collection.close()
        folder = collection.folder.parent
        if folder in self._samples:
            self._samples.remove(folder)
            shutil.rmtree(folder, ignore_errors=True)


def build_keeper(known: KnownCollections) -> Keeper:
    """Put together what opens collections on this computer."""
    machine = Machine(
        Surroundings(lambda: time.time_ns() // 1_000_000, os.urandom),
        find_keychain(),
        QtImaging(),
        platform.node() or NAMELESS,
        platform.system(),
    )
    return Keeper(known, load(), machine, system_locale())


def _begun(open_collection: Callable[[], Collection]) -> Begun | Trouble:
    try:
        return Begun(open_collection())
    except EXPECTED as error:
        return Trouble(sentence(error))
