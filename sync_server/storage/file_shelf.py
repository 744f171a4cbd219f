"""Sealed attachments of one tenant: their list; the bytes lie where ChunkBytes puts them.

An attachment lives while it is claimed. One that was never claimed is deleted after seven
days, a released one after thirty; a claim in between keeps it.
"""

from shared.ids import FileId
from shared.protocol.limits import CHUNKS_PER_FILE, RELEASED_SECONDS, UNCLAIMED_SECONDS
from shared.protocol.messages import AboutFiles, FileReply
from shared.protocol.problems import Code
from shared.signing import sha256
from sync_server.storage.errors import RefusedError
from sync_server.storage.limits import Room
from sync_server.storage.ports import ChunkBytes, Connection, Database


class FileShelf:
    """Puts chunks so that they are on disk when it returns, and gives them back.

    ``now`` is always milliseconds since 1970.
    """

    def __init__(self, database: Database, chunks: ChunkBytes) -> None:
        self._database = database
        self._chunks = chunks

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
            db.execute(
                "INSERT INTO file (id, chunks, bytes, claimed, deadline) VALUES (?, 0, 0, 0, ?)"
                " ON CONFLICT (id) DO NOTHING",
                (file, deadline),
            )
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
            rows = db.execute("SELECT n FROM chunk WHERE file = ? ORDER BY n", (file,))
            return FileReply(tuple(n for (n,) in rows), bool(row[0]))

    def claim(self, file: FileId, chunks: int) -> None:
        """Keep an attachment that consists of exactly this many chunks.

        Raises RefusedError: NOT_FOUND, FILE_INCOMPLETE.
        """
        present = self.presence(file).chunks
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
        """Delete what nobody claims any more; return how many attachments went."""
        with self._database.read() as db:
            rows = db.execute("SELECT id FROM file WHERE deadline <= ?", (now,)).fetchall()
        for (file,) in rows:
            with self._database.write() as db:
                # Bytes first: if this is interrupted, the rows still say what is left to do.
                self._chunks.drop(db, file)
                db.execute("DELETE FROM chunk WHERE file = ?", (file,))
                db.execute("DELETE FROM file WHERE id = ?", (file,))
        return len(rows)

    def is_complete(self) -> bool:
        """Tell whether every chunk in the list is there with its size."""
        with self._database.read() as db:
            rows = db.execute("SELECT file, n, bytes FROM chunk").fetchall()
            return all(self._chunks.size(db, FileId(file), n) == size for file, n, size in rows)

    def about(self) -> AboutFiles:
        """Count what is here."""
        with self._database.read() as db:
            files, chunks, size, claimed = db.execute(
                "SELECT count(*), coalesce(sum(chunks), 0), coalesce(sum(bytes), 0),"
                " coalesce(sum(claimed), 0) FROM file"
            ).fetchone()
        return AboutFiles(files, chunks, size, unclaimed=files - claimed)

    def _has(self, file: FileId, n: int, fingerprint: bytes) -> bool:
        with self._database.read() as db:
            row = db.execute(
                "SELECT hash FROM chunk WHERE file = ? AND n = ?", (file, n)
            ).fetchone()
        if row is not None and row[0] != fingerprint:
            raise RefusedError(Code.CHUNK_DIFFERS)
        return row is not None


def _require_room(db: Connection, file: FileId, size: int, room: Room) -> None:
    others, held = db.execute(
        "SELECT count(*) FILTER (WHERE id <> ?), coalesce(sum(bytes), 0) FROM file", (file,)
    ).fetchone()
    if held + size > room.bytes or others >= room.count:
        raise RefusedError(Code.QUOTA)
