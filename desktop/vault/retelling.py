"""A collection told again from its truth: records, conflicts, heads and index of an empty file."""
# ruff: noqa: S608 - what is put into these statements are constants of desktop.vault.truth

from collections.abc import Iterable, Mapping
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import Any

from desktop.vault.archive import decompress
from desktop.vault.aside import forget_marks, set_aside
from desktop.vault.bases import bodies_of, read_taken
from desktop.vault.cuts import cuts_of
from desktop.vault.database import Database, make_durable
from desktop.vault.entries import Held, keep_entry, read_heads
from desktop.vault.lineage import Lineage
from desktop.vault.opening import Surroundings, make_database
from desktop.vault.readable import read_edit
from desktop.vault.search import Speaker
from desktop.vault.taking import Taking, touch_history
from desktop.vault.truth import TRUTH, Fact
from desktop.vault.writing import Writer, Writing
from shared.crypto.randomness import Random
from shared.domain.edits import decode_edit
from shared.domain.stamps import HybridClock, Origin
from shared.envelope import Kind
from shared.ids import EntryHash
from shared.ledger.frame import decode_frame
from shared.ledger.making import PastEdit, decode_segment
from shared.ledger.snapshots import pages_in
from shared.ledger.values import SealedEntry
from shared.membership import verify_chain


class Retelling:
    """Tells facts to an empty collection, within one transaction."""

    def __init__(self, writing: Writing, random: Random) -> None:
        self._writing = writing
        self._cursor = writing.cursor
        self._random = random
        self._covered: Mapping[Origin, int] | None = None

    def tell(self, facts: Iterable[Fact]) -> None:
        """Tell all facts, in the order of ``TRUTH``."""
        for table, some in groupby(facts, lambda fact: fact.table):
            rows = (fact.row for fact in some)
            if table not in {"entry", "edit"}:
                self._lay(table, rows)
                continue
            self._take_base()
            for row in rows:
                if table == "entry":
                    self._tell_entry(row)
                else:
                    self._tell_pending(row[1])
        self._take_base()
        self._cut()

    def _lay(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        columns = TRUTH[table]
        names, values = ", ".join(columns), ", ".join("?" * len(columns))
        if table == "stream":
            names, values = f"{names}, seq, hash", f"{values}, 0, x''"
        sql = f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({values})"
        self._cursor.executemany(sql, rows)

    def _take_base(self) -> None:
        """Take the snapshot in that stands for entries which are not here, if there is one."""
        if self._covered is not None:
            return
        taken, self._covered = read_taken(self._cursor), {}
        if taken is None:
            return
        bases = self._cursor.execute("SELECT * FROM base").fetchall()
        pages = pages_in(bodies_of(self._cursor, taken.manifest.pieces))
        Taking(self._writing, self._random).take(taken, pages)
        marks = ", ".join("?" * len(bases[0]))
        self._cursor.executemany(f"INSERT OR REPLACE INTO base VALUES ({marks})", bases)
        self._covered = {origin: head.seq for origin, head in taken.manifest.heads.items()}
        sql = "SELECT number, body FROM part WHERE kind <> ?"
        for number, body in self._cursor.execute(sql, (Kind.PIECE,)).fetchall():
            self._point(decode_segment(body), "segment", number)

    def _tell_entry(self, row: tuple[Any, ...]) -> None:
        _, stream, seq, sent, digest, *sealed = row
        origin = self._writing.moments.origin(stream)
        entry = SealedEntry(origin, seq, EntryHash(digest), *sealed)
        heads, blobs = decode_frame(entry.body)
        if seq <= (self._covered or {}).get(origin, 0):
            columns = TRUTH["entry"][1:]
            marks = ", ".join("?" * len(columns))
            sql = f"INSERT INTO entry ({', '.join(columns)}) VALUES ({marks})"
            number = int(self._cursor.execute(sql, row[1:]).lastrowid or 0)
            self._point([(origin.device, blob) for blob in blobs], "entry", number)
            return
        number = keep_entry(self._cursor, entry, heads, Held(sent))
        for place, blob in enumerate(blobs):
            edit = read_edit(blob, origin.device)
            if edit is not None:
                self._writing.clock.see(edit.reading)
                self._writing.keep(edit, None, number, place)

    def _tell_pending(self, packed: bytes) -> None:
        edit = decode_edit(decompress(packed), self._writing.origin.device)
        self._writing.clock.see(edit.reading)
        self._writing.keep(edit, packed)

    def _point(self, edits: Iterable[PastEdit], where: str, number: int) -> None:
        """Let edits that the snapshot stands for be read from a part or an entry."""
        for place, (device, blob) in enumerate(edits):
            edit = read_edit(blob, device)
            if edit is None:
                continue
            moment = self._writing.moments.moment(edit.stamp)
            sql = f"UPDATE edit SET {where} = ?, place = ? WHERE moment = ?"
            mine = "AND coalesce(blob, entry, segment) IS NULL"
            if self._cursor.execute(f"{sql} {mine}", (number, place, moment)).rowcount:
                for group in edit.groups:
                    touch_history(self._cursor, group.kind, group.records, moment)

    def _cut(self) -> None:
        """Set aside again what the chain of devices cuts off."""
        forget_marks(self._cursor)
        links = self._cursor.execute("SELECT link FROM link ORDER BY number").fetchall()
        if len(links) > 1:
            tenant = Lineage.read(self._cursor).tenant
            membership = verify_chain([link for (link,) in links], tenant)
            cuts = cuts_of(membership, read_heads(self._cursor))
            set_aside(self._writing, cuts)


def tell(
    file: Path, key: bytes, lineage: Lineage, truth: Iterable[Fact], surroundings: Surroundings
) -> None:
    """Make a collection's file from its truth. Raises what reading the truth raises."""
    make_database(file, key, lineage)
    speaker = Speaker()
    with closing(Database(file, key, speaker.functions)) as database:
        make_durable(database)
        clock = HybridClock(surroundings.now_millis)
        wall = surroundings.now_millis
        origin = lineage.origin
        writer = Writer(
            database, speaker, clock, origin, wall_millis=wall, committed=lambda _: None
        )
        with writer.transaction() as writing:
            Retelling(writing, surroundings.random).tell(truth)
