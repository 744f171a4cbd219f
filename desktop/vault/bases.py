"""Snapshots and their parts as they are stored: what stands for entries that are not here."""
# ruff: noqa: S608 - what is put into these statements are constants of this module

from collections.abc import Iterable, Iterator, Sequence
from sqlite3 import Cursor

import msgspec

from shared.domain.stamps import Origin
from shared.envelope import Header, Kind
from shared.ids import DeviceId, EntryHash
from shared.ledger.snapshots import Snapshot, decode_manifest
from shared.ledger.values import SealedEntry

_SEALED = "hash, header, signature, salt, body"
_OURS_ALONE = 0


def read_base(cursor: Cursor) -> Snapshot | None:
    """Return the newest snapshot that is known here."""
    return _read(cursor, "1 ORDER BY number DESC LIMIT 1")


def read_taken(cursor: Cursor) -> Snapshot | None:
    """Return the snapshot that was taken in here in place of entries."""
    return _read(cursor, "taken")


def keep_base(cursor: Cursor, snapshot: Snapshot, *, taken: bool = False) -> None:
    """Store a snapshot as the newest; one that is taken in takes the place of all others."""
    cursor.execute("DELETE FROM base" if taken else "DELETE FROM base WHERE NOT taken")
    entry, approvals = snapshot.entry, msgspec.msgpack.encode(dict(snapshot.approvals))
    cursor.execute(
        f"INSERT OR IGNORE INTO base (number, taken, {_SEALED}, approvals)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (entry.seq, taken, *_sealed(entry), approvals),
    )


def keep_part(cursor: Cursor, kind: Kind, entry: SealedEntry) -> int:
    """Store a piece or a segment, and return its number."""
    sql = f"INSERT OR IGNORE INTO part (kind, {_SEALED}) VALUES (?, ?, ?, ?, ?, ?)"
    cursor.execute(sql, (kind, *_sealed(entry)))
    found = cursor.execute("SELECT number FROM part WHERE hash = ?", (entry.hash,)).fetchone()
    return int(found[0])


def keep_own_history(cursor: Cursor, name: bytes, body: bytes) -> int:
    """Store edits of the past that nobody else may have; ``body`` as of a segment."""
    sql = f"INSERT INTO part (kind, {_SEALED}) VALUES (?, ?, x'', x'', x'', ?)"
    return int(cursor.execute(sql, (_OURS_ALONE, name, body)).lastrowid or 0)


def has_part(cursor: Cursor, name: EntryHash) -> bool:
    """Tell whether a piece or segment is here."""
    return cursor.execute("SELECT 1 FROM part WHERE hash = ?", (name,)).fetchone() is not None


def read_part(cursor: Cursor, name: EntryHash) -> SealedEntry | None:
    """Return a piece or segment."""
    sql = f"SELECT kind, {_SEALED} FROM part WHERE hash = ?"
    found = cursor.execute(sql, (name,)).fetchone()
    if found is None:
        return None
    kind, *parts = found
    return _entry(Kind(kind), parts)


def bodies_of(cursor: Cursor, names: Iterable[EntryHash]) -> Iterator[bytes]:
    """Yield the bodies of pieces, one at a time; raise LookupError if one is not here."""
    for name in names:
        found = cursor.execute("SELECT body FROM part WHERE hash = ?", (name,)).fetchone()
        if found is None:
            raise LookupError(name)
        yield found[0]


def drop_pieces(cursor: Cursor, keep: Iterable[EntryHash] = ()) -> None:
    """Remove the pieces of every snapshot but one."""
    kept = set(keep)
    names = cursor.execute("SELECT hash FROM part WHERE kind = ?", (Kind.PIECE,)).fetchall()
    gone = [name for name in names if name[0] not in kept]
    cursor.executemany("DELETE FROM part WHERE hash = ?", gone)


def _read(cursor: Cursor, which: str) -> Snapshot | None:
    sql = f"SELECT {_SEALED}, approvals FROM base WHERE {which}"
    found = cursor.execute(sql).fetchone()
    if found is None:
        return None
    *parts, approvals = found
    entry = _entry(Kind.SNAPSHOT, parts)
    signed = msgspec.msgpack.decode(approvals, type=dict[bytes, bytes])
    return Snapshot(
        entry,
        Header.parse(entry.header, Kind.SNAPSHOT),
        decode_manifest(entry.body),
        {DeviceId(device): signature for device, signature in signed.items()},
    )


def _sealed(entry: SealedEntry) -> tuple[bytes, ...]:
    return (entry.hash, entry.header, entry.signature, entry.salt, entry.body)


def _entry(kind: Kind, parts: Sequence[bytes]) -> SealedEntry:
    digest, header, *rest = parts
    read = Header.parse(header, kind)
    origin = Origin(read.device, read.incarnation)
    return SealedEntry(origin, read.seq, EntryHash(digest), header, *rest)
