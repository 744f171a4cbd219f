"""What the program brings up by itself: a kit that was never tried, a restore to be looked at."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from desktop.collection.values import SyncPhase, SyncStatus
from desktop.ui.devices.removed_page import KEPT_REMOVED

if TYPE_CHECKING:  # the window owns its reminders
    from desktop.ui.window.main_window import MainWindow

LOOK_AGAIN_MILLIS = 86_400_000
"""So often a window that stays open looks again who should have been heard from."""
_SILENT = "Nothing was heard from {} for more than two weeks."
_MOVED = "Another device has moved this collection to {}."
_KIT = "Your emergency kit is a week old. Can you still read all of it?"


class Reminders(QObject):
    """Asks at most one thing at a time, and nothing twice."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        window.live.synced.connect(self._look_at_removed)
        window.live.synced.connect(self._look_at_silent)
        self._silent_said = False
        again = QTimer(self, interval=LOOK_AGAIN_MILLIS)
        again.timeout.connect(self._look_at_silent_again)
        again.start()
        window.live.synced.connect(self._look_at_moved)
        kit = window.live.collection.kit
        if kit.restored and window.live.collection.sync is None:
            QTimer.singleShot(0, self, window.pages.show_restored)  # all has come with the folder
        elif kit.restored:
            window.live.synced.connect(self._look_at_restored)
        elif kit.state.due:
            window.panels.bar.tell(_KIT, action="Test my kit", run=window.pages.show_drill)

    def _look_at_restored(self, status: SyncStatus) -> None:
        """Ask once all has come that the server has."""
        if status.phase in {SyncPhase.SAVED, SyncPhase.TROUBLE} and status.last_synced_millis:
            self._window.live.synced.disconnect(self._look_at_restored)
            self._window.pages.show_restored()

    def _look_at_silent(self, status: SyncStatus) -> None:
        """Say at each start, and once a day, who should have been heard from; all has come."""
        window = self._window
        if self._silent_said or status.phase is not SyncPhase.SAVED:
            return
        if not status.last_synced_millis:
            return
        self._silent_said = True
        silent = [card.name for card in window.live.collection.devices() if card.silent]
        if silent:
            who = silent[0] if len(silent) == 1 else f"{len(silent)} of your devices"
            words = _SILENT.format(who)
            window.panels.bar.warn(words, action="Devices", run=window.pages.show_devices)

    def _look_at_silent_again(self) -> None:
        self._silent_said = False
        self._look_at_silent(self._window.live.collection.status)

    def _look_at_moved(self, status: SyncStatus) -> None:
        """Say once at each start that the collection is at another server than the one here."""
        window, whereabouts = self._window, self._window.live.collection.whereabouts
        if status.phase is not SyncPhase.SAVED:
            return
        if whereabouts.server and whereabouts.elsewhere:
            window.live.synced.disconnect(self._look_at_moved)
            words = _MOVED.format(whereabouts.elsewhere)
            window.panels.bar.warn(words, action="Devices", run=window.pages.show_devices)

    def _look_at_removed(self, status: SyncStatus) -> None:
        """Say at length, once at each start, that this device was removed."""
        if status.removed:
            self._window.live.synced.disconnect(self._look_at_removed)
            if not self._window.live.collection.settings.here(KEPT_REMOVED):
                self._window.pages.show_removed()
