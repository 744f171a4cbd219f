"""When and where a value was written: a hybrid logical clock (Kulkarni et al., 2014).

The reading is one integer, ``milliseconds << 16 | counter``, so it sorts, packs and stores
as a number. Receivers never clamp it: a wrong clock may win a tie but loses no edit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from shared.ids import DeviceId, Incarnation

COUNTER_BITS = 16
"""Room for 65,536 edits within one millisecond before the reading borrows from the next."""

_LAST_FOLLOWED = 32_503_680_000_000 << COUNTER_BITS
"""The year 3000. Behind it there is room for all that will be written."""


class Origin(NamedTuple):
    """The stream that a write belongs to: one life of one device."""

    device: DeviceId
    incarnation: Incarnation


class Stamp(NamedTuple):
    """The moment of one write. The larger stamp wins; two writes never share one."""

    reading: int
    origin: Origin

    @property
    def millis(self) -> int:
        """Milliseconds since 1970, as the writer's clock told them."""
        return self.reading >> COUNTER_BITS


@dataclass(slots=True)
class HybridClock:
    """Readings that never go back, and that follow every reading seen.

    ``now_millis`` is the physical clock; the caller bounds it (decision on time: a writer runs
    at most five minutes ahead of the last server time it knows).
    """

    now_millis: Callable[[], int]
    last: int = 0

    def tick(self) -> int:
        """Return a reading later than all before and all seen."""
        self.last = max(self.last + 1, self.now_millis() << COUNTER_BITS)
        return self.last

    def see(self, reading: int) -> None:
        """Make later readings follow this one, which came from elsewhere.

        One beyond the year 3000 is not: no clock is that wrong, and few readings are left there.
        """
        if reading <= _LAST_FOLLOWED:
            self.last = max(self.last, reading)
