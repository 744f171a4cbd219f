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

    ``dial`` opens a stream; ``hear`` gets each event, and ``lost`` is told once no new line could
    be had in place of one that held; both on this thread.
    """

    def __init__(
        self,
        dial: Callable[[], EventStream],
        rhythm: Rhythm,
        *,
        hear: Callable[[Event], None],
        lost: Callable[[], None],
    ) -> None:
        self._dial = dial
        self._now = rhythm.monotonic
        self._pace = rhythm.pace
        self._backoff = Backoff(rhythm.pace, rhythm.jitter)
        self._hear = hear
        self._lost = lost
        self._bell = Condition()
        self._stream: EventStream | None = None
        self._stopping = self._paused = self._urged = self._has_held = False
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
        self._thread.join(self._pace.farewell)

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
                stream = self._dial()
            except SyncError as error:
                self._could_not_dial(error.retry_after)
            else:
                self._hold_the_line(stream)

    def _may_dial(self) -> bool:
        """Wait out a pause; false when it is over."""
        with self._bell:
            while self._paused and not self._stopping:
                self._bell.wait()
            self._urged = False
            return not self._stopping

    def _hold_the_line(self, stream: EventStream) -> None:
        """Hear what comes until the line ends; wait if it ended so soon that it was none."""
        began, heard = self._now(), False
        with self._bell:
            self._stream = stream
            if self._stopping or self._paused:
                self._hang_up()
        broken = False
        try:
            for event in stream:
                heard = True
                self._hear(event)
        except SyncError:
            broken = True  # whether the server is well, the next rounds tell
        with self._bell:
            self._stream = None
        lasted = heard and self._now() - began >= self._pace.first_retry
        self._has_held = True  # a round may have counted on it, however short it was
        if lasted:
            self._backoff.reset()
        if broken or not lasted:
            self._wait()

    def _could_not_dial(self, retry_after: float) -> None:
        with self._bell:
            if self._stopping or self._paused:
                return
        has_held, self._has_held = self._has_held, False
        if has_held:
            self._lost()
        self._wait(retry_after)

    def _wait(self, at_least: float = 0.0) -> None:
        with self._bell:
            wait = self._backoff.next_wait(at_least)
            self._bell.wait_for(lambda: self._urged or self._paused or self._stopping, wait)
