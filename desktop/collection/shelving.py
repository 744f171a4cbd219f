"""The sidebar: what the vault counted, with the words that the collector knows it by."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from desktop.collection.values import Shelf, Tag, Term
from desktop.vault.values import Counts, Place
from shared.domain.vocabularies import FOR_TRADE, WANTED
from shared.ids import RecordId

ALL, TRASH = "", "trash"
_UP_FRONT = (WANTED, FOR_TRADE)
"""Statuses with a line of their own, even when it is empty."""


def shelves(counts: Counts, statuses: Sequence[Term], tags: Iterable[Tag]) -> tuple[Shelf, ...]:
    """Return the lines of the sidebar, groups with theirs inside."""
    labels = {term.code: term.label for term in statuses}
    up_front = [_status(code, counts, labels) for code in _UP_FRONT]
    groups = (
        _group("status", "Status", _statuses(counts, labels)),
        _group("location", "Places", _places(counts.places)),
        _group("tag", "Tags", _tags(counts, tags)),
        _group("year", "Introduced", _years(counts)),
    )
    full = [group for group in groups if group.children]
    bin_ = Shelf(TRASH, "Trash", counts.trash)
    return (Shelf(ALL, "All", counts.copies), *up_front, *full, bin_)


def _group(key: str, label: str, children: Iterable[Shelf]) -> Shelf:
    within = tuple(children)
    return Shelf(key, label, sum(child.count for child in within), within)


def _status(code: str, counts: Counts, labels: Mapping[str, str]) -> Shelf:
    return Shelf(f"status:{code}", labels.get(code, code), counts.statuses.get(code, 0))


def _statuses(counts: Counts, labels: Mapping[str, str]) -> Iterable[Shelf]:
    """Yield the other statuses that are in use, those of other versions last."""
    codes = [*labels, *sorted(counts.statuses.keys() - labels.keys())]
    for code in codes:
        if code and code not in _UP_FRONT and counts.statuses.get(code):
            yield _status(code, counts, labels)


def _tags(counts: Counts, tags: Iterable[Tag]) -> Iterable[Shelf]:
    for tag in tags:
        yield Shelf(f"tag:{tag.tag.hex()}", tag.name, counts.tags.get(tag.tag, 0))


def _years(counts: Counts) -> Iterable[Shelf]:
    for year, count in sorted(counts.years.items()):
        yield Shelf(f"year:{year}", str(year), count)


def _places(places: Iterable[Place]) -> Iterable[Shelf]:
    """Yield the outermost places, with those inside; a place counts all that lies within."""
    within: defaultdict[RecordId | None, list[Place]] = defaultdict(list)
    for place in places:
        within[place.parent].append(place)
    return [_place(place, within) for place in _by_name(within[None])]


def _place(place: Place, within: Mapping[RecordId | None, list[Place]]) -> Shelf:
    inner = _by_name(within.get(place.location, []))
    children = tuple(_place(child, within) for child in inner)
    count = place.copies + sum(child.count for child in children)
    return Shelf(f"location:{place.location.hex()}", place.name, count, children)


def _by_name(places: Iterable[Place]) -> list[Place]:
    return sorted(places, key=lambda place: (place.name.casefold(), place.location))
