"""The bytes of one tenant's attachments as files: a folder an attachment, a file a chunk."""

import shutil
from pathlib import Path

from shared.ids import FileId
from sync_server.storage.durable import sync_folder, write_durably
from sync_server.storage.ports import Connection


class ChunkFolder:
    """Keeps chunks so that they are on disk at once; the transaction only lists them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, _db: Connection, file: FileId, n: int, content: bytes) -> None:
        """Keep the bytes of a chunk."""
        path = self.path(file, n)
        write_durably(path, content)
        sync_folder(path.parent.parent)

    def get(self, file: FileId, n: int) -> bytes | None:
        """Return the bytes of a chunk, None if they are not here."""
        try:
            return self.path(file, n).read_bytes()
        except FileNotFoundError:
            return None

    def drop(self, _db: Connection, file: FileId) -> None:
        """Delete all bytes of a file; again is fine."""
        home = self._home(file)
        if home.exists():
            shutil.rmtree(home)

    def sizes(self, _db: Connection, file: FileId) -> dict[int, int]:
        """Return how many bytes there are of each chunk that is here."""
        found = self._home(file).glob("*")
        return {int(path.name): path.stat().st_size for path in found if path.name.isdecimal()}

    def path(self, file: FileId, n: int) -> Path:
        """Return where a chunk is."""
        return self._home(file) / str(n)

    def _home(self, file: FileId) -> Path:
        return self._folder / file.hex()[:2] / file.hex()
