"""Where copies lie: locations within locations, never in a circle."""

from collections.abc import Iterable, Iterator
from sqlite3 import Cursor
from typing import NamedTuple

from desktop.vault.layout import layout_of
from desktop.vault.moments import Moments
from shared.domain.schema import Kind
from shared.domain.stamps import Stamp
from shared.ids import RecordId

PATH_MARK = " / "


class Spot(NamedTuple):
    """A location, what it lies in, and when that was said."""

    location: RecordId
    name: str
    parent: RecordId | None = None
    moved: Stamp | None = None


class Loop(NamedTuple):
    """Locations that were put into each other, each in the next; the first one's link is cut."""

    spots: tuple[Spot, ...]


class Places:
    """All locations that are not in the trash.

    Two devices may each put one location into the other. Such a circle is cut at the link that
    was written last, on every device the same.
    """

    def __init__(self, spots: Iterable[Spot]) -> None:
        self._spots = {spot.location: spot for spot in spots}
        self._paths: dict[bytes, str] = {}
        self.loops: list[Loop] = []
        for location in self._spots:
            self._cut_circle(location)

    @classmethod
    def read(cls, cursor: Cursor) -> "Places":
        """Read what is stored now."""
        moments = Moments(cursor)
        spots = []
        for row in layout_of(Kind.LOCATION.value).read_living(cursor):
            name, parent = row.values["name"], row.values["parent"]
            moved = moments.stamp(row.moment("parent")) if parent else None
            inside = RecordId(parent) if isinstance(parent, bytes) else None
            spots.append(Spot(row.record, str(name or ""), inside, moved))
        return cls(spots)

    def __iter__(self) -> Iterator[Spot]:
        return iter(self._spots.values())

    def path(self, location: bytes) -> str | None:
        """Return the names from the outermost place to this one; None if it is not there."""
        if location not in self._spots:
            return None
        if location not in self._paths:
            names = [self._spots[step].name for step in self._way_up(RecordId(location))]
            self._paths[location] = PATH_MARK.join(reversed(names))
        return self._paths[location]

    def within(self, location: RecordId) -> set[RecordId]:
        """Return a location and all that lie in it."""
        return {other for other in self._spots if location in self._way_up(other)}

    def _way_up(self, location: RecordId) -> list[RecordId]:
        """Return a location and those around it; in a circle, each of them once."""
        way: list[RecordId] = []
        step: RecordId | None = location
        while step is not None and step in self._spots and step not in way:
            way.append(step)
            step = self._spots[step].parent
        return way

    def _cut_circle(self, location: RecordId) -> None:
        way = self._way_up(location)
        if self._spots[way[-1]].parent != location:
            return
        newest = max((self._spots[step] for step in way), key=lambda spot: spot.moved or ())
        first = way.index(newest.location)
        self.loops.append(Loop(tuple(self._spots[step] for step in (*way[first:], *way[:first]))))
        self._spots[newest.location] = newest._replace(parent=None)
