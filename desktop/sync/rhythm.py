"""Time and chance, as the sync is given them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from desktop.sync.schedule import Jitter, Pace


@dataclass(frozen=True, slots=True)
class Most:
    """What may follow a small snapshot at the server before another one is made.

    A larger snapshot may have one more entry for each 4 KiB, and half its own bytes.
    """

    entries: int = 500
    bytes: int = 256 * 1024


@dataclass(frozen=True, slots=True)
class Rhythm:
    """``monotonic`` counts seconds and does not go back; ``jitter`` spreads the waits."""

    monotonic: Callable[[], float]
    jitter: Jitter
    pace: Pace = field(default_factory=Pace)
    most: Most = field(default_factory=Most)
