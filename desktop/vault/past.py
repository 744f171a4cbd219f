"""The collection as it was: the edits up to a moment, merged once more, into memory.

A moment is a reading of the hybrid clock. Whoever wrote an edit had only seen earlier readings, so
the edits up to one are a state that a device could have shown; they give the same on every device.
"""

from collections.abc import Callable, Collection, Sequence
from sqlite3 import Cursor
from typing import NamedTuple

from desktop.vault.archive import Archive
from desktop.vault.aside import part_of
from desktop.vault.base_rows import read_base_rows
from desktop.vault.bases import bodies_of, read_taken
from desktop.vault.cuts import moments_cut_off
from desktop.vault.database import Database
from desktop.vault.errors import VaultError
from desktop.vault.layout import layout_of
from desktop.vault.lineage import Lineage
from desktop.vault.memory import MemoryDatabase
from desktop.vault.merging import Merging
from desktop.vault.moments import Moments
from desktop.vault.passed import read_passed
from desktop.vault.repeats import Repeats
from desktop.vault.search import Speaker, create_index, update_index
from desktop.vault.taking import Taking
from desktop.vault.unfolding import Unfolding
from desktop.vault.writing import Writing
from shared.domain.edits import decode_edit
from shared.domain.pages import Edits, Streams, decode_page
from shared.domain.stamps import COUNTER_BITS, HybridClock
from shared.ids import DeviceId, RecordId
from shared.ledger.snapshots import Snapshot, pages_in

Progress = Callable[[int, int], None]
"""Hears how much is done, and of how much; what it raises ends the work."""

Spot = tuple[str, RecordId]

_FIRST_ROW = 1


class _Reach(NamedTuple):
    """What counts for a state of the past.

    ``covered``: the edits that the snapshot taken in stands for. ``edits``: the moments and devices
    of those that come on top, in their order. ``passed``: those that no history has any more.
    """

    covered: Collection[int]
    edits: Sequence[tuple[int, DeviceId]]
    passed: Collection[int]

    @property
    def moments(self) -> set[int]:
        """All that counts."""
        return {*self.covered, *(moment for moment, _ in self.edits)}


class UnknownPastError(VaultError):
    """What the collection was then is not on this device yet: older history comes by itself.

    Choose a later day, or look again when the sync has brought more.
    """


class Span(NamedTuple):
    """From when to when there were edits, milliseconds since 1970; None if there are none.

    ``known``: from then on the collection can be told; what was before has not arrived here.
    """

    first: int | None
    known: int | None
    last: int | None


def reading_at(millis: int) -> int:
    """Return the last reading of a millisecond."""
    return ((millis + 1) << COUNTER_BITS) - 1


def read_span(database: Database) -> Span:
    """Tell how far back the collection can be told."""
    with database.reading() as cursor:
        sql = "SELECT min(reading), max(reading) FROM edit"
        first, last = cursor.execute(sql).fetchone()
        known = first
        if _lacks(cursor, last or 0, read_passed(cursor)):
            known = max(_covered(cursor, read_taken(cursor)).values(), default=first)
    return Span(*(None if at is None else at >> COUNTER_BITS for at in (first, known, last)))


def build_past(
    database: Database, until: int, progress: Progress, *, spots: Collection[Spot] = ()
) -> MemoryDatabase:
    """Return the collection as it was at a reading, or only some ``spots``; the caller closes it.

    Raises UnknownPastError, and what ``progress`` raises.
    """
    speaker = Speaker()
    past = MemoryDatabase(speaker.functions)
    try:
        with database.reading() as cursor, past.writing() as into:
            _copy_tables(cursor, into)
            _copy_edits(cursor, into, until)
            reach = _reach(cursor, until)
            moments = Moments(into)
            repeats = Repeats(cursor, reach.moments)
            merging = Merging(into, moments, repeats, passed=reach.passed)
            origin = Lineage.read(cursor).origin
            writing = Writing(into, moments, merging, HybridClock(_no_time), origin, 0)
            if spots:
                _merge_some(cursor, writing, reach, spots)
            else:
                _merge_all(cursor, writing, reach, progress)
            update_index(into, speaker, merging.footprint, _FIRST_ROW)
    except BaseException:
        past.close()
        raise
    return past


def _copy_tables(cursor: Cursor, into: Cursor) -> None:
    sql = """
        SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name NOT GLOB 'words*'
        ORDER BY type DESC"""
    for (statement,) in cursor.execute(sql).fetchall():
        into.execute(statement)
    create_index(into)


def _copy_edits(cursor: Cursor, into: Cursor, until: int) -> None:
    """Let stamps and moments, times and labels be known, but not what was written."""
    streams = cursor.execute("SELECT number, device, incarnation FROM stream").fetchall()
    sql = "INSERT INTO stream (number, device, incarnation, seq, hash) VALUES (?, ?, ?, 0, x'')"
    into.executemany(sql, streams)
    columns = "moment, reading, stream, millis, label, place"
    reading = cursor.connection.cursor()
    found = reading.execute(f"SELECT {columns} FROM edit WHERE reading <= ?", (until,))  # noqa: S608 - ours
    into.executemany(f"INSERT INTO edit ({columns}) VALUES (?, ?, ?, ?, ?, ?)", found)  # noqa: S608 - ours


def _reach(cursor: Cursor, until: int) -> _Reach:
    """Find out what counts at a reading; raise UnknownPastError."""
    passed = read_passed(cursor)
    covered = _usable(cursor, until, passed)
    left_out = moments_cut_off(cursor).union(covered, passed)
    return _Reach(covered, _in_order(cursor, until, left_out), passed)


def _merge_all(cursor: Cursor, writing: Writing, reach: _Reach, progress: Progress) -> None:
    if reach.covered and (taken := read_taken(cursor)):
        pages = pages_in(bodies_of(cursor, taken.manifest.pieces))
        Taking(writing, bytes).lay_out(pages)
    archive, whole = Archive(cursor, Moments(cursor)), len(reach.edits)
    for done, (moment, device) in enumerate(reach.edits):
        progress(done, whole)
        writing.merging.merge(decode_edit(archive.blob(moment), device), moment)
    progress(whole, whole)


def _merge_some(cursor: Cursor, writing: Writing, reach: _Reach, spots: Collection[Spot]) -> None:
    if reach.covered:
        for (kind, record), row in read_base_rows(cursor, spots).rows.items():
            layout = layout_of(kind)
            writing.cursor.execute(layout.replace_sql(), layout.raw(row))
            writing.cursor.execute(layout.bury_sql(), (row.deleted, record))
            writing.merging.footprint.add(kind, [record], (), ())
    archive = Archive(cursor, Moments(cursor))
    told = {moment for spot in spots for moment in archive.writers(*spot)}
    for moment, _ in reach.edits:
        if moment in told:
            edit = archive.edit(moment)
            for spot in spots:
                writing.merging.merge(part_of(edit, spot), moment)


def _usable(cursor: Cursor, until: int, passed: Collection[int]) -> Collection[int]:
    """Return the moments that the snapshot taken in stands for, if none of them is too late.

    Raises UnknownPastError if it is too new and the history under it is not here.
    """
    covered = _covered(cursor, read_taken(cursor))
    if max(covered.values(), default=0) <= until:
        return covered
    if _lacks(cursor, until, passed):
        raise UnknownPastError
    return ()


def _in_order(
    cursor: Cursor, until: int, passed_over: Collection[int]
) -> list[tuple[int, DeviceId]]:
    """Return edits with their devices, by stamp: whoever had seen another comes after it."""
    sql = """
        SELECT moment, device FROM edit JOIN stream ON number = stream
        WHERE reading <= ? ORDER BY reading, device, incarnation"""
    found = cursor.execute(sql, (until,))
    return [(moment, DeviceId(device)) for moment, device in found if moment not in passed_over]


def _covered(cursor: Cursor, taken: Snapshot | None) -> dict[int, int]:
    """Return the moments of the edits that a snapshot stands for, each with its reading."""
    if taken is None:
        return {}
    unfolding, readings = Unfolding(Moments(cursor)), list[int]()
    for raw in pages_in(bodies_of(cursor, taken.manifest.pieces)):
        match decode_page(raw):
            case Streams() as page:
                unfolding.name_streams(page)
            case Edits() as page:
                unfolding.number(page)
                readings += page.readings
            case _:
                break
    return dict(zip(unfolding.moments, readings, strict=True))


def _lacks(cursor: Cursor, until: int, passed: Collection[int]) -> bool:
    """Tell whether there are edits whose bytes have not come and are to come."""
    sql = "SELECT moment FROM edit WHERE reading <= ? AND coalesce(blob, entry, segment) IS NULL"
    return any(moment not in passed for (moment,) in cursor.execute(sql, (until,)))


def _no_time() -> int:
    return 0
