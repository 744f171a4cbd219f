"""Sealed entries and the heads of their streams, as they are stored."""

from collections.abc import Sequence
from enum import IntEnum
from sqlite3 import Cursor

from desktop.vault.archive import compress
from desktop.vault.bases import read_taken
from desktop.vault.moments import Moments
from shared.domain.stamps import Origin
from shared.ids import DeviceId, EntryHash, Incarnation
from shared.ledger.frame import decode_frame
from shared.ledger.values import Head, Heads, SealedEntry

_SELECT = """
SELECT device, incarnation, e.seq, e.hash, header, signature, salt, body
FROM entry e JOIN stream s ON s.number = e.stream WHERE """


class Held(IntEnum):
    """Where an entry is beside here.

    ``HERE``: nowhere, it may be sealed again. ``SERVER``: a server is known to have it.
    ``ELSEWHERE``: it left this device, or came, by a folder; a server may lack it.
    """

    HERE = 0
    SERVER = 1
    ELSEWHERE = 2


def keep_entry(cursor: Cursor, entry: SealedEntry, heads: Heads, held: Held) -> int:
    """Store an entry as the last of its stream, with the heads it tells of; return its number."""
    moments = Moments(cursor)
    stream = moments.stream(entry.origin)
    cursor.execute(
        "UPDATE stream SET seq = ?, hash = ? WHERE number = ?", (entry.seq, entry.hash, stream)
    )
    see(cursor, stream, heads)
    return add_entry(cursor, stream, entry, held)


def add_entry(cursor: Cursor, stream: int, entry: SealedEntry, held: Held) -> int:
    """Store an entry, wherever in its stream it is; return its number."""
    sql = (
        "INSERT INTO entry (stream, seq, sent, hash, header, signature, salt, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    )
    sealed = (entry.hash, entry.header, entry.signature, entry.salt, entry.body)
    return int(cursor.execute(sql, (stream, entry.seq, held, *sealed)).lastrowid or 0)


def entries_where(
    cursor: Cursor, where: str, parameters: Sequence[bytes | int]
) -> list[SealedEntry]:
    """Return the entries for which an SQL condition holds, in the order they came."""
    found = cursor.execute(f"{_SELECT}{where} ORDER BY e.number", parameters)
    return [
        SealedEntry(_origin(device, life), seq, EntryHash(digest), *parts)
        for device, life, seq, digest, *parts in found
    ]


def written_at(cursor: Cursor, moment: int) -> tuple[Origin, int | None]:
    """Return the stream of an edit and the number of its entry.

    The number is None while the edit is pending, and 0 if a snapshot stands for the entry.
    """
    sql = """
        SELECT device, incarnation, n.seq, e.blob IS NOT NULL
        FROM edit e JOIN stream s ON s.number = e.stream LEFT JOIN entry n ON n.number = e.entry
        WHERE e.moment = ?"""
    device, life, seq, pending = cursor.execute(sql, (moment,)).fetchone()
    return _origin(device, life), None if pending else seq or 0


def read_heads(cursor: Cursor) -> dict[Origin, Head]:
    """Return the last entry of each stream that has any."""
    found = cursor.execute("SELECT device, incarnation, seq, hash FROM stream WHERE seq > 0")
    return {_origin(*stream): Head(seq, EntryHash(last)) for *stream, seq, last in found}


def read_seen(cursor: Cursor) -> dict[Origin, dict[Origin, Head]]:
    """Return for each stream the heads that its last entry had seen."""
    sql = """
        SELECT w.device, w.incarnation, s.device, s.incarnation, seen.seq, seen.hash
        FROM seen JOIN stream w ON w.number = seen.writer JOIN stream s ON s.number = seen.stream"""
    seen: dict[Origin, dict[Origin, Head]] = {}
    for writer, writer_life, device, life, seq, last in cursor.execute(sql):
        heads = seen.setdefault(_origin(writer, writer_life), {})
        heads[_origin(device, life)] = Head(seq, EntryHash(last))
    return seen


def moments_behind(cursor: Cursor, stream: int, last: int) -> set[int]:
    """Return the edits of a stream that lie in entries after number ``last``."""
    sql = """
        SELECT moment FROM edit WHERE entry IN
            (SELECT number FROM entry WHERE stream = ? AND seq > ?)"""
    return {moment for (moment,) in cursor.execute(sql, (stream, last))}


def drop_unsent(cursor: Cursor) -> None:
    """Turn own entries that never left this device back into pending edits."""
    found = cursor.execute("SELECT number, stream, body FROM entry WHERE NOT sent").fetchall()
    for number, _, body in found:
        edits = decode_frame(body)[1]
        cursor.executemany(
            "UPDATE edit SET entry = NULL, place = 0, blob = ? WHERE entry = ? AND place = ?",
            [(compress(edit), number, place) for place, edit in enumerate(edits)],
        )
        cursor.execute("DELETE FROM entry WHERE number = ?", (number,))
    for stream in {stream for _, stream, _ in found}:
        _rewind(cursor, stream)


def _rewind(cursor: Cursor, stream: int) -> None:
    """Let a stream end with the last entry that is left of it."""
    taken, origin = read_taken(cursor), Moments(cursor).origin(stream)
    base = taken.manifest.heads.get(origin) if taken else None
    first, seq, last = (base.seq, *base) if base else (0, 0, b"")
    sql = "SELECT seq, hash, body FROM entry WHERE stream = ? AND seq > ? ORDER BY seq"
    left = cursor.execute(sql, (stream, first)).fetchall()
    if left:
        seq, last = left[-1][:2]
    cursor.execute("UPDATE stream SET seq = ?, hash = ? WHERE number = ?", (seq, last, stream))
    cursor.execute("DELETE FROM seen WHERE writer = ?", (stream,))
    if taken is not None:
        see(cursor, stream, taken.manifest.seen.get(origin, {}))
    for _, _, body in left:
        see(cursor, stream, decode_frame(body)[0])


def see(cursor: Cursor, writer: int, heads: Heads) -> None:
    """Note heads that the last entry of a stream had seen."""
    moments = Moments(cursor)
    cursor.executemany(
        "INSERT OR REPLACE INTO seen (writer, stream, seq, hash) VALUES (?, ?, ?, ?)",
        [(writer, moments.stream(origin), *head) for origin, head in heads.items()],
    )


def _origin(device: bytes, incarnation: bytes) -> Origin:
    return Origin(DeviceId(device), Incarnation(incarnation))
