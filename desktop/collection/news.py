"""What other devices changed since this one was last looked at.

How far the person has seen is kept on this device, by the order in which edits came here. What
comes while somebody looks at the screen is no news, unless it was written long before: after a
start, a night asleep or without a line, the others' edits come late.
"""

from collections.abc import Callable, Sequence

from desktop.collection.settings import Settings
from desktop.collection.values import Arrival, Step
from desktop.vault.diary import Diary
from shared.domain.operations import Change
from shared.ids import DeviceId

LATE_MILLIS = 180_000
"""An edit that arrives later than this was not made just now. Without wake-ups it takes two
minutes."""
STEPS_AT_ONCE = 100

_SEEN, _UNTIL = "news/seen", "news/until"


TakeBack = Callable[[str, Sequence[int]], Change]
"""Takes back edits by their moments, as one named step."""


class Report:
    """What others changed between two looks; it stays as it is when more comes."""

    def __init__(self, diary: Diary, moments: Sequence[int], take_back: TakeBack) -> None:
        self._diary = diary
        self._moments = moments
        self._take_back = take_back

    @property
    def count(self) -> int:
        """How many steps there are."""
        return len(self._moments)

    def steps(self, start: int = 0) -> list[Step]:
        """Return some steps from the one at a place on, the last ones first."""
        return self._diary.tell(self._moments[start : start + STEPS_AT_ONCE])

    def take_back(self, step: Step) -> Change:
        """Let what a step changed be what it was before, where nothing was changed since.

        ``skipped`` of the Change names what was left alone. Raises UnknownPastError.
        """
        return self._take_back(f"Take back: {step.label}", [step.moment])

    def take_all_back(self) -> Change:
        """Take all steps back, in one that undo takes back. Raises as ``take_back``."""
        return self._take_back("Take back what came in", self._moments)


class News:
    """``look`` and ``look_away`` say whether somebody sees the window."""

    def __init__(
        self,
        diary: Diary,
        device: DeviceId,
        settings: Settings,
        now_millis: Callable[[], int],
        take_back: TakeBack,
    ) -> None:
        self._diary = diary
        self._device = device
        self._settings = settings
        self._now_millis = now_millis
        self._take_back = take_back
        self._looks_since: int | None = None
        self._counted: tuple[int, int, Sequence[Arrival]] = (0, 0, ())

    def look(self) -> None:
        """Somebody looks, from now on."""
        self._looks_since = self._now_millis()

    def look_away(self) -> None:
        """Nobody looks any more; what is here was seen, but for news that is still shown."""
        self._looks_since = None
        seen, until = self._seen, self._until
        if seen is None or until <= seen:
            self.dismiss()

    def caught_up(self) -> None:
        """All that there is has come; on a new device, none of it is news."""
        if self._seen is None:
            self.dismiss()

    def heard(self) -> Sequence[Arrival]:
        """Return by device how many pieces it changed meanwhile; nothing if there is no news."""
        seen = self._seen
        if seen is None:
            return ()
        until = max(self._until, seen)
        written = self._diary.foreign(self._device, until)
        if written and not all(map(self._is_live, written)):
            until = self._diary.last()
            self._keep(seen, until)
        elif written and until == seen:
            self.dismiss()
            return ()
        if until == seen:
            return ()
        if self._counted[:2] != (seen, until):
            self._counted = seen, until, self._diary.arrivals(self._device, seen, until)
        if not self._counted[2]:
            self._keep(until, until)
        return self._counted[2]

    def report(self) -> Report:
        """Return what they did."""
        moments = self._diary.arrived(self._device, self._seen or 0, self._until)
        return Report(self._diary, moments, self._take_back)

    def dismiss(self) -> None:
        """All that is here was seen."""
        last = self._diary.last()
        self._keep(last, last)

    def _is_live(self, millis: int) -> bool:
        if self._looks_since is None or millis < self._looks_since:
            return False
        return self._now_millis() - millis <= LATE_MILLIS

    @property
    def _seen(self) -> int | None:
        kept = self._settings.here(_SEEN)
        return int(kept) if kept.isascii() and kept.isdecimal() else None

    @property
    def _until(self) -> int:
        kept = self._settings.here(_UNTIL)
        return int(kept) if kept.isascii() and kept.isdecimal() else 0

    def _keep(self, seen: int, until: int) -> None:
        if (self._seen, self._until) != (seen, until):
            self._settings.put_here(_SEEN, str(seen))
            self._settings.put_here(_UNTIL, str(until))
