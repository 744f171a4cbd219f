"""The thread that holds the line to the server's wake-ups, and dials again when it breaks."""

from collections.abc import Callable
from threading import Condition, Thread

from desktop.sync.errors import SyncError
from desktop.sync.event_stream import EventStream
from desktop.sync.rhythm import Rhythm
from desktop.sync.schedule import Backoff
from shared.protocol.messages import Event


class Listener:
    """Hears events until it is stopped.

    ``dial`` opens a stream; ``hear`` gets each event and ``lost`` the reason each time that no
    line could be had, both on this thread.
    """

    def __init__(
        self,
        dial: Callable[[], EventStream],
        rhythm: Rhythm,
        *,
        hear: Callable[[Event], None],
        lost: Callable[[SyncError], None],
    ) -> None:
        self._dial = dial
        self._farewell = rhythm.pace.farewell
        self._backoff = Backoff(rhythm.pace, rhythm.jitter)
        self._hear = hear
        self._lost = lost
        self._bell = Condition()
        self._stream: EventStream | None = None
        self._stopping = self._paused = self._urged = False
        self._thread = Thread(target=self._run, name="sync-listener", daemon=True)

    @property
    def live(self) -> bool:
        """Whether wake-ups come in just now."""
        return self._stream is not None

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Hang up and end. A call that is being dialled is not waited for long."""
        with self._bell:
            self._stopping = True
            self._hang_up()
        self._thread.join(self._farewell)

    def pause(self) -> None:
        """Hang up, and stay away until ``resume``."""
        with self._bell:
            self._paused = True
            self._hang_up()

    def resume(self) -> None:
        """Listen again."""
        with self._bell:
            self._paused = False
            self._urged = True
            self._bell.notify_all()

    def dial_now(self) -> None:
        """Do not wait for the next try: the server was just seen."""
        with self._bell:
            self._urged = True
            self._bell.notify_all()

    def _hang_up(self) -> None:
        if self._stream is not None:
            self._stream.close()
        self._bell.notify_all()

    def _run(self) -> None:
        while self._may_dial():
            try:
                self._hold_the_line()
            except SyncError as error:
                self._lost_the_line(error)

    def _may_dial(self) -> bool:
        """Wait out a pause; false when it is over."""
        with self._bell:
            while self._paused and not self._stopping:
                self._bell.wait()
            self._urged = False
            return not self._stopping

    def _hold_the_line(self) -> None:
        stream = self._dial()
        with self._bell:
            self._stream = stream
            if self._stopping or self._paused:
                self._hang_up()
        try:
            for event in stream:
                self._backoff.reset()
                self._hear(event)
        finally:
            with self._bell:
                self._stream = None

    def _lost_the_line(self, error: SyncError) -> None:
        with self._bell:
            if self._stopping or self._paused:
                return
        self._lost(error)
        with self._bell:
            wait = self._backoff.next_wait(error.retry_after)
            self._bell.wait_for(lambda: self._urged or self._paused or self._stopping, wait)
