"""How fast pictures go, and how long the rest takes."""

from collections import deque
from collections.abc import Callable

from desktop.sync.status import Course, Moving
from desktop.sync.tally import Tally

SPAN_SECONDS = 20.0
"""The speed is that of so long a time."""
LEAST_SECONDS = 2.0
"""Before so long nothing is said of it."""
_APART_SECONDS = 0.1
"""It is told so often at most."""


class Speedometer:
    """Watches the tally of what is under way. ``now`` counts seconds and does not go back."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._course: Course | None = None
        self._seen: deque[tuple[float, int]] = deque()
        self._told = 0.0

    def read(self, course: Course, tally: Tally) -> Moving | None:
        """Return what to tell; None if something was told a moment ago.

        Only what was under way without a break counts: another course, fewer bytes than before,
        or a pause longer than the span begin anew.
        """
        now = self._now()
        seen = self._seen
        is_other = course is not self._course or (seen and tally.bytes < seen[-1][1])
        if is_other or (seen and now - seen[-1][0] > SPAN_SECONDS):
            self._course, self._told = course, 0.0
            seen.clear()
        seen.append((now, tally.bytes))
        while now - seen[0][0] > SPAN_SECONDS:
            seen.popleft()
        if self._told and now - self._told < _APART_SECONDS:
            return None
        self._told = now
        return self._moving(course, tally)

    def _moving(self, course: Course, tally: Tally) -> Moving:
        (since, before), (until, after) = self._seen[0], self._seen[-1]
        long_enough = until - since >= LEAST_SECONDS and after > before
        speed = (after - before) / (until - since) if long_enough else 0.0
        rest = max(tally.all_bytes - tally.bytes, 0)
        return Moving(
            course=course,
            files=tally.files,
            all_files=tally.all_files,
            bytes=tally.bytes,
            all_bytes=tally.all_bytes,
            speed=speed,
            left=rest / speed if speed else 0.0,
        )
