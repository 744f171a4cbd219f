"""How far pictures under way have come, counted in files and in sealed bytes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """``files`` of ``all_files`` are across, and ``bytes`` of ``all_bytes``.

    A file that is under way counts by its bytes only.
    """

    files: int = 0
    all_files: int = 0
    bytes: int = 0
    all_bytes: int = 0


class Counter:
    """Counts what was done, from the moment on when nothing was left."""

    def __init__(self) -> None:
        self._files = self._bytes = 0
        self._under_way = 0

    def restart(self) -> None:
        """Forget what was done: nothing is left of it."""
        self._files = self._bytes = self._under_way = 0

    def moved(self, count: int) -> None:
        """Note bytes of the file that is under way."""
        self._under_way += count

    def ended(self, size: int) -> None:
        """Note that a file of ``size`` bytes is across, or given up."""
        self._files += 1
        self._bytes += size

    def ended_under_way(self, size: int) -> None:
        """Note the same of the file that is under way."""
        self.ended(size)
        self._under_way = 0

    def tally(self, files: int, size: int) -> Tally:
        """Return where it stands if so many files, of so many bytes, are still to go.

        The file under way is one of them, with its whole size.
        """
        done = self._bytes + min(self._under_way, size)
        return Tally(self._files, self._files + files, done, self._bytes + size)
