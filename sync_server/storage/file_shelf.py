"""Sealed attachments of one tenant: their list; the bytes lie where ChunkBytes puts them.

An attachment lives while it is claimed. One that was never claimed is deleted after seven
days, a released one after thirty; a claim in between keeps it.
"""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from shared.ids import FileId
from shared.protocol.limits import (
    CHUNK_BYTES,
    CHUNKS_PER_FILE,
    DOORS_PER_REPLY,
    FILES_PER_REPLY,
    RELEASED_SECONDS,
    UNCLAIMED_SECONDS,
)
from shared.protocol.messages import (
    AboutFiles,
    Door,
    DoorsReply,
    FileReply,
    FilesReply,
    HeldFile,
)
from shared.protocol.possession import proof_of
from shared.protocol.problems import Code
from shared.signing import sha256
from sync_server.storage.errors import RefusedError
from sync_server.storage.limits import Room
from sync_server.storage.ports import Connection, Database, Home

UNSEEN = b""
"""The hash of a chunk that came past this server: only where it lies are its bytes."""


class FileShelf:
    """Puts chunks so that they are on disk when it returns, and gives them back.

    ``now`` is always milliseconds since 1970.
    """

    def __init__(self, home: Home) -> None:
        self._database: Database = home.database
        self._chunks = home.chunks
        self._doors = home.doors

    def put(self, file: FileId, n: int, content: bytes, *, now: int, room: Room) -> None:
        """Store a chunk. The same bytes again are fine.

        Raises RefusedError: NOT_FOUND for an impossible number, CHUNK_DIFFERS, QUOTA.
        """
        if not 0 <= n < CHUNKS_PER_FILE:
            raise RefusedError(Code.NOT_FOUND)
        fingerprint = sha256(content)
        if self._has(file, n, fingerprint):
            return
        deadline = now + UNCLAIMED_SECONDS * 1000
        # The row comes first and durably: whatever bytes follow, the sweep will find them.
        with self._database.write() as db:
            _require_room(db, file, len(content), room)
            _expect(db, file, deadline)
        with self._database.write() as db:
            if self._has(file, n, fingerprint):  # somebody else's, in between
                return
            self._chunks.put(db, file, n, content)
            db.execute(
                "INSERT INTO chunk (file, n, bytes, hash) VALUES (?, ?, ?, ?)",
                (file, n, len(content), fingerprint),
            )
            db.execute(
                "UPDATE file SET chunks = chunks + 1, bytes = bytes + ?,"
                " deadline = CASE WHEN claimed = 0 THEN ? END WHERE id = ?",
                (len(content), deadline, file),
            )

    def open_doors(self, file: FileId, chunks: int, *, now: int, room: Room) -> DoorsReply:
        """Say which chunks are here, and where the next ones can be put past this server.

        Raises RefusedError: QUOTA, FILES_AWAY.
        """
        here = self._listed(file)
        if self._doors is None:
            return DoorsReply(here)
        missing = set(range(chunks)).difference(here)
        if missing:
            with self._database.read() as db:
                arrived = self._chunks.sizes(db, file).keys()
            here, missing = tuple(sorted({*here, *arrived})), missing - arrived
        if not missing:
            return DoorsReply(here)
        # As with put: the row first, so that the sweep finds whatever comes through.
        with self._database.write() as db:
            _require_room(db, file, (len(missing) - 1) * CHUNK_BYTES, room)
            _expect(db, file, now + UNCLAIMED_SECONDS * 1000)
        next_ones = sorted(missing)[:DOORS_PER_REPLY]
        urls = self._doors.doors_in(file, next_ones)
        return DoorsReply(here, tuple(map(Door, next_ones, urls)))

    def door_out(self, file: FileId, n: int) -> str:
        """Return the URL where a chunk is to be got that came past this server, "" for none."""
        if self._doors is None or self._hash(file, n) != UNSEEN:
            return ""
        return self._doors.door_out(file, n)

    def get(self, file: FileId, n: int) -> bytes:
        """Return a chunk, or raise RefusedError NOT_FOUND."""
        content = self._chunks.get(file, n)
        if content is None:
            raise RefusedError(Code.NOT_FOUND)
        return content

    def presence(self, file: FileId) -> FileReply:
        """Say which chunks are here, or raise RefusedError NOT_FOUND."""
        with self._database.read() as db:
            row = db.execute("SELECT claimed FROM file WHERE id = ?", (file,)).fetchone()
            if row is None:
                raise RefusedError(Code.NOT_FOUND)
        return FileReply(self._listed(file), bool(row[0]))

    def listing(self, after: bytes, *, most: int = FILES_PER_REPLY) -> FilesReply:
        """List attachments in the order of their ids."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT id, chunks, claimed FROM file WHERE id > ? ORDER BY id LIMIT ?",
                (after, most + 1),
            ).fetchall()
        held = tuple(HeldFile(FileId(id_), n, bool(claimed)) for id_, n, claimed in rows[:most])
        return FilesReply(held, more=len(rows) > most)

    def proof(self, file: FileId, challenge: bytes) -> bytes:
        """Answer a challenge with all bytes of a claimed attachment.

        Raises RefusedError: NOT_FOUND, FILE_INCOMPLETE, FILES_AWAY.
        """
        if not self.presence(file).claimed:
            raise RefusedError(Code.FILE_INCOMPLETE)
        return proof_of(challenge, self._bytes_of(file))

    def _bytes_of(self, file: FileId) -> Iterator[bytes]:
        for n in self._listed(file):
            content = self._chunks.get(file, n)
            if content is None:
                raise RefusedError(Code.FILE_INCOMPLETE)
            yield content

    def claim(self, file: FileId, chunks: int, *, room: Room) -> None:
        """Keep an attachment that consists of exactly this many chunks.

        Raises RefusedError: NOT_FOUND, FILE_INCOMPLETE; of what came past this server, TOO_LARGE,
        QUOTA, FILES_AWAY.
        """
        present = self.presence(file).chunks
        if present != tuple(range(chunks)) and self._doors is not None:
            self._list_arrivals(file, room)
            present = self._listed(file)
        if present != tuple(range(chunks)):
            raise RefusedError(Code.FILE_INCOMPLETE)
        with self._database.write() as db:
            db.execute("UPDATE file SET claimed = 1, deadline = NULL WHERE id = ?", (file,))

    def release(self, file: FileId, *, now: int) -> None:
        """Let an attachment go after thirty days; NOT_FOUND if it is not here."""
        self.presence(file)
        with self._database.write() as db:
            db.execute(
                "UPDATE file SET claimed = 0, deadline = ? WHERE id = ? AND claimed = 1",
                (now + RELEASED_SECONDS * 1000, file),
            )

    def sweep(self, *, now: int) -> int:
        """Delete what nobody claims any more; return how many attachments went.

        Where the bytes cannot be reached, it is left to the next sweep.
        """
        with self._database.read() as db:
            rows = db.execute("SELECT id FROM file WHERE deadline <= ?", (now,)).fetchall()
        for swept, (file,) in enumerate(rows):
            try:
                self._delete(file)
            except RefusedError as refused:
                if refused.code is not Code.FILES_AWAY:
                    raise
                return swept
        return len(rows)

    def _delete(self, file: FileId) -> None:
        with self._database.write() as db:
            # Bytes first: if this is interrupted, the rows still say what is left to do.
            self._chunks.drop(db, file)
            db.execute("DELETE FROM chunk WHERE file = ?", (file,))
            db.execute("DELETE FROM file WHERE id = ?", (file,))

    def is_complete(self) -> bool:
        """Tell whether every chunk in the list is there with its size."""
        with self._database.read() as db:
            rows = db.execute("SELECT file, n, bytes FROM chunk ORDER BY file, n").fetchall()
            for file, listed in groupby(rows, itemgetter(0)):
                here = self._chunks.sizes(db, FileId(file))
                if any(here.get(n) != size for _, n, size in listed):
                    return False
        return True

    def about(self) -> AboutFiles:
        """Count what is here."""
        with self._database.read() as db:
            files, chunks, size, claimed = db.execute(
                "SELECT count(*), coalesce(sum(chunks), 0), coalesce(sum(bytes), 0),"
                " coalesce(sum(claimed), 0) FROM file"
            ).fetchone()
        return AboutFiles(files, chunks, size, unclaimed=files - claimed)

    def _list_arrivals(self, file: FileId, room: Room) -> None:
        """List the chunks that came past this server."""
        with self._database.read() as db:
            here = self._chunks.sizes(db, file)
        listed = self._listed(file)
        new = [(file, n, size, UNSEEN) for n, size in here.items() if n not in listed]
        sizes = [size for _, _, size, _ in new]
        if max(sizes, default=0) > CHUNK_BYTES:
            raise RefusedError(Code.TOO_LARGE)
        with self._database.write() as db:
            _require_room(db, file, sum(sizes), room)
            db.executemany(
                "INSERT INTO chunk (file, n, bytes, hash) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (file, n) DO NOTHING",
                new,
            )
            db.execute(
                "UPDATE file SET chunks = (SELECT count(*) FROM chunk WHERE chunk.file = file.id),"
                " bytes = (SELECT coalesce(sum(chunk.bytes), 0) FROM chunk"
                " WHERE chunk.file = file.id)"
                " WHERE id = ?",
                (file,),
            )

    def _listed(self, file: FileId) -> tuple[int, ...]:
        with self._database.read() as db:
            rows = db.execute("SELECT n FROM chunk WHERE file = ? ORDER BY n", (file,))
            return tuple(n for (n,) in rows)

    def _has(self, file: FileId, n: int, fingerprint: bytes) -> bool:
        known = self._hash(file, n)
        if known == UNSEEN:
            known = sha256(self._chunks.get(file, n) or b"")
        if known is not None and known != fingerprint:
            raise RefusedError(Code.CHUNK_DIFFERS)
        return known is not None

    def _hash(self, file: FileId, n: int) -> bytes | None:
        with self._database.read() as db:
            row = db.execute(
                "SELECT hash FROM chunk WHERE file = ? AND n = ?", (file, n)
            ).fetchone()
        return None if row is None else bytes(row[0])


def _expect(db: Connection, file: FileId, deadline: int) -> None:
    """Note an attachment of which something is to come, or put off its end."""
    db.execute(
        "INSERT INTO file (id, chunks, bytes, claimed, deadline) VALUES (?, 0, 0, 0, ?)"
        " ON CONFLICT (id) DO UPDATE"
        " SET deadline = CASE WHEN file.claimed = 0 THEN excluded.deadline END",
        (file, deadline),
    )


def _require_room(db: Connection, file: FileId, size: int, room: Room) -> None:
    others, held = db.execute(
        "SELECT count(*) FILTER (WHERE id <> ?), coalesce(sum(bytes), 0) FROM file", (file,)
    ).fetchone()
    if held + size > room.bytes or others >= room.count:
        raise RefusedError(Code.QUOTA)
