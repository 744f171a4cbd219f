"""Snapshots of the collection and its history: made, taken in, kept. The door for the sync."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from sqlite3 import Cursor
from typing import NamedTuple

from desktop.vault.archive import Archive
from desktop.vault.aside import derive
from desktop.vault.base_rows import read_base_rows
from desktop.vault.bases import (
    bodies_of,
    has_part,
    keep_base,
    keep_part,
    read_base,
    read_part,
    read_taken,
)
from desktop.vault.database import Database
from desktop.vault.entries import read_heads
from desktop.vault.layout import layout_of
from desktop.vault.lineage import Lineage
from desktop.vault.moments import UNKNOWN, Moments
from desktop.vault.readable import read_edit
from desktop.vault.repeats import forget_repeated
from desktop.vault.secrets import put
from desktop.vault.state import RawRow, Spot, State, late_moments
from desktop.vault.taking import Taking, touch_history
from desktop.vault.writing import Writer, Writing, change_of
from shared.crypto.randomness import Random
from shared.domain.operations import Change
from shared.domain.pages import encode_page, is_agreed
from shared.envelope import Kind
from shared.ids import INCARNATION_BYTES, DeviceId, EntryHash, Incarnation, LogId, RecordId
from shared.ledger.frame import decode_frame
from shared.ledger.making import PastEdit, decode_segment
from shared.ledger.snapshots import Segment, Snapshot, pages_in
from shared.ledger.values import Head, Heads, SealedEntry

_LABEL = "Sync"

Checking = Callable[[Iterable[bytes]], Iterator[bytes]]
"""Lets pages pass and raises Refused behind the last one if they are not what was signed."""


class Tail(NamedTuple):
    """How much was written since the newest snapshot: entries, and about how many bytes."""

    entries: int
    bytes: int


class StatePage(NamedTuple):
    """A page of the state. ``agreed``: it is the same on all devices that hold the same."""

    raw: bytes
    agreed: bool


class Snapshots:
    """Safe from any thread."""

    def __init__(self, database: Database, writer: Writer, random: Random) -> None:
        self._database = database
        self._writer = writer
        self._random = random

    @property
    def base(self) -> Snapshot | None:
        """The newest snapshot that is known here."""
        with self._database.reading() as cursor:
            return read_base(cursor)

    @property
    def taken(self) -> Snapshot | None:
        """The snapshot that was taken in here in place of entries."""
        with self._database.reading() as cursor:
            return read_taken(cursor)

    def tail(self) -> Tail:
        """Return how much was written since the newest snapshot."""
        entries = size = 0
        with self._database.reading() as cursor:
            for stream, last in _ranges(cursor, read_base(cursor)):
                sql = """
                    SELECT count(*), coalesce(sum(length(body) + length(header)), 0)
                    FROM entry WHERE stream = ? AND seq > ?"""
                count, length = cursor.execute(sql, (stream, last)).fetchone()
                entries, size = entries + count, size + length
        return Tail(entries, size)

    def note(self, snapshot: Snapshot) -> None:
        """Note a snapshot as the newest; all that it stands for is here, and at the server."""
        with self._database.writing() as cursor:
            keep_base(cursor, snapshot)
            moments = Moments(cursor)
            cursor.executemany(
                "UPDATE entry SET sent = 1 WHERE sent <> 1 AND stream = ? AND seq <= ?",
                [(moments.stream(o), head.seq) for o, head in snapshot.manifest.heads.items()],
            )

    def state(self, heads: Heads) -> Iterator[StatePage]:
        """Yield the pages of what the collection was at some heads that it has reached."""
        instead = self._as_it_was(heads)
        with self._database.reading() as cursor:
            for page in State(cursor, _late(cursor, heads), instead).pages():
                raw = encode_page(page)
                yield StatePage(raw, is_agreed(raw))

    def has(self, name: EntryHash) -> bool:
        """Tell whether a piece or segment is here."""
        with self._database.reading() as cursor:
            return has_part(cursor, name)

    def part(self, name: EntryHash) -> SealedEntry | None:
        """Return a piece or segment that is kept here."""
        with self._database.reading() as cursor:
            return read_part(cursor, name)

    def keep_piece(self, piece: SealedEntry) -> None:
        """Keep a piece of a snapshot until that is taken in."""
        with self._database.writing() as cursor:
            keep_part(cursor, Kind.PIECE, piece)

    def take_in(
        self,
        snapshot: Snapshot,
        log: LogId | None,
        check: Checking,
        bridge: Sequence[SealedEntry] = (),
    ) -> Change:
        """Put a snapshot, whose pieces are here, in place of what is here: all or nothing.

        Edits that are not sealed come on top; entries that no server has are sealed again, in a
        new stream. ``bridge`` are entries behind it for which one stood that was taken in before.
        The server's ``log`` is to be read from its start; it is None if it came from elsewhere.
        New copies are listed from now on, and found by a search after ``let_be_found``. Raises
        MalformedPageError, and what ``check`` raises.
        """
        with self._writer.transaction(index_later=True) as writing:
            cursor = writing.cursor
            lineage = Lineage.read(cursor)
            before = read_heads(cursor).get(lineage.origin)
            unsent = cursor.execute("SELECT 1 FROM entry WHERE NOT sent LIMIT 1").fetchone()
            pages = pages_in(bodies_of(cursor, snapshot.manifest.pieces))
            Taking(writing, self._random).take(snapshot, check(pages), bridge)
            after = read_heads(cursor).get(lineage.origin)
            if unsent or before != after:
                self._begin_stream(cursor, lineage, after)
            if log is not None:
                put(cursor, "vault/log", log)
                put(cursor, "vault/reached", b"")
            footprint = writing.merging.footprint
        return change_of(_LABEL, footprint, remote=True)

    def let_be_found(self) -> Change:
        """Let a search find the copies that were taken in; if it is cut short, opening does it.

        The Change is empty if all are found already.
        """
        return Change(_LABEL, everything=self._writer.catch_up(), remote=True)

    def history(self, base: Snapshot | None, heads: Heads) -> Iterator[tuple[PastEdit, int]]:
        """Yield the edits held in entries between a snapshot and some heads, and the time of each.

        They come in the order in which they came here; the time is the writer's wall clock.
        """
        with self._database.reading() as cursor:
            moments = Moments(cursor)
            spans = {
                stream: (last, heads[moments.origin(stream)].seq)
                for stream, last in _ranges(cursor, base)
                if moments.origin(stream) in heads
            }
            entries = cursor.connection.cursor()
            entries.execute("SELECT stream, seq, body FROM entry ORDER BY number")
            for stream, seq, body in entries:
                first, last = spans.get(stream, (0, 0))
                if first < seq <= last:
                    yield from _dated(body, moments.origin(stream).device)

    def missing_history(self) -> tuple[Segment, ...]:
        """Return the history segments that are not here, the newest first.

        Whoever took in no snapshot has the whole history in its entries.
        """
        with self._database.reading() as cursor:
            base = read_base(cursor)
            if base is None or read_taken(cursor) is None:
                return ()
            segments = reversed(base.manifest.segments)
            return tuple(each for each in segments if not has_part(cursor, EntryHash(each.hash)))

    def keep_segment(self, segment: SealedEntry) -> None:
        """Keep a history segment: what its edits wrote can be read, and counts for conflicts."""
        edits = decode_segment(segment.body)
        with self._database.writing() as cursor:
            moments = Moments(cursor)
            number = keep_part(cursor, Kind.SEGMENT, segment)
            for place, (device, blob) in enumerate(edits):
                edit = read_edit(blob, device)
                moment = moments.moment(edit.stamp) if edit else UNKNOWN
                if edit is None or moment == UNKNOWN:
                    continue
                sql = "UPDATE edit SET segment = ?, place = ? WHERE moment = ?"
                mine = "AND coalesce(blob, entry, segment) IS NULL"
                if cursor.execute(f"{sql} {mine}", (number, place, moment)).rowcount:
                    for group in edit.groups:
                        touch_history(cursor, group.kind, group.records, moment)
            forget_repeated(cursor)

    def _begin_stream(self, cursor: Cursor, lineage: Lineage, head: Head | None) -> None:
        life = Incarnation(self._random(INCARNATION_BYTES))
        origin = lineage.origin._replace(incarnation=life)
        previous = lineage.origin if head else lineage.previous
        Lineage(lineage.tenant, origin, previous).keep(cursor)
        self._writer.origin = origin

    def _as_it_was(self, heads: Heads) -> dict[Spot, RawRow | None]:
        """Return the records that were written to beyond some heads, as they were there."""
        with self._database.reading() as cursor:
            if not _late(cursor, heads):
                return {}
        instead: dict[Spot, RawRow | None] = {}
        with self._writer.trial() as writing:
            late = _late(writing.cursor, heads)
            archive = Archive(writing.cursor, writing.moments)
            spots = _older_records(writing, archive, late)
            derive(writing, archive, spots, late)
            for kind, record in spots:
                row = layout_of(kind).read(writing.cursor, [record]).get(record)
                instead[kind, record] = layout_of(kind).raw(row) if row else None
        return instead


def _late(cursor: Cursor, heads: Heads) -> set[int]:
    """Return the edits beyond some heads that no snapshot taken in here covers.

    A device that was put back may have sealed an edit in a second stream that others had before.
    """
    late = late_moments(cursor, heads)
    sql = "SELECT moment FROM edit e JOIN entry n ON n.number = e.entry WHERE n.stream <> e.stream"
    sealed_again = late.intersection(moment for (moment,) in cursor.execute(sql))
    return late - read_base_rows(cursor, ()).moments if sealed_again else late


def _older_records(writing: Writing, archive: Archive, late: set[int]) -> set[Spot]:
    """Return the records that late edits wrote to and that others had written to as well."""
    spots = {spot for moment in late for spot in archive.places(moment)}
    by_kind: dict[str, list[RecordId]] = {}
    for kind, record in spots:
        by_kind.setdefault(kind, []).append(record)
    touched = "SELECT moment FROM touched WHERE record = ?"
    older = set[Spot]()
    for kind, records in by_kind.items():
        for record, row in layout_of(kind).read(writing.cursor, records, ()).items():
            moments = {row.born, *(m for (m,) in writing.cursor.execute(touched, (record,)))}
            if moments - late:
                older.add((kind, record))
    return older


def _ranges(cursor: Cursor, base: Snapshot | None) -> list[tuple[int, int]]:
    """Return every stream here, and the last of its entries that the snapshot stands for."""
    moments = Moments(cursor)
    heads = base.manifest.heads if base else {}
    streams = cursor.execute("SELECT number FROM stream WHERE seq > 0").fetchall()
    return [
        (stream, head.seq if (head := heads.get(moments.origin(stream))) else 0)
        for (stream,) in streams
    ]


def _dated(body: bytes, device: DeviceId) -> Iterator[tuple[PastEdit, int]]:
    for blob in decode_frame(body)[1]:
        edit = read_edit(blob, device)
        if edit is not None:
            yield (device, blob), edit.millis
