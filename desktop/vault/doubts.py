"""Entries that a snapshot goes beyond, and of which it does not have the edits.

A snapshot names the last entry of each stream, no others. Whoever was put back to an older state
together with the server may since have written other entries under numbers that were taken: the
snapshot stands for the first ones. But it lists all edits that it covers.
"""

from collections.abc import Collection, Iterable
from sqlite3 import Cursor

from desktop.vault.archive import Archive, compress
from desktop.vault.entries import Held, add_entry
from desktop.vault.lineage import Lineage
from desktop.vault.moments import UNKNOWN, Moments
from desktop.vault.readable import read_edit
from shared.ledger.frame import decode_frame
from shared.ledger.values import Heads, SealedEntry


def put_back(cursor: Cursor, entry: SealedEntry) -> None:
    """Keep an entry once more that the snapshot before stood for, and the one to come does not."""
    moments = Moments(cursor)
    number = add_entry(cursor, moments.stream(entry.origin), entry, Held.SERVER)
    for place, blob in enumerate(decode_frame(entry.body)[1]):
        edit = read_edit(blob, entry.origin.device)
        moment = moments.moment(edit.stamp) if edit else UNKNOWN
        sql = "UPDATE edit SET entry = ?, place = ?, blob = NULL, segment = NULL WHERE moment = ?"
        cursor.execute(sql, (number, place, moment))


def void_untold(cursor: Cursor, heads: Heads, covered: Collection[int]) -> None:
    """Remove entries up to some heads from the first one on whose edits are not all ``covered``.

    Own edits are pending then, to be sealed again. Those of others come again from their devices.
    """
    moments, own = Moments(cursor), Lineage.read(cursor).origin.device
    for stream, first in _firsts(cursor, moments, heads, covered).items():
        origin = moments.origin(stream)
        last = heads[origin].seq
        sql = "SELECT moment FROM edit JOIN entry n ON n.number = entry WHERE n.stream = ?"
        found = cursor.execute(f"{sql} AND n.seq BETWEEN ? AND ?", (stream, first, last)).fetchall()
        kept = [moment for (moment,) in found if moment in covered or origin.device == own]
        _make_pending(cursor, kept)  # what is covered becomes history when all else is done
        _forget(cursor, {moment for (moment,) in found}.difference(kept))
        void = "DELETE FROM entry WHERE stream = ? AND seq BETWEEN ? AND ?"
        cursor.execute(void, (stream, first, last))


def _firsts(
    cursor: Cursor, moments: Moments, heads: Heads, covered: Collection[int]
) -> dict[int, int]:
    """Return by stream the first entry of which an edit is not covered."""
    firsts = dict[int, int]()
    sql = "SELECT n.stream, n.seq, moment FROM entry n JOIN edit ON entry = n.number"
    for stream, seq, moment in cursor.execute(sql).fetchall():
        head = heads.get(moments.origin(stream))
        if moment not in covered and head is not None and seq <= head.seq:
            firsts[stream] = min(seq, firsts.get(stream, seq))
    return firsts


def _make_pending(cursor: Cursor, kept: Iterable[int]) -> None:
    archive = Archive(cursor, Moments(cursor))
    blobs = [(compress(archive.blob(moment)), moment) for moment in kept]
    sql = "UPDATE edit SET entry = NULL, place = 0, blob = ? WHERE moment = ?"
    cursor.executemany(sql, blobs)


def _forget(cursor: Cursor, untold: Iterable[int]) -> None:
    for moment in untold:
        cursor.execute("DELETE FROM touched WHERE moment = ?", (moment,))
        cursor.execute("DELETE FROM edit WHERE moment = ?", (moment,))
