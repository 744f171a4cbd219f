"""What the demo says while it goes on: one line a scene, with the time it took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

_WIDTH = 74


class Report:
    """Writes lines as things happen."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._began = time.monotonic()

    @contextmanager
    def scene(self, title: str) -> Iterator[list[str]]:
        """Time a scene; what is put into the list is said below its title."""
        began, details = time.monotonic(), list[str]()
        yield details
        self.say(f"  ok  {title:<{_WIDTH}} {time.monotonic() - began:5.1f} s")
        for detail in details:
            self.say(f"        {detail}")

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.monotonic() - self._began

    def say(self, line: str) -> None:
        """Write a line."""
        self._out.write(line + "\n")
        self._out.flush()
