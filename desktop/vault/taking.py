"""A snapshot taken in: in place of entries that are gone, or of an empty collection.

What is not sealed yet comes on top, in its order, as if it had been written just now by somebody
who had not seen the snapshot. So nothing of it is lost, and nothing comes back that was deleted.
"""

from collections.abc import Iterable, Sequence
from sqlite3 import Cursor

import msgspec

from desktop.vault.archive import Archive
from desktop.vault.aside import vacate
from desktop.vault.bases import drop_pieces, keep_base, keep_own_history
from desktop.vault.doubts import put_back, void_untold
from desktop.vault.entries import drop_unsent, see
from desktop.vault.layout import layout_of
from desktop.vault.search import next_row
from desktop.vault.state import late_moments
from desktop.vault.unfolding import RawRow, Unfolding
from desktop.vault.writing import Writing
from shared.crypto.randomness import Random
from shared.domain.pages import Conflicts, Edits, Records, Streams, decode_page
from shared.domain.schema import Kind
from shared.ids import HASH_BYTES, RecordId
from shared.ledger.making import encode_segment
from shared.ledger.snapshots import Snapshot
from shared.ledger.values import SealedEntry

_MANY = 5_000
"""Of more new records in a new collection no list is kept: everything may have changed."""
_KINDS = [kind.value for kind in Kind]


class Taking:
    """Puts the pages of one snapshot in the place of what is here, within one transaction."""

    def __init__(self, writing: Writing, random: Random) -> None:
        self._writing = writing
        self._cursor = writing.cursor
        self._random = random
        self._unfolding = Unfolding(writing.moments)
        self._begins = next_row(self._cursor) == 1
        self._empty: dict[str, bool] = {}
        self._records: dict[str, set[RecordId]] = {}

    def take(
        self, snapshot: Snapshot, pages: Iterable[bytes], bridge: Iterable[SealedEntry] = ()
    ) -> None:
        """Take in all pages; raise MalformedPageError, or what reading them raises.

        ``bridge``: entries beyond it for which the snapshot stood that was taken in before.
        """
        heads = snapshot.manifest.heads
        drop_unsent(self._cursor)
        self._cursor.execute("DELETE FROM conflict")
        self.lay_out(pages)
        self._writing.merging.look_again()
        for entry in bridge:
            put_back(self._cursor, entry)
        void_untold(self._cursor, heads, frozenset(self._unfolding.moments))
        later = late_moments(self._cursor, heads)
        self._take_away_the_rest()
        self._take_heads(snapshot)
        keep_base(self._cursor, snapshot, taken=True)
        drop_pieces(self._cursor, snapshot.manifest.pieces)
        self._write_again(later)

    def lay_out(self, pages: Iterable[bytes]) -> None:
        """Write what the pages say over what is here; raise MalformedPageError."""
        for raw in pages:
            match decode_page(raw):
                case Streams() as page:
                    self._unfolding.name_streams(page)
                case Edits() as page:
                    self._take_edits(page)
                case Records() as page:
                    self._take_records(page)
                case Conflicts() as page:
                    self._take_conflicts(page)

    def _take_edits(self, page: Edits) -> None:
        stream = self._unfolding.stream(page.stream)
        self._cursor.executemany(
            "INSERT OR IGNORE INTO edit (reading, stream, millis, label, place)"
            " VALUES (?, ?, ?, ?, 0)",
            [
                (reading, stream, millis, label)
                for reading, millis, label in zip(
                    page.readings, page.millis, page.labels, strict=True
                )
            ],
        )
        self._unfolding.number(page)
        self._writing.clock.see(max(page.readings, default=0))

    def _take_records(self, page: Records) -> None:
        layout, footprint = layout_of(page.kind), self._writing.merging.footprint
        if self._is_empty(page.kind):
            columns = self._unfolding.columns(page)
            rows = zip(*columns.values(), strict=True)
            self._cursor.executemany(layout.fill_sql(list(columns)), rows)
            if not self._begins or footprint.count(page.kind) <= _MANY:
                footprint.add(page.kind, page.records, (), layout.types)
        else:
            whole = self._unfolding.rows(page)
            self._records.setdefault(page.kind, set()).update(page.records)
            self._remember_births(page.kind, whole)
            self._cursor.executemany(layout.replace_sql(), whole)
            footprint.add(page.kind, (), page.records, layout.types)
        self._bury(page)

    def _remember_births(self, kind: str, rows: Sequence[RawRow]) -> None:
        """Note for the history which edit had made a record here, if the snapshot names another."""
        held = layout_of(kind).read(self._cursor, [row[0] for row in rows], ())
        births = [(row[0], held[row[0]].born) for row in rows if row[0] in held]
        self._cursor.executemany("INSERT OR IGNORE INTO touched VALUES (?, ?)", births)

    def _bury(self, page: Records) -> None:
        """Lay those into the trash whose deleter had seen all that they hold."""
        places = [grave.place for grave in page.graves if grave.seen is not None]
        rows = self._unfolding.rows(page) if places else []
        dead = [
            (True, rows[place][0])
            for place in places
            if self._unfolding.read(page.kind, rows[place]).deleted
        ]
        self._cursor.executemany(layout_of(page.kind).bury_sql(), dead)

    def _take_conflicts(self, page: Conflicts) -> None:
        self._cursor.executemany(
            "INSERT OR IGNORE INTO conflict (kind, record, field, moment, value)"
            " VALUES (?, ?, ?, ?, ?)",
            [
                (kind, record, name, moment, msgspec.msgpack.encode(value))
                for kind, record, name, moment, value in self._unfolding.conflicts(page)
            ],
        )

    def _take_away_the_rest(self) -> None:
        """Take away what only pending edits have made: they make it again."""
        strangers = self._cursor.execute("SELECT DISTINCT kind FROM stranger").fetchall()
        for kind in {*_KINDS, *(kind for (kind,) in strangers)}:
            if self._empty.get(kind):
                continue
            kept = self._records.get(kind, set())
            here = [RecordId(row[0]) for row in layout_of(kind).scan(self._cursor)]
            for record in here:
                if record not in kept:
                    vacate(self._writing, kind, record)

    def _take_heads(self, snapshot: Snapshot) -> None:
        """Let streams stand where the snapshot says; those that are further on here stay there."""
        moments = self._writing.moments
        for origin, head in snapshot.manifest.heads.items():
            stream = moments.stream(origin)
            known = "UPDATE entry SET sent = 1 WHERE sent = 2 AND stream = ? AND seq <= ?"
            self._cursor.execute(known, (stream, head.seq))
            if self._goes_on(stream, head.seq):
                continue
            sql = "UPDATE stream SET seq = ?, hash = ? WHERE number = ?"
            self._cursor.execute(sql, (*head, stream))
            self._cursor.execute("DELETE FROM seen WHERE writer = ?", (stream,))
            see(self._cursor, stream, snapshot.manifest.seen.get(origin, {}))

    def _goes_on(self, stream: int, last: int) -> bool:
        sql = "SELECT 1 FROM entry WHERE stream = ? AND seq > ?"
        return self._cursor.execute(sql, (stream, last)).fetchone() is not None

    def _write_again(self, later: Iterable[int]) -> None:
        """Merge again what is later than the snapshot; what it covers is history now."""
        archive = Archive(self._cursor, self._writing.moments)
        covered = set(self._unfolding.moments)
        for moment in sorted(later):
            if moment not in covered:
                self._writing.merging.merge(archive.edit(moment), moment)
            elif self._is_pending(moment):
                self._keep_as_history(archive, moment)

    def _is_pending(self, moment: int) -> bool:
        sql = "SELECT blob IS NOT NULL FROM edit WHERE moment = ?"
        return bool(self._cursor.execute(sql, (moment,)).fetchone()[0])

    def _keep_as_history(self, archive: Archive, moment: int) -> None:
        device = self._writing.moments.stamp(moment).origin.device
        body = encode_segment([(device, archive.blob(moment))])
        number = keep_own_history(self._cursor, self._random(HASH_BYTES), body)
        sql = "UPDATE edit SET blob = NULL, segment = ?, place = 0 WHERE moment = ?"
        self._cursor.execute(sql, (number, moment))

    def _is_empty(self, kind: str) -> bool:
        """Tell whether there was no record of a kind, so that none can be in the way."""
        if kind not in self._empty:
            sql = f"SELECT 1 FROM {layout_of(kind).table} LIMIT 1"  # noqa: S608 - ours
            self._empty[kind] = self._cursor.execute(sql).fetchone() is None
        return self._empty[kind]


def touch_history(cursor: Cursor, kind: str, records: Sequence[RecordId], moment: int) -> None:
    """Note which records an edit of the past wrote to that were there before it."""
    older = layout_of(kind).born_otherwise(cursor, records, moment)
    touched = [(record, moment) for record in older]
    cursor.executemany("INSERT OR IGNORE INTO touched VALUES (?, ?)", touched)
