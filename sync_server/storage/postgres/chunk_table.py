"""The bytes of one tenant's attachments in a table beside their list."""

from shared.ids import FileId
from sync_server.storage.ports import Connection, Database


class ChunkTable:
    """Keeps chunks in the tenant's own schema: what lists them and they are one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, db: Connection, file: FileId, n: int, content: bytes) -> None:
        """Keep the bytes of a chunk."""
        db.execute(
            "INSERT INTO chunk_bytes (file, n, content) VALUES (?, ?, ?)", (file, n, content)
        )

    def get(self, file: FileId, n: int) -> bytes | None:
        """Return the bytes of a chunk, None if they are not here."""
        sql = "SELECT content FROM chunk_bytes WHERE file = ? AND n = ?"
        with self._database.read() as db:
            found = db.execute(sql, (file, n)).fetchone()
        return bytes(found[0]) if found else None

    def drop(self, db: Connection, file: FileId) -> None:
        """Delete all bytes of a file; again is fine."""
        db.execute("DELETE FROM chunk_bytes WHERE file = ?", (file,))

    def sizes(self, db: Connection, file: FileId) -> dict[int, int]:
        """Return how many bytes there are of each chunk that is here."""
        sql = "SELECT n, length(content) FROM chunk_bytes WHERE file = ?"
        return dict(db.execute(sql, (file,)).fetchall())
