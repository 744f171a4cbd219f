"""The thread that keeps a collection in step with its server. The screen never waits for it."""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Condition, Thread

from desktop.sync.errors import SyncError
from desktop.sync.listener import Listener
from desktop.sync.reporter import Reporter
from desktop.sync.rhythm import Rhythm
from desktop.sync.schedule import Schedule
from desktop.sync.session import Session
from desktop.sync.speed import Speedometer
from desktop.sync.status import SyncStatus
from desktop.vault.errors import ClosedVaultError, VaultError
from desktop.vault.progress import StoppedError
from shared.ids import RecordId
from shared.ledger import NotWritableError
from shared.protocol.messages import Event

EXPECTED = (SyncError, VaultError, NotWritableError)
"""What the world may do to a sync: it is shown, and tried again later."""


class Worker:
    """Syncs one collection while it is open. All but ``stop`` and ``end`` return at once."""

    def __init__(self, session: Session, reporter: Reporter, rhythm: Rhythm) -> None:
        self._session = session
        self._reporter = reporter
        self._now = rhythm.monotonic
        self._farewell = rhythm.pace.farewell
        self._schedule = Schedule(rhythm.pace, rhythm.jitter)
        self._listener = Listener(session.dial, rhythm, hear=self._hear, lost=self._ask)
        self._bell = Condition()
        self._heard: deque[Event] = deque()
        self._stopping = self._paused = False
        self._speedometer = Speedometer(rhythm.monotonic)
        self._thread = Thread(target=self._run, name="sync", daemon=True)

    @property
    def status(self) -> SyncStatus:
        """Where the sync stands."""
        return self._reporter.status

    def start(self) -> None:
        """Begin with a sync at once."""
        self.sync_now()
        self._thread.start()
        self._listener.start()

    def stop(self) -> None:
        """End. Waits a little for the request that is under way.

        Should it take longer, its answer finds the vault closed and is thrown away, as if it had
        been lost on the way: nothing is lost by that.
        """
        with self._bell:
            self._stopping = True
            self._bell.notify_all()
        self._listener.stop()
        self._thread.join(self._farewell)

    def end(self) -> None:
        """End, and wait until nothing is under way: no late answer finds the vault still open."""
        self.stop()
        self._thread.join()

    def edited(self) -> None:
        """Note that there is something to send."""
        with self._bell:
            self._schedule.edited(self._now())
            self._bell.notify_all()
        self._reporter.edited()

    def sync_now(self) -> None:
        """Sync without waiting, whatever happened before; after a pause, once it is over."""
        with self._bell:
            self._schedule.woken(self._now())
            self._bell.notify_all()

    def want(self, photo: RecordId) -> None:
        """Fetch an original picture, as soon as the server may be asked."""
        self._session.want(photo)
        self._ask()

    def pause(self) -> None:
        """Leave the network alone until ``resume``."""
        with self._bell:
            self._paused = True
        self._listener.pause()
        self._reporter.paused()

    def resume(self) -> None:
        """Go on after a pause."""
        with self._bell:
            self._paused = False
        self._listener.resume()
        self.sync_now()

    def _ask(self) -> None:
        """Make a round soon; called on the listener's thread, too, when no wake-ups can be had."""
        with self._bell:
            self._schedule.asked(self._now())
            self._bell.notify_all()

    def _hear(self, event: Event) -> None:
        """Note a wake-up; called on the listener's thread."""
        with self._bell:
            self._heard.append(event)
            self._bell.notify_all()

    def _run(self) -> None:
        ended_well = False
        try:
            while (turn := self._next_turn()) is not None:
                turn()
            ended_well = True
        except ClosedVaultError:
            ended_well = self._stopping
            if not ended_well:
                raise
        finally:
            if not ended_well:
                self._reporter.broken()

    def _next_turn(self) -> Callable[[], None] | None:
        """Wait until there is something to do, and return it; None when it is over."""
        with self._bell:
            while not self._stopping:
                left, rest = map(self._time_left, (self._schedule.due, self._schedule.tidy_due))
                if not self._paused and self._heard:
                    return partial(self._take, self._heard.popleft())
                if not self._paused and left is not None and left <= 0:
                    return self._sync
                if not self._paused and rest is not None and rest <= 0:
                    return self._tidy
                if not self._paused and self._session.course and not self._schedule.failing:
                    return self._move
                waits = [wait for wait in (left, rest) if wait is not None]
                self._bell.wait(None if self._paused else min(waits, default=None))
        return None

    def _time_left(self, due: float | None) -> float | None:
        return None if due is None else due - self._now()

    def _take(self, event: Event) -> None:
        """Take in what an event brought; if it does not say all, ask."""
        with self._bell:
            is_well = not self._schedule.failing
        try:
            is_all = is_well and self._session.overhear(event)
        except EXPECTED as error:
            self._note_failure(error)
            return
        if is_all:
            self._note_success()
        else:
            self.sync_now()

    def _sync(self) -> None:
        """Make a round, or a step towards it: of many small pictures one goes ahead at a time."""
        self._reporter.started()
        try:
            if self._session.prepare():
                self._show_pictures()
                self._keep_pause_in_view()
                return
            with self._bell:
                self._schedule.begun()
            self._session.round(self._go_on)
        except StoppedError:
            self._keep_pause_in_view()
            return
        except EXPECTED as error:
            self._note_failure(error)
            return
        self._note_success()

    def _go_on(self, done: int, total: int) -> None:
        """Tell how far a round is, and end it here if it shall not go on."""
        if self._paused or self._stopping:
            raise StoppedError
        self._reporter.progress(done, total)

    def _move(self) -> None:
        """Send or fetch one chunk of a picture; what else is due has its turn in between."""
        try:
            self._session.move()
        except EXPECTED as error:
            self._note_failure(error)
            return
        if self._session.course is None:
            self._note_success()
        else:
            self._show_pictures()

    def _show_pictures(self) -> None:
        """Tell how far the pictures are, unless there is something that the person must know."""
        course, session = self._session.course, self._session
        if course is not None and not session.notices and not self._paused:
            moving = self._speedometer.read(course, session.tally)
            if moving is not None:
                self._reporter.moving(moving)

    def _tidy(self) -> None:
        with self._bell:
            self._schedule.tidied()
        with suppress(*EXPECTED):  # it is tried again after the next sync, which tells of trouble
            self._session.tidy()

    def _note_success(self) -> None:
        live, course = self._listener.live, self._session.course
        with self._bell:
            self._schedule.succeeded(self._now(), poll=not live, awaits=self._session.awaits)
        if not live:
            self._listener.dial_now()
        self._reporter.succeeded(
            self._session.notices, more=course is not None, lacks=self._session.lacks
        )
        self._show_pictures()
        self._keep_pause_in_view()

    def _note_failure(self, error: Exception) -> None:
        wait = error.retry_after if isinstance(error, SyncError) else 0.0
        with self._bell:
            self._schedule.failed(self._now(), wait)
        self._reporter.failed(error)
        self._keep_pause_in_view()

    def _keep_pause_in_view(self) -> None:
        """Say that the sync is paused, once what was under way at that moment has ended."""
        if self._paused:
            self._reporter.paused()
