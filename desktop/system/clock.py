"""The physical half of the clock that edits are stamped with, held to what a server said."""

import time
from collections.abc import Callable
from threading import Lock

SLACK_MILLIS = 5 * 60 * 1000
"""How far ahead of the server a device may believe itself."""


class BoundedClock:
    """The wall clock, but never far ahead of the last time that a server told.

    A clock that is a year ahead would win every conflict for a year. Before a server has told its
    time there is nothing to compare with, and the wall clock stands. Safe from any thread.
    """

    def __init__(self, wall_millis: Callable[[], int], uptime: Callable[[], float]) -> None:
        """``wall_millis`` since 1970; ``uptime`` in seconds, which nobody can set."""
        self._wall_millis = wall_millis
        self._uptime = uptime
        self._lock = Lock()
        self._told: tuple[int, float] | None = None

    def now_millis(self) -> int:
        """Return the time in milliseconds since 1970."""
        wall = self._wall_millis()
        with self._lock:
            told = self._told
        if told is None:
            return wall
        server, since = told
        return min(wall, server + int((self._uptime() - since) * 1000) + SLACK_MILLIS)

    def learn(self, server_millis: int) -> None:
        """Note the time that a server has just told."""
        with self._lock:
            self._told = (server_millis, self._uptime())


def uptime() -> float:
    """Return seconds that only go forward, with those that the computer slept where it knows."""
    for name in ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC"):  # Linux; macOS, where it counts sleep
        clock: int | None = getattr(time, name, None)
        if clock is not None:
            return time.clock_gettime(clock)
    return time.monotonic()
