"""The main window: where, what, which. Wiring is next door, the panels do the rest."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QStackedWidget
from typing_extensions import override

from desktop.collection.values import Rights, SyncPhase, SyncStatus
from desktop.ui.backups.watch import BackupWatch
from desktop.ui.devices.exchange_watch import ExchangeWatch
from desktop.ui.devices.online import Online
from desktop.ui.live import LiveCollection
from desktop.ui.notation import Notation
from desktop.ui.pictures import PictureFetch
from desktop.ui.window.commands import Commands
from desktop.ui.window.deeds import Deeds
from desktop.ui.window.list_zone import TRASH
from desktop.ui.window.looks import OnlyLooks
from desktop.ui.window.memory import Memory
from desktop.ui.window.menu import CONTINUE, PAUSE, commands
from desktop.ui.window.pages import Pages
from desktop.ui.window.palette import Palette
from desktop.ui.window.panels import Panels
from desktop.ui.window.past_pages import PastPages
from desktop.ui.window.reminders import Reminders
from desktop.ui.window.wardrobe import Wardrobe, system_text_scale
from desktop.ui.window.wiring import wire
from desktop.ui.zone import Zone, column
from shared.domain.operations import Change
from shared.ids import RecordId
from shared.skins.tokens import Skin

SIZE, SMALLEST = (1280, 820), (440, 420)
_CHANGING = ("add", "photos", "undo", "redo", "delete", "restore")
"""Commands that a device which may only look does not offer."""
_NO_SERVER = "This collection lives on this computer only."
REMOTE_PAUSE_MILLIS = 150
"""A sync brings changes in bursts; the window repaints once for each burst."""


class MainWindow(QMainWindow):
    """One opened collection in its own skin."""

    lock_wanted = Signal()
    another_wanted = Signal()
    restore_wanted = Signal()
    repair_wanted = Signal()
    closed = Signal()

    def __init__(
        self,
        live: LiveCollection,
        online: Online,
        notation: Notation,
        skins: Sequence[Skin],
        skin: Skin,
    ) -> None:
        super().__init__()
        live.setParent(self)
        self.live, self.notation = live, notation
        self._memory = Memory(live.collection.settings)
        self._pictures = PictureFetch(live.collection.photos, self)
        self.backups = BackupWatch(live.collection.backups, notation, self)
        self.exchange = ExchangeWatch(live.collection.exchange, self)
        self.panels = Panels.make(live, notation, self._pictures, QMenu(self))
        self.deeds = Deeds(live, self.panels.bar, self.panels.inspector.writing)
        text_scale = self._memory.text_scale or system_text_scale()
        self.wardrobe = Wardrobe(self, skin, text_scale=text_scale)
        self.pages = Pages(self, online, skins)
        self.stack = QStackedWidget()
        self.past = PastPages(self)
        self.commands = Commands(self, commands(self))
        self.money_hidden = False
        self._looks = OnlyLooks()
        self._burst = QTimer(self, singleShot=True, interval=REMOTE_PAUSE_MILLIS)
        self._lay_out()
        self._listen()
        wire(self)
        self._remember()
        self.repaint_all()
        self._show_status(live.collection.status)
        self._reminders = Reminders(self)

    def add(self) -> None:
        """Start a new copy in the panel beside the list."""
        self.panels.side.setCurrentWidget(self.panels.add)
        self.panels.folding.open_sheet()
        self.panels.add.begin()

    def show_copy(self, copy: RecordId | None) -> None:
        """Show a copy beside the list, unless a new one is being written there."""
        if self.panels.side.currentWidget() is self.panels.inspector:
            self.panels.inspector.show_copy(copy)

    def drop_photos(self, copy: RecordId | None, files: Sequence[Path]) -> None:
        """Add photos to the copy that they were dropped on."""
        if copy is None:
            self.panels.bar.tell("Drop photos on the one that they show.")
        else:
            self.deeds.add_photos(copy, files)

    def hide_money(self) -> None:
        """Hide all amounts from guests, or show them again."""
        self.money_hidden = not self.money_hidden
        self.panels.list.hide_money(hidden=self.money_hidden)
        self.panels.inspector.hide_money(hidden=self.money_hidden)
        self.commands["guest"].setText("Show amounts" if self.money_hidden else "Hide amounts")

    def show_palette(self) -> None:
        """Open the list of all commands in the upper middle of the window."""
        palette = Palette(self, self.commands.all())
        across = (self.width() - palette.width()) // 2
        palette.move(self.mapToGlobal(QPoint(across, self.panels.top.height())))
        palette.show()

    def show_menu(self, copy: RecordId | None, where: QPoint) -> None:
        """Open the menu of what can be done with the selected copies."""
        menu = QMenu(self)
        menu.setAccessibleName("What to do")
        wanted: tuple[str, ...] = ("details", "piece", "photos", "delete", "add")
        if self.panels.list.query.shelf == TRASH:
            wanted = ("restore", "details", "piece")
        elif copy is None:
            wanted = ("add",)
        menu.addActions([self.commands[name] for name in wanted])
        menu.popup(where)

    def sync_now(self) -> None:
        """Sync without waiting, where there is a server; else exchange through the folder."""
        sync = self.live.collection.sync
        if sync is None and self.exchange.care.state.folder:
            self.exchange.exchange()
        elif sync is None:
            self.panels.bar.tell(_NO_SERVER)
        elif sync.status.phase is SyncPhase.PAUSED:
            sync.resume()
        else:
            sync.sync_now()

    def pause_sync(self) -> None:
        """Leave the network alone, or go on after that."""
        sync = self.live.collection.sync
        if sync is None:
            self.panels.bar.tell(_NO_SERVER)
        elif sync.status.phase is SyncPhase.PAUSED:
            sync.resume()
        else:
            sync.pause()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        typed = event.text()
        if typed.strip() and typed.isprintable() and self.past.view is None:
            self.panels.top.search.begin(typed)
        else:
            super().keyPressEvent(event)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        panels = self.panels
        panels.inspector.finish()
        self.past.close()
        self.live.attempt(
            lambda: self._memory.keep(
                self.saveGeometry(),
                panels.folding.sizes,
                panels.list.shelf.view,
                panels.list.shelf.header.layout_text(),
                self.wardrobe.text_scale,
            )
        )
        self._pictures.stop()
        self.backups.close()
        self.exchange.close()
        self.live.stop()
        self._burst.stop()
        super().closeEvent(event)
        self.closed.emit()

    def _lay_out(self) -> None:
        panels = self.panels
        today = column(panels.top, self._looks, panels.news, panels.folding, gap=0)
        today.setStretch(3, 1)
        self.stack.addWidget(Zone(layout=today))
        box = column(self.stack, panels.bar, panels.status, gap=0)
        box.setStretch(0, 1)
        self.setCentralWidget(Zone(layout=box))
        self.setMinimumSize(*SMALLEST)
        self.resize(*SIZE)

    def _listen(self) -> None:
        self._burst.timeout.connect(self.repaint_all)
        self.live.changed.connect(self._on_change)
        self.live.changed.connect(self.exchange.note)
        self.live.synced.connect(self._show_status)
        self.live.troubled.connect(self.panels.bar.warn)

    def _show_status(self, status: SyncStatus) -> None:
        self.panels.status.show_status(status)
        self.commands["pause"].setText(CONTINUE if status.phase is SyncPhase.PAUSED else PAUSE)

    def _on_change(self, change: Change) -> None:
        if change.remote:
            self._burst.start()
        else:
            self.repaint_all()

    def repaint_all(self) -> None:
        """Show what the collection holds now."""
        panels, collection = self.panels, self.live.collection
        self.setWindowTitle(f"{collection.name} \u2013 Swingtag")
        panels.top.show_name(collection.name)
        panels.status.show_name(collection.name)
        panels.sidebar.show_shelves(collection.shelves())
        panels.list.refresh()
        panels.inspector.refresh()
        panels.status.show_conflicts(collection.choices.count)
        self.pages.refresh()
        self.pages.follow_skin()
        for name, words, label in (
            ("undo", "Undo", collection.undo_label),
            ("redo", "Redo", collection.redo_label),
        ):
            self.commands[name].setEnabled(label is not None)
            self.commands[name].setText(f"{words}: {label}" if label else words)
        self._show_rights()
        self.past.hear()
        self.past.gate()

    def _show_rights(self) -> None:
        """Say before anybody types that this device may only look, and offer nothing to change."""
        looks = self.live.collection.roster.rights is Rights.VIEWER
        if not looks and self._looks.isHidden():
            return
        self._looks.setVisible(looks)
        self.panels.top.add.setVisible(not looks)
        for name in _CHANGING:
            self.commands[name].setEnabled(not looks)
        self.panels.inspector.only_show(only=looks)

    def _remember(self) -> None:
        memory = self._memory
        if not memory.geometry.isEmpty():
            self.restoreGeometry(memory.geometry)
        self.panels.folding.set_sizes(memory.panes)
        self.panels.list.show_view(memory.view or self.wardrobe.look.start_view)
        if memory.columns:
            self.panels.list.shelf.header.restore_layout(memory.columns)
