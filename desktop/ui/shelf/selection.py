"""Which copies are selected, and where the keyboard stands. Knows indexes, not pixels."""

from collections.abc import Iterable

from desktop.ui.shelf.stock import Pages
from shared.ids import RecordId


class Selection:
    """The selected copies, the current index and the anchor that ranges start from."""

    def __init__(self) -> None:
        self.copies: set[RecordId] = set()
        self.current: int | None = None
        self._anchor = 0

    def only(self, pages: Pages, index: int) -> None:
        """Select one copy and nothing else."""
        self.copies = {pages.id(index)}
        self.current = self._anchor = index

    def toggle(self, pages: Pages, index: int) -> None:
        """Add one copy to the selection, or take it out."""
        self.copies ^= {pages.id(index)}
        self.current = self._anchor = index

    def stretch(self, pages: Pages, index: int) -> None:
        """Select everything from the anchor to an index."""
        first, last = sorted((min(self._anchor, len(pages) - 1), index))
        self.copies = set(pages.ids[first : last + 1])
        self.current = index

    def everything(self, pages: Pages) -> None:
        """Select all."""
        self.copies = set(pages.ids)

    def nothing(self) -> None:
        """Select none; the keyboard stays where it is."""
        self.copies = set()

    def move(self, index: int) -> None:
        """Move the keyboard and leave the selection alone."""
        self.current = index

    def follow(self, pages: Pages, current: RecordId | None) -> None:
        """Keep what still stands after the list became another one."""
        self.copies = {copy for copy in self.copies if pages.place(copy) is not None}
        place = None if current is None else pages.place(current)
        if place is None and self.current is not None and len(pages):
            place = min(self.current, len(pages) - 1)
        self.current = place
        self._anchor = place or 0

    def take(self, pages: Pages, copies: Iterable[RecordId]) -> None:
        """Select given copies; the first one that is listed becomes the current one."""
        listed = [copy for copy in copies if pages.place(copy) is not None]
        self.copies = set(listed)
        if listed:
            self.current = self._anchor = pages.place(listed[0]) or 0
