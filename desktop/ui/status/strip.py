"""The status bar: what became of your work, in words."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QProgressBar, QPushButton, QSizePolicy
from typing_extensions import override

from desktop.collection.values import SyncPhase, SyncStatus
from desktop.ui.controls import Button, Text, as_plain_tip, tint
from desktop.ui.look import Icon, Look
from desktop.ui.zone import Zone, row
from shared.skins.tokens import Role

_SIGNS = {
    SyncPhase.LOCAL_ONLY: (Icon.SAFE, Role.TEXT_QUIET),
    SyncPhase.SAVED: (Icon.SYNCED, Role.POSITIVE),
    SyncPhase.WAITING: (Icon.SYNC, Role.TEXT_QUIET),
    SyncPhase.SYNCING: (Icon.SYNC, Role.ACCENT),
    SyncPhase.OFFLINE: (Icon.OFFLINE, Role.WARNING),
    SyncPhase.TROUBLE: (Icon.WARNING, Role.DANGER),
    SyncPhase.PAUSED: (Icon.PAUSE, Role.WARNING),
}
_PROGRESS_WIDTH, _FINENESS = 120, 1000
_SHORTEST_WIDTH = 160


class Sentence(QPushButton):
    """A button with a sentence on one line; on a narrow one its end is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "nav")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._whole = ""
        self._room = super().sizeHint()

    def say(self, words: str) -> None:
        """Show other words."""
        self._whole = words
        self.setAccessibleName(words)
        self._fit()
        self.updateGeometry()

    @override
    def sizeHint(self) -> QSize:
        """Ask for room for all of it."""
        return self._room

    @override
    def minimumSizeHint(self) -> QSize:
        """Be content with less, so that no sentence widens the window."""
        return QSize(_SHORTEST_WIDTH, self._room.height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much of it as there is room for."""
        super().resizeEvent(event)
        self._fit()

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Measure it anew in another look."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.StyleChange, QEvent.Type.FontChange}:
            self._fit()

    def _fit(self) -> None:
        self.setText(self._whole)
        self._room = super().sizeHint()
        lacking = self._room.width() - self.width()
        if lacking > 0:
            metrics = self.fontMetrics()
            room = max(metrics.horizontalAdvance(self._whole) - lacking, 0)
            self.setText(metrics.elidedText(self._whole, Qt.TextElideMode.ElideRight, room))
        self.setToolTip(as_plain_tip(self._whole) if lacking > 0 else "")


class StatusStrip(Zone):
    """One line at the foot of the window. A click on the words asks for the details."""

    details_wanted = Signal()
    conflicts_wanted = Signal()

    def __init__(self, collection: str) -> None:
        self._words = Sentence()
        self._progress = QProgressBar()
        self._progress.setAccessibleName("Progress of the sync")
        self._progress.setMaximum(_FINENESS)
        self._progress.hide()
        self._conflicts = Button("", "nav", icon=Icon.CONFLICT)
        self._conflicts.hide()
        self._devices = Text(role="caption")
        self._devices.setWordWrap(False)
        self._name = Text(collection, "caption")
        self._name.setWordWrap(False)
        super().__init__(
            "bar",
            row(
                self._words,
                self._progress,
                None,
                self._conflicts,
                self._devices,
                self._name,
                gap=3,
                edge=0,
                sides=2,
            ),
        )
        self._words.clicked.connect(self.details_wanted)
        self._conflicts.clicked.connect(self.conflicts_wanted)
        self._status = SyncStatus(SyncPhase.LOCAL_ONLY, "")

    def show_status(self, status: SyncStatus) -> None:
        """Say where the sync stands."""
        self._status = status
        said = status.sentences
        trouble = bool(status.also) or status.phase is SyncPhase.TROUBLE
        grave = len(said) if trouble else len(status.found)
        self._words.say(f"(1 of {grave}) {said[0]}" if grave > 1 else said[0])
        under_way = status.total > 0 or status.pictures is not None
        self._progress.setVisible(under_way and status.phase is SyncPhase.SYNCING)
        self._progress.setValue(round(status.share * _FINENESS))
        self._devices.say("1 device" if status.devices == 1 else f"{status.devices} devices")
        self._draw_sign()

    def show_name(self, collection: str) -> None:
        """Show what the collection is called."""
        self._name.say(collection)

    def show_conflicts(self, count: int) -> None:
        """Say how many values wait to be chosen."""
        words = "1 value to choose" if count == 1 else f"{count} values to choose"
        self._conflicts.setText(words)
        self._conflicts.setVisible(count > 0)

    @override
    def put_on(self, look: Look) -> None:
        """Take sizes and colours of a look."""
        super().put_on(look)
        self._progress.setFixedWidth(look.scaled(_PROGRESS_WIDTH))
        self._draw_sign()

    def _draw_sign(self) -> None:
        phase = SyncPhase.TROUBLE if self._status.found else self._status.phase
        icon, ink = _SIGNS[phase]
        tint(self._words, icon, ink)
