"""Which window is on the screen: first run, unlock, or the open collections."""

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop.collection.known import KnownCollection, KnownCollections
from desktop.ui.errand import Errand
from desktop.ui.first_run.beginnings import (
    BackupFile,
    Begun,
    ComingBack,
    Damage,
    Joining,
    JoiningByFiles,
    Stop,
    Tell,
    Trouble,
    Verdict,
    Wanted,
)
from desktop.ui.first_run.link import BadLinkError, Link
from desktop.ui.first_run.window import FirstRunWindow
from desktop.ui.kit.kit import Reading
from desktop.ui.look import Look
from desktop.ui.look.packs import bundled
from desktop.ui.unlock.window import UnlockWindow
from desktop.ui.window.wardrobe import system_scheme, system_text_scale
from shared.skins.tokens import Skin

if TYPE_CHECKING:  # slow to import; the unlock window is on the screen before it is there
    from desktop.application.keeper import Keeper
    from desktop.collection.collection import Collection
    from desktop.ui.window.main_window import MainWindow


BUNDLE_WAITS = (
    "This bundle is taken in once the collection that it belongs to is open. Unlock that one."
)


class Desk(QObject):
    """Opens and closes windows. ``keeper`` arrives once the data layer is loaded."""

    def __init__(self, known: KnownCollections, keeper: "Future[Keeper]") -> None:
        super().__init__()
        self._known = known
        self._keeper = keeper
        self._door: QWidget | None = None
        self._windows: dict[Path, MainWindow] = {}
        self._bundle: Path | None = None

    def start(self, folder: Path | None = None) -> None:
        """Show the first window: that of a folder, else of the collection opened last."""
        known = self._known.all()
        if folder is not None:
            self.visit(folder)
        elif known:
            self._visit(known[0])
        else:
            self.show_first_run()

    def visit(self, folder: Path) -> None:
        """Go to the collection in a folder, which may be open, known, or new to this computer."""
        if folder in self._windows:
            _raise(self._windows[folder])
        else:
            self._visit(self._known.find(folder))

    def follow(self, text: str) -> None:
        """Ask about what a link from a web page wants; it does nothing by itself."""
        try:
            link = Link.parse(text)
        except BadLinkError as error:
            if self._door is None and not self._windows:
                self.start()
            self.come_forward()
            self.tell(error.__doc__ or "")
            return
        window = self._first_run()
        window.follow(link, has_collections=bool(self._known.all()))
        self._show_door(window)
        _raise(window)

    def receive(self, bundle: Path) -> None:
        """Take a bundle in where it belongs: now, or once that collection is open."""
        self._bundle = bundle
        if not any(self._hand_over(window) for window in self._windows.values()):
            if self._door is None and not self._windows:
                self.start()
            self.come_forward()
            self.tell(BUNDLE_WAITS)

    def _hand_over(self, window: "MainWindow") -> bool:
        """Give a bundle that waits to a collection; false if it is not for that one."""
        if self._bundle is None or not window.exchange.care.is_ours(self._bundle):
            return False
        bundle, self._bundle = self._bundle, None
        window.pages.show_exchange()
        window.exchange.open_bundle(bundle)
        _raise(window)
        return True

    def come_forward(self) -> None:
        """Bring what is on the screen to the front."""
        for window in (*self._windows.values(), self._door):
            if window is not None and window.isVisible():
                _raise(window)

    def tell(self, sentence: str) -> None:
        """Say in every window that something went wrong inside."""
        for window in self._windows.values():
            window.panels.bar.warn(sentence)
        if isinstance(self._door, UnlockWindow):
            self._door.refuse(sentence)
        elif isinstance(self._door, FirstRunWindow):
            self._door.say(sentence)

    def show_first_run(self) -> None:
        """Show the five doors."""
        self._show_door(self._first_run())

    def _first_run(self) -> FirstRunWindow:
        window = FirstRunWindow(_Late(self._keeper), bundled())
        window.begun.connect(lambda begun: self._open_new(window, begun))
        window.elsewhere.connect(self._choose_another)
        return window

    def _visit(self, known: KnownCollection) -> None:
        """Ask for the password, unless the keychain keeps the key."""
        unlock = self._show_unlock(known)
        if known.remembered:
            unlock.wait(waiting=True)
            self._send(unlock, lambda: self._keeper.result().unlock_remembered(known.folder))

    def _show_unlock(self, first: KnownCollection) -> UnlockWindow:
        others = [known for known in self._known.all() if known.folder != first.folder]
        look = Look(Skin(), system_scheme(), system_text_scale())
        unlock = UnlockWindow([first, *others], look)
        unlock.asked.connect(
            lambda folder, password, remember: self._send(
                unlock,
                lambda: self._keeper.result().unlock(folder, password, remember=remember),
            )
        )
        unlock.repair_wanted.connect(
            lambda folder, password: self._send(
                unlock, lambda: self._keeper.result().repair(folder, password)
            )
        )
        unlock.backup_wanted.connect(self._open_backup)
        unlock.elsewhere.connect(self.show_first_run)
        Errand(
            unlock,
            lambda: self._keeper.result().can_remember,
            then=unlock.offer_to_remember,
            failed=lambda _error: None,
        )
        self._show_door(unlock)
        return unlock

    def _send(self, unlock: UnlockWindow, work: Callable[[], Begun | Trouble | None]) -> None:
        def arrived(outcome: Begun | Trouble | None) -> None:
            trouble = self._open(outcome) if isinstance(outcome, Begun) else outcome
            if trouble is not None and trouble.damage is not Damage.NONE:
                unlock.offer_remedies(trouble.sentence, repair=trouble.damage is Damage.FILE)
            elif trouble is not None or outcome is None:
                unlock.refuse(trouble.sentence if trouble else "")

        Errand(unlock, work, then=arrived, failed=lambda _error: unlock.refuse(""))

    def _open(self, begun: Begun) -> Trouble | None:
        """Put an open collection on the screen in place of the door, unless it is damaged."""
        keeper = self._keeper.result()
        collection = begun.collection
        window = keeper.window(collection)
        if isinstance(window, Trouble):
            return window
        folder = collection.folder
        self._windows[folder] = window
        window.lock_wanted.connect(lambda: self._lock(folder))
        window.another_wanted.connect(self._choose_another)
        window.restore_wanted.connect(self._open_backup)
        window.repair_wanted.connect(lambda: self._repair(folder))
        window.closed.connect(lambda: self._closed(folder, collection))
        window.show()
        window.activateWindow()
        if begun.notice:
            window.panels.bar.warn(begun.notice)
        self._hand_over(window)
        self._show_door(None)
        return None

    def _open_new(self, door: FirstRunWindow, begun: Begun) -> None:
        text_scale = door.text_scale
        trouble = self._open(begun)
        if trouble is not None:
            door.say(trouble.sentence)
        else:
            self._windows[begun.collection.folder].wardrobe.write(text_scale)

    def _lock(self, folder: Path) -> None:
        """Close a collection and ask for its password, even if the keychain keeps the key."""
        self._show_unlock(self._known.find(folder))
        self._windows[folder].close()

    def _open_backup(self) -> None:
        """Let a backup become a collection beside those that are open."""
        door = self._first_run()
        door.open_backup()
        self._show_door(door)
        _raise(door)

    def _repair(self, folder: Path) -> None:
        """Close a collection, tell it again from its history, and open it."""
        window = self._windows[folder]
        mend = self._keeper.result().mender(window.live.collection)
        unlock = self._show_unlock(self._known.find(folder))
        unlock.wait(waiting=True)
        window.close()
        self._send(unlock, mend)

    def _choose_another(self) -> None:
        open_now = set(self._windows)
        closed = [known for known in self._known.all() if known.folder not in open_now]
        if closed:
            self._show_unlock(closed[0])
        else:
            self.show_first_run()

    def _closed(self, folder: Path, collection: "Collection") -> None:
        window = self._windows.pop(folder)
        self._keeper.result().close(collection)
        window.deleteLater()

    def _show_door(self, door: QWidget | None) -> None:
        old, self._door = self._door, door
        if door is not None:
            door.show()
        if old is not None:
            old.close()
            old.deleteLater()


class _Late:
    """The five doors before the data layer is there: each waits for it, away from the screen."""

    def __init__(self, keeper: "Future[Keeper]") -> None:
        self._keeper = keeper

    def judge(self, server: str, name: str) -> Verdict:
        """Say whether a name can be had at a server."""
        return self._keeper.result().judge(server, name)

    def create(self, wanted: Wanted) -> Begun | Trouble:
        """Make a new collection."""
        return self._keeper.result().create(wanted)

    def pair(self, server: str) -> Joining | Trouble:
        """Begin to join."""
        return self._keeper.result().pair(server)

    def pair_by_files(self) -> JoiningByFiles:
        """Begin to join without a server."""
        return self._keeper.result().pair_by_files()

    def restore(self, kit: Reading, wanted: Wanted) -> Begun | Trouble:
        """Bring a collection back from its emergency kit."""
        return self._keeper.result().restore(kit, wanted)

    def find(self, words: str, place: Path) -> ComingBack | Trouble:
        """Find a collection in a folder or a bundle, by the words of its kit."""
        return self._keeper.result().find(words, place)

    def restore_backup(
        self, backup: BackupFile, wanted: Wanted, tell: Tell, stop: Stop
    ) -> Begun | Trouble:
        """Make a collection of a backup."""
        return self._keeper.result().restore_backup(backup, wanted, tell, stop)

    def look_around(self) -> Begun | Trouble:
        """Make the sample."""
        return self._keeper.result().look_around()


def _raise(window: QWidget) -> None:
    window.showNormal()
    window.raise_()
    window.activateWindow()
