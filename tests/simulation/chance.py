"""All that is not fixed in a world: chance, time and the moment of a crash, from one seed."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import shake_256
from itertools import count

START = 1_790_000_000_000
"""Milliseconds since 1970 when a world begins."""


class PowerCut(BaseException):
    """The machine went off at this very moment."""


@dataclass
class Fuse:
    """Blows at the n-th look at the world: ``blow`` does what then happens."""

    left: int = 0
    blow: Callable[[], None] = lambda: None

    def burn(self) -> None:
        """Pass a point at which the machine may go off."""
        if self.left:
            self.left -= 1
            if not self.left:
                self.blow()


@dataclass
class Time:
    """The true time, which steps move on."""

    millis: int = START

    def __call__(self) -> int:
        return self.millis


@dataclass
class Clock:
    """One machine's idea of the time."""

    time: Time
    fuse: Fuse = field(default_factory=Fuse)
    ahead: int = 0

    def __call__(self) -> int:
        self.fuse.burn()
        return self.time.millis + self.ahead


def drawn(seed: str, fuse: Fuse | None = None) -> Callable[[int], bytes]:
    """Return random bytes that are the same for the same seed."""
    numbers = count()

    def draw(length: int) -> bytes:
        if fuse:
            fuse.burn()
        return shake_256(f"{seed}/{next(numbers)}".encode()).digest(length)

    return draw


def dice(seed: str) -> random.Random:
    """Return the choices of one part of a world; other parts do not disturb them."""
    return random.Random(seed)  # noqa: S311 - it must be the same each time
