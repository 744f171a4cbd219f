"""Turns what the sync meets into the one status that the screen shows."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Lock

from desktop.sync.errors import SyncError, said
from desktop.sync.notices import still_true
from desktop.sync.put_out import PutOutError
from desktop.sync.status import Moving, SyncPhase, SyncStatus
from desktop.sync.traffic import Traffic

_SAVED = "Everything is saved and synced."
_SYNCING = "Syncing with your other devices."
_PICTURES = "All edits are synced; pictures follow."
_LACKING = "Your edits are synced; some of your other devices are still to come."
_STARTING = "Looking for the server."
_PAUSED = "Sync is paused. Your edits stay on this device until you continue."
_BROKEN = "Sync has stopped because of a fault in Swingtag. Restart it; your edits are safe here."


class Reporter:
    """Keeps the status and tells of every change. Used from several threads.

    ``backlog`` counts the edits that the server has not acknowledged, ``devices`` the
    computers of the collection, ``traffic`` the bytes, ``now_millis`` is the wall clock.
    """

    def __init__(
        self,
        tell: Callable[[SyncStatus], None],
        *,
        backlog: Callable[[], int],
        devices: Callable[[], int],
        traffic: Traffic,
        now_millis: Callable[[], int],
    ) -> None:
        self._tell = tell
        self._backlog = backlog
        self._devices = devices
        self._traffic = traffic
        self._now_millis = now_millis
        self._lock = Lock()
        self.status = SyncStatus(SyncPhase.SYNCING, _STARTING)

    def edited(self) -> None:
        """Say that edits wait. Trouble and a missing line stay in view."""
        now, waiting = self.status, self._backlog()
        if now.phase is SyncPhase.SAVED:
            self._show(SyncPhase.WAITING, _waiting(waiting), waiting=waiting)
        else:
            self._show(now.phase, now.message, waiting=waiting, pictures=now.pictures)

    def started(self) -> None:
        """Say that a sync begins."""
        self._show(SyncPhase.SYNCING, _SYNCING, waiting=self._backlog())

    def progress(self, done: int, total: int) -> None:
        """Say how much of the work is done."""
        self._show(SyncPhase.SYNCING, _SYNCING, done=done, total=total)

    def moving(self, pictures: Moving) -> None:
        """Say how far pictures are that go across while all edits are where they should be."""
        self._show(SyncPhase.SYNCING, pictures.sentence, waiting=self._backlog(), pictures=pictures)

    def succeeded(self, notices: Sequence[str], *, more: bool = False, lacks: bool = False) -> None:
        """Say that a round worked; ``notices`` are what the person should know all the same.

        What is over is not said here: it is kept by ``findings``.
        ``more``: pictures follow, so it is not said that all is synced. ``lacks``: what others
        wrote has not come whole.
        """
        phase, words = (SyncPhase.SYNCING, _PICTURES) if more else (SyncPhase.SAVED, _SAVED)
        if lacks:
            phase, words = SyncPhase.SYNCING, _LACKING
        now = still_true(notices)
        self._show(
            SyncPhase.TROUBLE if now else phase,
            now[0] if now else words,
            also=now[1:],
            last_synced_millis=self._now_millis(),
            waiting=self._backlog(),
            devices=self._devices(),
        )

    def failed(self, error: Exception) -> None:
        """Say that a sync did not work, and why."""
        passing = isinstance(error, SyncError) and error.passing
        phase = SyncPhase.OFFLINE if passing else SyncPhase.TROUBLE
        gone = isinstance(error, PutOutError)
        self._show(phase, said(error), waiting=self._backlog(), removed=gone)

    def paused(self) -> None:
        """Say that the person wants no sync now."""
        self._show(SyncPhase.PAUSED, _PAUSED, waiting=self._backlog())

    def broken(self) -> None:
        """Say that the thread has died of an error of ours."""
        self._show(SyncPhase.TROUBLE, _BROKEN)

    def _show(
        self,
        phase: SyncPhase,
        message: str,
        *,
        waiting: int | None = None,
        done: int = 0,
        total: int = 0,
        pictures: Moving | None = None,
        last_synced_millis: int | None = None,
        devices: int | None = None,
        removed: bool = False,
        also: tuple[str, ...] = (),
    ) -> None:
        with self._lock:
            before = self.status
            self.status = replace(
                before,
                phase=phase,
                message=message,
                waiting=before.waiting if waiting is None else waiting,
                done=done,
                total=total,
                pictures=pictures,
                last_synced_millis=last_synced_millis or before.last_synced_millis,
                devices=before.devices if devices is None else devices,
                removed=removed,
                also=also,
                sent=self._traffic.sent,
                received=self._traffic.received,
            )
            if self.status != before:
                self._tell(self.status)


def _waiting(count: int) -> str:
    return "1 edit waits to be sent." if count == 1 else f"{count} edits wait to be sent."
