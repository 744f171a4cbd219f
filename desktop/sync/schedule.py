"""When to sync next. Nothing here waits or looks at a clock: times are handed in, in seconds."""

from collections.abc import Callable
from dataclasses import dataclass, field

Jitter = Callable[[], float]
"""Gives a number from 0 to 1 that differs from device to device: ``random.random``."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient the sync is; all in seconds.

    ``quiet``: an edit is sent once no other followed for so long, but after ``longest_quiet``
    in any case. ``poll``: how often to ask while no wake-ups come. ``longest_hold``: the most that
    a server's wish to be left alone counts. ``farewell``: how long the end of the program waits
    for a request that is under way. ``rest``: how long nothing must have happened before the
    server's log is tidied.
    """

    quiet: float = 1.0
    longest_quiet: float = 10.0
    first_retry: float = 2.0
    longest_retry: float = 300.0
    poll: float = 120.0
    longest_hold: float = 3600.0
    farewell: float = 3.0
    rest: float = 30.0


@dataclass(slots=True)
class Backoff:
    """Waits that double with each failure in a row, spread by jitter."""

    pace: Pace
    jitter: Jitter
    failures: int = 0

    def next_wait(self, at_least: float = 0.0) -> float:
        """Return how long to wait after one more failure."""
        longest = min(self.pace.first_retry * 2.0**self.failures, self.pace.longest_retry)
        self.failures = min(self.failures + 1, 30)  # 2 ** 30 is far beyond the longest
        return max(min(at_least, self.pace.longest_hold), longest * (1.0 + self.jitter()) / 2.0)

    def reset(self) -> None:
        """Start anew: it worked."""
        self.failures = 0


@dataclass(slots=True)
class Schedule:
    """The moment of the next sync, on a clock that does not go back."""

    pace: Pace
    jitter: Jitter
    due: float | None = None
    tidy_due: float | None = None
    _first_edit: float | None = None
    _held_until: float = 0.0
    _backoff: Backoff = field(init=False)
    _awaiting: Backoff = field(init=False)

    def __post_init__(self) -> None:
        self._backoff = Backoff(self.pace, self.jitter)
        self._awaiting = Backoff(self.pace, self.jitter)

    @property
    def failing(self) -> bool:
        """Whether the last sync did not work."""
        return self._backoff.failures > 0

    def edited(self, now: float) -> None:
        """Note a local edit: sync when it has been quiet for a while, not within a back-off."""
        if self._first_edit is None:
            self._first_edit = now
        self._put_off_tidying(now)
        calm = min(now + self.pace.quiet, self._first_edit + self.pace.longest_quiet)
        self.due = max(calm, self._held_until)

    def asked(self, now: float) -> None:
        """Note that something here asks for a sync: at once, but not within a back-off."""
        soonest = max(now, self._held_until)
        self.due = soonest if self.due is None else min(self.due, soonest)

    def woken(self, now: float) -> None:
        """Note that the server has something, or is back: sync at once."""
        self._held_until = now
        self.due = now

    def begun(self) -> None:
        """Note that a sync begins. Edits and wake-ups from now on ask for another one."""
        self.due, self._first_edit = None, None

    def succeeded(self, now: float, *, poll: bool, awaits: bool = False) -> None:
        """Note a sync that worked.

        ``poll``: no wake-ups come, so ask again after a while. ``awaits``: something is still
        to come that no wake-up tells of, so look again soon, then less and less often.
        """
        self._backoff.reset()
        self._held_until = now
        wait = self.pace.poll if poll else None
        if awaits:
            wait = min(self._awaiting.next_wait(), wait or self.pace.longest_retry)
        else:
            self._awaiting.reset()
        if wait is not None and self.due is None:
            self.due = now + wait
        self.tidy_due = now + self.pace.rest

    def tidied(self) -> None:
        """Note that the server's log was tidied, or could not be."""
        self.tidy_due = None

    def _put_off_tidying(self, now: float) -> None:
        if self.tidy_due is not None:
            self.tidy_due = now + self.pace.rest

    def failed(self, now: float, retry_after: float = 0.0) -> None:
        """Note a sync that did not work, and the wait that the server asked for."""
        self._held_until = now + self._backoff.next_wait(retry_after)
        self.due = self._held_until
