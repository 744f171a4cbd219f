"""What the sync reads and writes: entries, heads, links and how far the server's log was read."""
# ruff: noqa: S608 - what is put into these statements are constants of desktop.vault.entries

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from threading import RLock

from desktop.vault.archive import decompress
from desktop.vault.aside import set_aside
from desktop.vault.bases import read_taken
from desktop.vault.content import content_hash
from desktop.vault.database import Database
from desktop.vault.entries import (
    Held,
    drop_unsent,
    entries_where,
    keep_entry,
    read_heads,
    read_seen,
)
from desktop.vault.errors import UnfitLinksError
from desktop.vault.lineage import Lineage
from desktop.vault.moments import Moments
from desktop.vault.readable import note_passed_over, read_edit
from desktop.vault.secrets import get, put
from desktop.vault.twins import take_away, write_anew
from desktop.vault.writing import Writer, Writing, change_of
from shared.crypto.randomness import Random
from shared.domain.operations import Change
from shared.domain.stamps import Origin
from shared.envelope import Header
from shared.ids import INCARNATION_BYTES, Cursor, DeviceId, EntryHash, Incarnation, LogId
from shared.ledger.frame import decode_frame
from shared.ledger.values import Accepted, LedgerState, SealedEntry
from shared.membership import InvalidChainError, verify_chain

_LOG, _REACHED = "vault/log", "vault/reached"
_LABEL = "Sync"


class Log:
    """The entries of all streams. Safe from any thread.

    Whoever seals entries, or exchanges them with others, holds ``turn`` meanwhile.
    """

    def __init__(
        self, database: Database, writer: Writer, random: Random, sealed: Callable[[], None]
    ) -> None:
        """``sealed`` hears of own entries before they can leave."""
        self._database = database
        self._writer = writer
        self._random = random
        self._sealed = sealed
        self.turn = RLock()

    @property
    def origin(self) -> Origin:
        """The stream that this device writes to now."""
        return self._writer.origin

    @property
    def previous(self) -> Origin | None:
        """The stream of this device before that one, if it has entries."""
        with self._database.reading() as cursor:
            return Lineage.read(cursor).previous

    def state(self) -> LedgerState:
        """Return what the ledger needs to judge the next entry, and to seal the next own one."""
        with self._database.reading() as cursor:
            links = cursor.execute("SELECT link FROM link ORDER BY number").fetchall()
            tenant = Lineage.read(cursor).tenant
            heads, seen, taken = read_heads(cursor), read_seen(cursor), read_taken(cursor)
        base = taken.manifest.heads if taken else {}
        return LedgerState(tenant, tuple(link for (link,) in links), heads, seen, base)

    def last_link(self) -> bytes:
        """Return the last link of the chain of devices."""
        with self._database.reading() as cursor:
            sql = "SELECT link FROM link ORDER BY number DESC LIMIT 1"
            return bytes(cursor.execute(sql).fetchone()[0])

    def hash_at(self, origin: Origin, seq: int) -> EntryHash | None:
        """Return the hash of an entry held here, or of the last that a snapshot stands for."""
        sql = """
            SELECT e.hash FROM entry e JOIN stream s ON s.number = e.stream
            WHERE device = ? AND incarnation = ? AND e.seq = ?"""
        with self._database.reading() as cursor:
            found = cursor.execute(sql, (*origin, seq)).fetchone()
            if found:
                return EntryHash(found[0])
            taken = read_taken(cursor)
        head = taken.manifest.heads.get(origin) if taken else None
        return head.hash if head and head.seq == seq else None

    def entry_at(self, origin: Origin, seq: int) -> SealedEntry | None:
        """Return an entry held here."""
        with self._database.reading() as cursor:
            where = "device = ? AND incarnation = ? AND e.seq = ?"
            found = entries_where(cursor, where, (*origin, seq))
        return found[0] if found else None

    def pending(self, limit: int, max_bytes: int) -> tuple[tuple[int, ...], tuple[bytes, ...]]:
        """Return the numbers and blobs of the oldest own edits not sealed yet, in order.

        At least one, if there is any, even if it alone is larger than ``max_bytes``.
        """
        numbers: list[int] = []
        blobs: list[bytes] = []
        size = 0
        with self._database.reading() as cursor:
            sql = "SELECT moment, blob FROM edit WHERE blob IS NOT NULL ORDER BY moment LIMIT ?"
            for moment, packed in cursor.execute(sql, (limit,)):
                blob = decompress(packed)
                size += len(blob)
                if numbers and size > max_bytes:
                    break
                numbers.append(moment)
                blobs.append(blob)
        return tuple(numbers), tuple(blobs)

    def keep_sealed(self, entry: SealedEntry, numbers: Sequence[int]) -> None:
        """Store an own entry in place of the pending edits that it holds, in their order."""
        with self._database.writing() as cursor:
            number = keep_entry(cursor, entry, decode_frame(entry.body)[0], Held.HERE)
            cursor.executemany(
                "UPDATE edit SET entry = ?, place = ?, blob = NULL WHERE moment = ?",
                [(number, place, moment) for place, moment in enumerate(numbers)],
            )
        self._sealed()

    def unsent(self) -> list[SealedEntry]:
        """Return own entries that never left this device, in order."""
        with self._database.reading() as cursor:
            return entries_where(cursor, "NOT sent", ())

    def release(self) -> None:
        """Note that own entries are about to leave by a folder: their numbers are taken for good.

        It is noted first: if the folder never gets them, they are only written once more.
        """
        with self._database.writing() as cursor:
            cursor.execute(f"UPDATE entry SET sent = {Held.ELSEWHERE:d} WHERE NOT sent")

    def leave_server(self) -> None:
        """Note that no server is known to have anything, and that no log was read.

        What was sealed may have reached the old one, so its numbers are taken for good.
        """
        with self._database.writing() as cursor:
            cursor.execute(f"UPDATE entry SET sent = {Held.ELSEWHERE:d}")
            put(cursor, _LOG, b"")
            put(cursor, _REACHED, b"")

    def elsewhere(self) -> dict[Origin, int]:
        """Return, per stream, the first number that no server is known to have."""
        sql = f"""
            SELECT s.device, s.incarnation, min(e.seq) FROM entry e
            JOIN stream s ON s.number = e.stream
            WHERE e.sent = {Held.ELSEWHERE:d} GROUP BY e.stream"""
        with self._database.reading() as cursor:
            return {
                Origin(DeviceId(device), Incarnation(life)): seq
                for device, life, seq in cursor.execute(sql)
            }

    def confirm(self, heads: Mapping[Origin, int]) -> None:
        """Note that a server has what came or left by a folder, up to a number per stream."""
        with self._database.writing() as cursor:
            moments = Moments(cursor)
            cursor.executemany(
                f"UPDATE entry SET sent = {Held.SERVER:d}"
                f" WHERE sent = {Held.ELSEWHERE:d} AND stream = ? AND seq <= ?",
                [(moments.stream(origin), seq) for origin, seq in heads.items()],
            )

    def acknowledge(self, entries: Sequence[SealedEntry]) -> None:
        """Note that a server has these entries."""
        with self._database.writing() as cursor:
            moments = Moments(cursor)
            cursor.executemany(
                "UPDATE entry SET sent = 1 WHERE stream = ? AND seq = ?",
                [(moments.stream(entry.origin), entry.seq) for entry in entries],
            )

    def waiting(self) -> int:
        """Return how many own edits are on this device only."""
        sql = """
            SELECT (SELECT count(*) FROM edit WHERE blob IS NOT NULL)
                 + (SELECT count(*) FROM edit WHERE entry IN
                       (SELECT number FROM entry WHERE NOT sent))"""
        with self._database.reading() as cursor:
            return int(cursor.execute(sql).fetchone()[0])

    def unconfirmed(self) -> int:
        """Return how many own edits no server is known to have.

        They are on this device only, or were taken along by a folder or a bundle.
        """
        sql = f"""
            SELECT count(*) FROM edit WHERE entry IN
                (SELECT e.number FROM entry e JOIN stream s ON s.number = e.stream
                 WHERE e.sent = {Held.ELSEWHERE:d} AND s.device = ?)"""
        with self._database.reading() as cursor:
            own = Lineage.read(cursor).origin.device
            return self.waiting() + int(cursor.execute(sql, (own,)).fetchone()[0])

    def beyond(self, seqs: Mapping[Origin, int]) -> int:
        """Return how many own edits lie in no entry of own streams up to these numbers."""
        pending = "SELECT count(*) FROM edit WHERE blob IS NOT NULL"
        streams = "SELECT number, device, incarnation FROM stream WHERE device = ?"
        behind = """
            SELECT count(*) FROM edit WHERE entry IN
                (SELECT number FROM entry WHERE stream = ? AND seq > ?)"""
        with self._database.reading() as cursor:
            own = Lineage.read(cursor).origin.device
            found = int(cursor.execute(pending).fetchone()[0])
            for number, device, life in cursor.execute(streams, (own,)).fetchall():
                last = seqs.get(Origin(DeviceId(device), Incarnation(life)), 0)
                found += int(cursor.execute(behind, (number, last)).fetchone()[0])
        return found

    def last_written(self, cuts: Mapping[Origin, int] | None = None) -> dict[DeviceId, int]:
        """Return when each device wrote its last edit that is here, milliseconds since 1970.

        Edits behind ``cuts``, the last number of each stream that counts, are left out.
        """
        sql = """
            SELECT s.device, max(e.millis) FROM edit e JOIN stream s ON s.number = e.stream
            LEFT JOIN entry n ON n.number = e.entry
            LEFT JOIN json_each(?) cut ON cut.key = hex(s.device) || hex(s.incarnation)
            WHERE cut.key IS NULL OR n.seq IS NULL OR n.seq <= cut.value
            GROUP BY s.device"""
        last = {b"".join(origin).hex().upper(): seq for origin, seq in (cuts or {}).items()}
        with self._database.reading() as cursor:
            found = cursor.execute(sql, (json.dumps(last),))
            return {DeviceId(device): millis for device, millis in found}

    def last_edits(self) -> dict[Origin, int]:
        """Return for each stream the number of the last entry with edits that left its device."""
        sql = """
            SELECT device, incarnation, (
                SELECT e.seq FROM entry e WHERE e.stream = s.number AND e.sent
                AND EXISTS (SELECT 1 FROM edit WHERE entry = e.number)
                ORDER BY e.seq DESC LIMIT 1) last
            FROM stream s WHERE last IS NOT NULL"""
        with self._database.reading() as cursor:
            found = cursor.execute(sql).fetchall()
        return {Origin(DeviceId(device), Incarnation(life)): seq for device, life, seq in found}

    def newest_elsewhere(self) -> tuple[DeviceId, int, str] | None:
        """Return the newest edit of another device: its device, milliseconds since 1970, label."""
        sql = """
            SELECT s.device, e.millis, e.label FROM edit e JOIN stream s ON s.number = e.stream
            WHERE s.device != ? ORDER BY e.millis DESC LIMIT 1"""
        with self._database.reading() as cursor:
            found = cursor.execute(sql, (self._writer.origin.device,)).fetchone()
        return None if found is None else (DeviceId(found[0]), found[1], found[2])

    def cursor(self) -> tuple[LogId | None, Cursor]:
        """Return the name of the server's log, and how far it was read."""
        with self._database.reading() as cursor:
            name, reached = get(cursor, _LOG), get(cursor, _REACHED)
        return (LogId(name) if name else None), Cursor(int.from_bytes(reached or b"", "big"))

    def absorb(
        self,
        accepted: Sequence[Accepted] = (),
        links: Sequence[bytes] = (),
        *,
        cursor: Cursor | None = None,
        log_id: LogId | None = None,
        cuts: Mapping[Origin, int] | None = None,
        held: Held = Held.SERVER,
    ) -> Change:
        """Merge accepted entries, add links, move the cursor: all or nothing.

        Entries held already are skipped. ``cuts``: of every stream that the links cut and that
        went on here, the last number that counts; see desktop.vault.aside. ``held``: where the
        entries came from. Raises UnfitLinksError for links that make no
        valid chain with those here.
        """
        with self._writer.transaction() as writing:
            for one in accepted:
                _merge(writing, one, held)
            _add_links(writing.cursor, links)
            if cuts is not None:
                set_aside(writing, cuts)
            if cursor is not None:
                put(writing.cursor, _REACHED, cursor.to_bytes(8, "big"))
            if log_id is not None:
                put(writing.cursor, _LOG, log_id)
            footprint = writing.merging.footprint
        return change_of(_LABEL, footprint, remote=True)

    def last_epoch(self, *, without: DeviceId) -> int:
        """Return the highest epoch of the entries here, those of one device left out."""
        sql = """
            SELECT header FROM entry e JOIN stream s ON s.number = e.stream WHERE s.device != ?"""
        with self._database.reading() as cursor:
            headers = cursor.execute(sql, (without,))
            return max((Header.parse(header).epoch for (header,) in headers), default=0)

    def follow(
        self, links: Sequence[bytes], *, after: int, epoch: int, cuts: Mapping[Origin, int]
    ) -> Change:
        """Let a chain take the place of the one here, from link ``after`` on.

        Own entries of later epochs than ``epoch`` count as sent nowhere; ``cuts`` as in ``absorb``.
        """
        with self._writer.transaction() as writing:
            cursor, own = writing.cursor, writing.origin.device
            cursor.execute("DELETE FROM link WHERE number >= ?", (after,))
            _add_links(cursor, links)
            sql = """
                SELECT e.number, header FROM entry e JOIN stream s ON s.number = e.stream
                WHERE s.device = ?"""
            lost = [
                (number,)
                for number, header in cursor.execute(sql, (own,))
                if Header.parse(header).epoch > epoch
            ]
            cursor.executemany("UPDATE entry SET sent = 0 WHERE number = ?", lost)
            set_aside(writing, cuts)
            footprint = writing.merging.footprint
        return change_of(_LABEL, footprint, remote=True)

    def renew(self) -> Origin:
        """Start a new incarnation; own entries that never left become pending again."""
        with self._database.writing() as cursor:
            lineage = Lineage.read(cursor)
            drop_unsent(cursor)
            written = lineage.origin in read_heads(cursor)
            previous = lineage.origin if written else lineage.previous
            life = Incarnation(self._random(INCARNATION_BYTES))
            origin = Origin(lineage.origin.device, life)
            Lineage(lineage.tenant, origin, previous).keep(cursor)
            self._writer.origin = origin
        return origin

    def content_hash(self) -> bytes:
        """Return 32 bytes that are equal on devices that show the same."""
        with self._database.reading() as cursor:
            return content_hash(cursor)


def _merge(writing: Writing, accepted: Accepted, held: Held) -> None:
    """Store an entry and merge its edits, unless it is here; pass over what nobody can read."""
    entry = accepted.entry
    where = "device = ? AND incarnation = ? AND e.seq = ?"
    if entries_where(writing.cursor, where, (*entry.origin, entry.seq)):
        return
    number = keep_entry(writing.cursor, entry, accepted.heads, held)
    for place, blob in enumerate(accepted.edits):
        edit = read_edit(blob, entry.origin.device)
        if edit is None:
            note_passed_over(writing, entry.origin.device)
            continue
        writing.clock.see(edit.reading)
        twin = take_away(writing, edit)
        writing.keep(edit, None, number, place)
        if twin is not None:
            write_anew(writing, twin)


def _add_links(cursor: sqlite3.Cursor, links: Sequence[bytes]) -> None:
    """Add the links that are not here yet: what is in the table is a valid chain, always.

    A collection whose chain is none opens nothing any more, so it is checked whole.
    """
    held = [link for (link,) in cursor.execute("SELECT link FROM link ORDER BY number")]
    fresh = [link for link in links if link not in held]
    if not fresh:
        return
    try:
        verify_chain([*held, *fresh], Lineage.read(cursor).tenant)
    except InvalidChainError as error:
        raise UnfitLinksError from error
    numbered = enumerate(fresh, start=len(held))
    cursor.executemany("INSERT INTO link (number, link) VALUES (?, ?)", numbered)
