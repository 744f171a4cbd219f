"""What the list and the sidebar show: found, sorted, counted and summed in memory."""

import re
import threading
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from sqlite3 import Cursor
from typing import TypeVar

from desktop.vault.database import Database
from desktop.vault.facts import LIVING, TRASHED, Copies, Facts
from desktop.vault.layout import unpack_map
from desktop.vault.merging import Footprint
from desktop.vault.ordering import Ordering, Ranks, natural
from desktop.vault.places import Places
from desktop.vault.rows import read_rows
from desktop.vault.search import matching, rows_where, texts_of
from desktop.vault.values import Column, CopyRow, Counts, Place, Query, Totals
from shared.domain.schema import TAG_PREFIX, Kind
from shared.ids import RecordId

_MOST_MENDED = 32
_MOST_ORDERINGS = 3
_TRASH = "trash"
_T = TypeVar("_T")
_PHRASE = re.compile(r'"([^"]+)"')


class Shelves:
    """The copies as they stand on the shelves.

    Safe from any thread. What writes tell it through ``note`` is looked up when next asked.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._noted: deque[Footprint | None] = deque()
        self._facts: Facts | None = None
        self._orderings: dict[Column, Ordering] = {}
        self._places = Places(())
        self._read = False
        self._ranks: Ranks = {}

    def order_choices(self, choices: Mapping[str, Sequence[str]]) -> None:
        """Say by field in which order the codes of its vocabulary come; else they sort as text."""
        with self._lock:
            self._ranks = {
                name: {code: place for place, code in enumerate(codes)}
                for name, codes in choices.items()
            }
            self._orderings.clear()

    def note(self, footprint: Footprint) -> None:
        """Take note that something was written; if it is much, only that."""
        much = footprint.count(Kind.COPY.value, Kind.MODEL.value) > _MOST_MENDED
        self._noted.append(None if much else footprint)

    def find(self, query: Query) -> Copies:
        """Return the copies that a query lists, in its order."""
        with self._looking() as (cursor, facts):
            rows = self._narrowed(cursor, facts, query)
            ordering = self._ordering(cursor, query.sort)
            return Copies(ordering.pick(rows, descending=query.descending), facts.ids)

    def rows(self, copies: Sequence[RecordId]) -> list[CopyRow]:
        """Return a page of lines, in the order asked; ids that are unknown are left out."""
        with self._looking() as (cursor, _):
            return read_rows(cursor, copies, self._places)

    def totals(self, copies: Sequence[RecordId] | None = None) -> Totals:
        """Return sums over some copies, or over all that are not in the trash."""
        with self._looking() as (cursor, facts):
            if isinstance(copies, Copies):
                return facts.totals(copies.rows)
            if copies is None:
                return facts.totals(facts.living())
            return facts.totals(rows_where(cursor, "id", copies))

    def counts(self) -> Counts:
        """Return how many copies stand on each shelf."""
        with self._looking() as (cursor, facts):
            living = facts.living()
            located = Counter(facts.location[row] for row in living)
            return Counts(
                copies=len(living),
                trash=facts.state.count(TRASHED),
                statuses=_counted(facts.status[row] for row in living),
                years=_counted(facts.year[row] for row in living),
                tags=_tag_counts(cursor),
                places=tuple(
                    Place(spot.location, spot.name, spot.parent, located[spot.location])
                    for spot in self._places
                ),
            )

    @contextmanager
    def _looking(self) -> Iterator[tuple[Cursor, Facts]]:
        with self._lock:
            # Notes first: what is noted was committed, so the reading that follows sees it.
            noted = [self._noted.popleft() for _ in range(len(self._noted))]
            with self._database.reading() as cursor:
                yield cursor, self._current(cursor, noted)

    def _current(self, cursor: Cursor, noted: Collection[Footprint | None]) -> Facts:
        """Bring what is held in memory up to date."""
        facts, self._facts = self._facts, None  # held again once all went well
        few = [footprint for footprint in noted if footprint is not None]
        much = facts is None or len(few) < len(noted)
        rows = None if much else _rows_touched(cursor, few)
        if facts is None or rows is None:
            facts, names = Facts.read(cursor)
            by_name = Ordering(Column.NAME, self._ranks, self._places)
            by_name.arrange(range(1, len(names) + 1), names, names)
            self._orderings = {Column.NAME: by_name}
        elif rows:
            facts.update(cursor, rows)
            for ordering in self._orderings.values():
                ordering.mend(cursor, rows)
        moved = any(footprint.count(Kind.LOCATION.value) for footprint in few)
        if much or moved or not self._read:
            self._places = Places.read(cursor)
            self._orderings.pop(Column.LOCATION, None)
            self._read = True
        self._facts = facts
        return facts

    def _narrowed(self, cursor: Cursor, facts: Facts, query: Query) -> Collection[int] | None:
        """Return the rows that a query lists, in no order; None for all that there are."""
        words = matching(cursor, query.words)
        wanted = TRASHED if query.shelf == _TRASH else LIVING
        if words is None and query.shelf in {"", _TRASH}:
            everything = facts.state.count(wanted) == len(facts.state) - 1
            return (
                None
                if everything
                else [row for row, state in enumerate(facts.state) if state == wanted]
            )
        rows = range(1, len(facts.state)) if words is None else words
        stands = self._shelf(cursor, facts, query.shelf)
        found = [row for row in rows if facts.state[row] == wanted and stands(row)]
        return _with_phrases(cursor, found, _PHRASE.findall(query.words))

    def _shelf(self, cursor: Cursor, facts: Facts, shelf: str) -> Callable[[int], bool]:
        """Return what tells whether a row stands on a shelf."""
        name, _, key = shelf.partition(":")
        match name:
            case "status":
                return lambda row: facts.status[row] == key
            case "location":
                inside = self._places.within(RecordId(bytes.fromhex(key)))
                return lambda row: facts.location[row] in inside
            case "year":
                year = int(key)
                return lambda row: facts.year[row] == year
            case "tag":
                tagged = _tagged(cursor, TAG_PREFIX + key)
                return lambda row: row in tagged
            case _:
                return lambda _: True

    def _ordering(self, cursor: Cursor, column: Column) -> Ordering:
        ordering = self._orderings.pop(column, None)
        if ordering is None:
            ordering = Ordering(column, self._ranks, self._places)
            ordering.read(cursor)
            while len(self._orderings) >= _MOST_ORDERINGS:
                del self._orderings[next(iter(self._orderings))]
        self._orderings[column] = ordering
        return ordering


def _rows_touched(cursor: Cursor, noted: Collection[Footprint]) -> set[int] | None:
    """Return the rows of copies that may read, sort or count differently now; None for many."""
    copies: set[RecordId] = set()
    models: set[RecordId] = set()
    for footprint in noted:
        copies |= footprint.of(Kind.COPY.value)
        models |= footprint.of(Kind.MODEL.value)
        if len(copies) + len(models) > _MOST_MENDED:
            return None
    rows = rows_where(cursor, "id", copies) | rows_where(cursor, "model", models)
    return rows if len(rows) <= _MOST_MENDED else None


def _counted(values: Iterable[_T | None]) -> dict[_T, int]:
    """Count what is there, not what is missing."""
    return {value: count for value, count in Counter(values).items() if value}


def _tag_counts(cursor: Cursor) -> dict[RecordId, int]:
    sql = "SELECT extra FROM copy WHERE extra IS NOT NULL AND NOT deleted"
    counts: Counter[str] = Counter()
    for (extra,) in cursor.execute(sql):
        counts.update(name for name, value in unpack_map(extra).items() if value is True)
    tags = cursor.execute("SELECT id FROM tag WHERE NOT deleted")
    return {RecordId(tag): counts[TAG_PREFIX + tag.hex()] for (tag,) in tags}


def _tagged(cursor: Cursor, name: str) -> set[int]:
    """Return the rows of copies that have a tag."""
    sql = "SELECT rowid, extra FROM copy WHERE extra IS NOT NULL"
    return {row for row, extra in cursor.execute(sql) if unpack_map(extra).get(name) is True}


def _with_phrases(cursor: Cursor, rows: list[int], phrases: Sequence[str]) -> list[int]:
    """Keep the copies in one of whose texts each phrase stands."""
    if not phrases:
        return rows
    wanted = [natural(phrase) for phrase in phrases]
    return [row for row in rows if _says(texts_of(cursor, row), wanted)]


def _says(texts: Iterable[str], phrases: Iterable[str]) -> bool:
    folded = [natural(text) for text in texts]
    return all(any(phrase in text for text in folded) for phrase in phrases)
