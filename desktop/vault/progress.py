"""How long work tells where it stands, and how it hears that it shall stop."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
Tell = Callable[[str, int, int], None]
"""Called with what is being done, as words, how much of it is, and how much there is, 0 if unknown.
"""


class StoppedError(Exception):
    """It was stopped; nothing was changed."""


def _silent(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Goes along with long work. ``stop`` may be answered on any thread."""

    tell: Tell = _silent
    stop: Callable[[], bool] = bool

    def at(self, what: str, done: int = 0, total: int = 0) -> None:
        """Tell where the work stands; raise StoppedError if it shall not go on."""
        if self.stop():
            raise StoppedError
        self.tell(what, done, total)

    def through(self, items: Iterable[T], what: str, total: int = 0) -> Iterator[T]:
        """Go through some items and tell with each."""
        for done, item in enumerate(items):
            self.at(what, done, total)
            yield item


UNWATCHED = Progress()
"""Of work that nobody waits for."""
