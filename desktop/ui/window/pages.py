"""The pages that take the list's place: devices, settings, about; others bring their own."""

from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QObject

from desktop.collection.library import SKIN
from desktop.collection.values import LaidAside
from desktop.ui.backups.page import BackupsPage
from desktop.ui.devices.exchange_page import ExchangePage
from desktop.ui.devices.files_page import FilesPage
from desktop.ui.devices.late_page import LatePage
from desktop.ui.devices.leave_page import LeavePage
from desktop.ui.devices.move_page import MovePage
from desktop.ui.devices.online import Online
from desktop.ui.devices.page import DevicesPage
from desktop.ui.devices.removed_page import KEPT_REMOVED, RemovedPage
from desktop.ui.devices.server_page import ServerPage
from desktop.ui.devices.welcome import WelcomePage
from desktop.ui.kit.change import ChangePage
from desktop.ui.kit.drill import DrillPage
from desktop.ui.kit.restored import RestoredPage
from desktop.ui.look import dress
from desktop.ui.page import Page
from desktop.ui.settings.about import AboutPage
from desktop.ui.settings.page import SettingsPage
from desktop.ui.settings.photos import PhotosForm
from shared.skins.tokens import Skin

if TYPE_CHECKING:  # the window owns its pages
    from desktop.ui.window.main_window import MainWindow

_PLAIN = (
    DevicesPage,
    LatePage,
    RemovedPage,
    WelcomePage,
    ExchangePage,
    FilesPage,
    ServerPage,
    MovePage,
    LeavePage,
    DrillPage,
    ChangePage,
    RestoredPage,
)


class Pages(QObject):
    """Makes a page when it is wanted, and throws it away when another one is."""

    def __init__(self, window: "MainWindow", online: Online, skins: Sequence[Skin]) -> None:
        super().__init__(window)
        self._window = window
        self._online = online
        self._skins = skins
        self._shown: Page | None = None
        self._refresh: Callable[[], None] = _nothing
        window.wardrobe.dressed.connect(self._dress)

    def leave(self) -> None:
        """Show the list again; the keyboard stays where it is."""
        self._replace(None, _nothing)

    def show_list(self) -> None:
        """Go back to the list."""
        self.leave()
        self._window.panels.list.shelf.setFocus()

    def show(
        self,
        page: Page,
        refresh: Callable[[], None] | None = None,
        back: Callable[[], None] | None = None,
    ) -> None:
        """Show a page. ``refresh`` lets it show what is new, ``back`` leads back from it."""
        self._replace(page, refresh or _nothing, back)

    def show_devices(self) -> None:
        """List the devices."""
        collection = self._window.live.collection
        roster = collection.roster
        page = DevicesPage(
            self._online, self._window.notation, roster.words, lambda: collection.status.waiting
        )
        self._window.live.synced.connect(page.follow)
        page.add_wanted.connect(self.show_welcome)
        page.files_wanted.connect(self.show_files)
        page.signed_up.connect(self.show_devices)
        page.server_wanted.connect(self.show_server)
        page.move_wanted.connect(self.show_move)
        page.leave_wanted.connect(self.show_leave)
        page.exchange_wanted.connect(self.show_exchange)
        page.kit_wanted.connect(self.show_drill)
        page.followed.connect(lambda again: self._attempt(partial(roster.follow, again=again)))
        page.late_wanted.connect(self.show_late)
        page.new_kit_wanted.connect(self.show_kit_change)
        page.renamed.connect(
            lambda device, name: self._attempt(partial(roster.rename, device, name))
        )
        page.recognised.connect(lambda device: self._attempt(partial(roster.recognise, device)))
        page.excused.connect(lambda device: self._attempt(partial(roster.excuse, device)))
        page.removed.connect(lambda device: self._attempt(partial(roster.remove, device)))
        page.kept.connect(lambda device: self._attempt(partial(roster.keep, device)))
        page.granted.connect(
            lambda device, rights: self._attempt(partial(roster.grant, device, rights))
        )

        def refresh() -> None:
            state, fork = collection.kit.state, roster.fork()
            elsewhere = collection.whereabouts.elsewhere
            page.show_devices(roster.cards(), roster.former(), state, fork, elsewhere)
            page.show_parting(roster.parting())

        self._replace(page, refresh)

    def show_removed(self) -> None:
        """Say that this device was removed, and what can be done."""
        window, settings = self._window, self._window.live.collection.settings
        page = RemovedPage(window.live.collection.status.waiting)
        page.export_wanted.connect(self.show_backups)
        page.rejoin_wanted.connect(window.another_wanted)

        def keep() -> None:
            settings.put_here(KEPT_REMOVED, "yes")
            self.show_list()

        page.kept.connect(keep)
        self._replace(page, _nothing)

    def show_late(self) -> None:
        """List what was set aside when a device was removed."""
        window = self._window
        late = window.live.collection.late
        page = LatePage(window.panels.wording, window.notation)

        def adopt(chosen: Sequence[LaidAside]) -> None:
            if self._window.live.attempt(lambda: late.adopt(chosen)) is not None:
                window.panels.bar.tell("Adopted.", action="Undo", run=window.deeds.undo)

        page.adopted.connect(adopt)
        self._replace(page, lambda: page.show_pieces(late.pieces()), back=self.show_devices)

    def show_server(self) -> None:
        """Say what the server knows."""
        page = ServerPage(self._online, self._window.notation)
        self._replace(page, _nothing, back=self.show_devices)

    def show_move(self) -> None:
        """Let the collection go to another server."""
        live = self._window.live
        page = MovePage(self._online, live.collection.photos_here.missing)
        page.follow(live.collection.status)
        live.synced.connect(page.follow)
        page.moved.connect(self._moved)
        self._replace(page, _nothing, back=self.show_devices)

    def show_leave(self) -> None:
        """Let this device go on without a server."""
        page = LeavePage(self._online, self._window.live.collection.photos_here.missing)
        page.gone.connect(self.show_devices)
        self._replace(page, _nothing, back=self.show_devices)

    def _moved(self) -> None:
        self._window.panels.bar.tell("This device syncs at the other server now.")
        self.show_devices()

    def show_exchange(self) -> None:
        """Show how devices exchange without a server."""
        window = self._window
        watch, collection = window.exchange, window.live.collection
        page = ExchangePage(watch, window.notation, lambda: collection.name)

        def choose(folder: Path) -> None:
            self._attempt(partial(watch.care.choose, folder))
            if watch.care.state.folder == str(folder):
                watch.exchange()
            page.refresh()

        def leave() -> None:
            watch.care.leave()
            page.refresh()

        page.chosen.connect(choose)
        page.dropped.connect(leave)
        self._replace(page, page.refresh, back=self.show_devices)

    def show_drill(self) -> None:
        """Let the emergency kit be tried."""
        page = DrillPage(self._window.live.collection.kit.try_kit)
        self._replace(page, _nothing, back=self.show_devices)

    def show_kit_change(self) -> None:
        """Let a new emergency kit take the old one's place."""
        today = self._window.notation.day(QDate.currentDate())
        page = ChangePage(self._online.new_kit, today)
        page.kept.connect(self._window.live.collection.kit.made)
        page.drill_wanted.connect(self.show_drill)
        self._replace(page, _nothing, back=self.show_devices)

    def show_restored(self) -> None:
        """Ask whether all came back."""
        collection, window = self._window.live.collection, self._window
        newest = collection.roster.newest()
        page = RestoredPage(newest, collection.kit.judge_mark, window.notation)

        def finish() -> None:
            collection.kit.restored = False
            self.show_list()

        page.done.connect(finish)
        self._replace(page, _nothing)

    def show_welcome(self) -> None:
        """Let another device in."""
        page = WelcomePage(self._online)
        page.admitted.connect(self._admitted)
        page.files_wanted.connect(self.show_files)
        self._replace(page, _nothing, back=self.show_devices)

    def show_files(self) -> None:
        """Let another device in, without a server."""
        page = FilesPage(self._online)
        page.admitted.connect(self._admitted)
        page.exchange_wanted.connect(self.show_exchange)
        self._replace(page, _nothing, back=self.show_devices)

    def show_settings(self) -> None:
        """Show the settings."""
        window = self._window
        collection = window.live.collection
        page = SettingsPage(
            self._skins,
            window.wardrobe.skin.name,
            collection.change_password,
            collection.forget_key,
            PhotosForm(collection.photos_here, self._online, window.notation),
            watched=collection.is_watched,
        )
        page.skin_chosen.connect(self._wear)
        page.text_wanted.connect(window.wardrobe.grow)
        page.backups_wanted.connect(self.show_backups)
        self._replace(page, page.photos.refresh)

    def show_backups(self) -> None:
        """Show the backups, and what else keeps the collection safe."""
        window = self._window
        collection = window.live.collection
        page = BackupsPage(
            window.backups, collection.checks, collection.photos_here, window.notation
        )
        page.restore_wanted.connect(window.restore_wanted)
        page.repair_wanted.connect(window.repair_wanted)
        self._replace(page, page.refresh)

    def show_about(self) -> None:
        """Say what Swingtag is."""
        reference = self._window.live.collection.reference
        self._replace(AboutPage(version("swingtag"), reference.title), _nothing)

    def refresh(self) -> None:
        """Show what is new on the page in sight."""
        self._refresh()

    def follow_skin(self) -> None:
        """Wear the skin that was chosen on another device."""
        wardrobe = self._window.wardrobe
        chosen = self._window.live.collection.settings.get(SKIN, wardrobe.skin.name)
        if chosen != wardrobe.skin.name:
            skin = next((skin for skin in self._skins if skin.name == chosen), wardrobe.skin)
            wardrobe.wear(skin)

    def _admitted(self) -> None:
        self._window.panels.bar.tell("The new device was let in.")
        self.show_devices()

    def _wear(self, skin: Skin) -> None:
        live = self._window.live
        self._window.wardrobe.wear(skin)
        live.attempt(lambda: live.collection.settings.put(SKIN, skin.name, "Change the look"))

    def _attempt(self, deed: Callable[[], object]) -> None:
        self._window.live.attempt(deed)

    def _replace(
        self,
        page: Page | None,
        refresh: Callable[[], None],
        back: Callable[[], None] | None = None,
    ) -> None:
        middle, old = self._window.panels.middle, self._shown
        self._shown, self._refresh = page, refresh
        if page is not None:
            middle.addWidget(page)
            self._dress()
            page.left.connect(back or self.show_list)
            refresh()
            page.setFocus()
        middle.setCurrentWidget(page or self._window.panels.list)
        if old is not None:
            middle.removeWidget(old)
            old.deleteLater()

    def _dress(self) -> None:
        """Keep skins off what is said about who can read: they could hide or recolour it."""
        if isinstance(self._shown, _PLAIN):
            dress(self._shown, self._window.wardrobe.look.plain())


def _nothing() -> None:
    """Do nothing: most pages never change by themselves."""
