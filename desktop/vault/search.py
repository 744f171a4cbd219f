"""The search index: one text a copy, made of all that the collector may type to find it.

The index keeps no text of its own and no positions: which copies hold which words is enough.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from sqlite3 import Cursor
from typing import TypeVar

from desktop.vault.layout import unpack_map
from desktop.vault.merging import Footprint
from desktop.vault.places import Places
from desktop.vault.secrets import drop, get, put
from shared.domain.schema import DELETED, FIELDS, TAG_PREFIX, Kind

_DDL = (
    "CREATE VIRTUAL TABLE words USING fts5(text, content='', contentless_delete=1,"
    " detail=none, tokenize='unicode61 remove_diacritics 2')"
)
_SETTINGS = {"automerge": 0, "crisismerge": 1000}
"""Merging all at once stalls one edit in some hundreds for a tenth of a second; see ``tidy``."""
_OWNERS = {Kind.MODEL: "m", Kind.VARIANT: "v", Kind.COPY: "c"}
_SEARCHED = {kind: [field.name for field in FIELDS[kind] if field.searched] for kind in Kind}
_KNOWN = frozenset(field.name for field in FIELDS[Kind.COPY])
_SPOKEN = frozenset({"model", "variant", "location", *_SEARCHED[Kind.COPY]})
_T = TypeVar("_T")
_COLUMNS = ", ".join(f'{own}."{name}"' for kind, own in _OWNERS.items() for name in _SEARCHED[kind])
_FROM = "FROM copy c LEFT JOIN model m ON m.id = c.model LEFT JOIN variant v ON v.id = c.variant"
_ADD = f"""
INSERT INTO words (rowid, text)
SELECT c.rowid, concat_ws(' ', {_COLUMNS}, place_words(c.location), extra_words(c.extra))
{_FROM} WHERE """
_MOST_PARAMETERS = 20_000
_TIDY_PAGES = 8
_REST = "search/rest"
"""Under this name stands the first row that was left for later, if any was."""
_ROW_BYTES = 8
_WORD = re.compile(r"[^\W_]+")


class Speaker:
    """Spells out for the index what a copy refers to: its place and its tags.

    The SQL functions answer from what ``learn`` read last.
    """

    def __init__(self) -> None:
        self._places = Places(())
        self._tags: dict[str, str] = {}
        self._stale = True

    @property
    def functions(self) -> dict[str, Callable[..., str | None]]:
        """The SQL functions by name."""
        return {"place_words": self._place_words, "extra_words": self._extra_words}

    def forget(self) -> None:
        """Read places and tags anew next time: they changed, or a change was taken back."""
        self._stale = True

    def learn(self, cursor: Cursor) -> None:
        """Read places and tags, if that was not done."""
        if self._stale:
            self._places = Places.read(cursor)
            tags = cursor.execute("SELECT id, name FROM tag WHERE NOT deleted AND name NOT NULL")
            self._tags = {TAG_PREFIX + record.hex(): name for record, name in tags}
            self._stale = False

    def _place_words(self, location: bytes | None) -> str | None:
        return self._places.path(location) if location else None

    def _extra_words(self, extra: bytes | None) -> str | None:
        if extra is None:
            return None
        held = unpack_map(extra)
        own = [value for value in held.values() if isinstance(value, str)]
        tags = [self._tags.get(name, "") for name, value in held.items() if value is True]
        return " ".join(own + tags)


def create_index(cursor: Cursor) -> None:
    """Make the empty index of a new collection."""
    cursor.execute(_DDL)
    for name, value in _SETTINGS.items():
        cursor.execute("INSERT INTO words (words, rank) VALUES (?, ?)", (name, value))


def update_index(
    cursor: Cursor,
    speaker: Speaker,
    footprint: Footprint,
    first_new_row: int,
    *,
    rest_later: bool = False,
) -> None:
    """Let copies be found by what they read like now.

    Rows from ``first_new_row`` on are not in the index; with ``rest_later`` the next update takes
    them in.
    """
    if footprint.of(Kind.LOCATION.value) or footprint.of(Kind.TAG.value):
        speaker.forget()
    speaker.learn(cursor)
    old: set[int] = set()
    if first_new_row > 1:
        old = {row for row in _stale_rows(cursor, footprint) if row < first_new_row}
    for rows in _chunks(sorted(old)):
        among = f"rowid IN ({','.join('?' * len(rows))})"
        cursor.execute(f"DELETE FROM words WHERE {among}", rows)  # noqa: S608 - only marks
        cursor.execute(f"{_ADD} c.{among}", rows)
    if rest_later:
        put(cursor, _REST, first_new_row.to_bytes(_ROW_BYTES))
    else:
        cursor.execute(f"{_ADD} c.rowid >= ?", (first_new_row,))
        drop(cursor, _REST)


def is_behind(cursor: Cursor) -> bool:
    """Tell whether some copies are not in the index yet."""
    return get(cursor, _REST) is not None


def next_unspoken(cursor: Cursor) -> int:
    """Return the first row that is not in the index: the next new one, if none was left."""
    rest = get(cursor, _REST)
    return next_row(cursor) if rest is None else int.from_bytes(rest)


def next_row(cursor: Cursor) -> int:
    """Return the row that the next new copy gets."""
    return int(cursor.execute("SELECT coalesce(max(rowid), 0) + 1 FROM copy").fetchone()[0])


def tidy(cursor: Cursor) -> None:
    """Join a few pages of the many pieces that single edits leave the index in."""
    cursor.execute("INSERT INTO words (words, rank) VALUES ('merge', ?)", (_TIDY_PAGES,))


def matching(cursor: Cursor, words: str) -> list[int] | None:
    """Return the rows of copies with all the words, or with longer ones that begin so.

    None if there is no word in it at all.
    """
    tokens = _WORD.findall(unicodedata.normalize("NFC", words))
    if not tokens:
        return None
    query = " ".join(f'"{token}"*' for token in tokens)
    sql = "SELECT rowid FROM words WHERE words MATCH ?"
    return [row for (row,) in cursor.execute(sql, (query,))]


def texts_of(cursor: Cursor, row: int) -> list[str]:
    """Return what a copy, its model and its variant say, text by text."""
    found = cursor.execute(f"SELECT {_COLUMNS} {_FROM} WHERE c.rowid = ?", (row,))
    return [text for text in found.fetchone() or () if text]


def _stale_rows(cursor: Cursor, footprint: Footprint) -> set[int]:
    """Return the rows of copies that may read differently now."""
    old, rows = footprint.old, set[int]()
    written = footprint.fields.get(Kind.COPY.value, set()) - {DELETED}
    if written & _SPOKEN or written - _KNOWN:
        rows |= rows_where(cursor, "id", old[Kind.COPY.value])
    for kind in (Kind.MODEL, Kind.VARIANT):
        fresh = footprint.made.get(kind.value, set())
        heard = footprint.fields.get(kind.value, set()) & set(_SEARCHED[kind])
        rows |= rows_where(cursor, kind.value, fresh | (old[kind.value] if heard else set()))
    if moved := old.get(Kind.LOCATION.value):
        inside = map(Places.read(cursor).within, moved)
        rows |= rows_where(cursor, "location", moved.union(*inside))
    if tags := old.get(Kind.TAG.value):
        names = {TAG_PREFIX + tag.hex() for tag in tags}
        sql = "SELECT rowid, extra FROM copy WHERE extra IS NOT NULL"
        rows |= {row for row, extra in cursor.execute(sql) if names & unpack_map(extra).keys()}
    return rows


def rows_where(cursor: Cursor, column: str, values: Collection[bytes]) -> set[int]:
    """Return the rows of copies whose ``column`` is one of some ids."""
    rows: set[int] = set()
    for ids in _chunks(list(values)):
        marks = ",".join("?" * len(ids))
        sql = f"SELECT rowid FROM copy WHERE {column} IN ({marks})"  # noqa: S608 - our own names
        rows.update(row for (row,) in cursor.execute(sql, ids))
    return rows


def _chunks(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(values), _MOST_PARAMETERS):
        yield values[start : start + _MOST_PARAMETERS]
