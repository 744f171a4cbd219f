"""Edits that are in no history any more: it was put together, and their device wrote on.

A snapshot still names them, so they have a moment, and their bytes never come. What they wrote was
replaced within an hour (shared.domain.history), so the past can be told without them.
"""

from bisect import bisect_left, insort
from itertools import groupby
from sqlite3 import Cursor

from desktop.vault.bases import has_part, read_base, read_taken
from shared.domain.history import HOUR_MILLIS
from shared.ids import EntryHash
from shared.ledger.snapshots import Snapshot

_HAS_BYTES = "coalesce(blob, entry, segment) IS NOT NULL"


def read_passed(cursor: Cursor) -> set[int]:
    """Return the moments of such edits; none while a part of the history is still to come.

    One after which its device wrote nothing for an hour was lost otherwise, and is none.
    """
    sql = f"SELECT 1 FROM edit WHERE NOT {_HAS_BYTES} LIMIT 1"  # noqa: S608 - ours
    if cursor.execute(sql).fetchone() is None or not _is_all_here(cursor):
        return set()
    sql = f"""
        SELECT device, moment, millis, {_HAS_BYTES} FROM edit JOIN stream ON number = stream
        ORDER BY device, reading DESC"""  # noqa: S608 - ours
    passed = set[int]()
    for _, edits in groupby(cursor.execute(sql), key=lambda edit: edit[0]):
        kept = list[int]()  # when the device wrote later what is still here
        for _, moment, millis, is_here in edits:
            if is_here:
                insort(kept, millis)
            elif (at := bisect_left(kept, millis)) < len(kept) and kept[at] - millis < HOUR_MILLIS:
                passed.add(moment)
    return passed


def _is_all_here(cursor: Cursor) -> bool:
    """Tell whether the history under some snapshot is here to the last segment."""
    snapshots = (read_taken(cursor), read_base(cursor))
    return any(_has_history(cursor, each) for each in snapshots if each is not None)


def _has_history(cursor: Cursor, snapshot: Snapshot) -> bool:
    return all(has_part(cursor, EntryHash(each.hash)) for each in snapshot.manifest.segments)
