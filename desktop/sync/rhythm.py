"""Time and chance, as the sync is given them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from desktop.sync.schedule import Jitter, Pace


@dataclass(frozen=True, slots=True)
class Rhythm:
    """``monotonic`` counts seconds and does not go back; ``jitter`` spreads the waits."""

    monotonic: Callable[[], float]
    jitter: Jitter
    pace: Pace = field(default_factory=Pace)
