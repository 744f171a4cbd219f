"""Sealed attachments on disk: ``files/xx/<id>``, whole or not there at all."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from desktop.system.durable import durable_rename
from desktop.vault.database import Database
from desktop.vault.disk import troubles
from shared.ids import FileId

_PART = ".part"


class Files:
    """Keeps sealed files. Safe from any thread."""

    def __init__(self, folder: Path, database: Database) -> None:
        self._folder = folder
        self._database = database

    def keep(self, file: FileId, chunks: Iterable[bytes], *, sent: bool = False) -> None:
        """Store all sealed chunks of a file, safe before this returns.

        ``sent``: a server has it already. Raises FullDiskError and other VaultErrors.
        """
        path = self._path(file)
        part = path.with_name(path.name + _PART)
        with troubles():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                _write(part, chunks)
                durable_rename(part, path)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
        with self._database.writing() as cursor:
            sql = "INSERT OR REPLACE INTO file (id, sent) VALUES (?, ?)"
            cursor.execute(sql, (file, sent))

    def has(self, file: FileId) -> bool:
        """Tell whether a file is here."""
        return self._path(file).is_file()

    def read(self, file: FileId) -> bytes:
        """Return the sealed bytes of a file; raise FileNotFoundError if it is not here."""
        return self._path(file).read_bytes()

    def remove(self, file: FileId) -> None:
        """Remove a file, if it is here."""
        with self._database.writing() as cursor:
            cursor.execute("DELETE FROM file WHERE id = ?", (file,))
        with suppress(FileNotFoundError), troubles():
            self._path(file).unlink()

    def unsent(self) -> list[FileId]:
        """Return the files kept here that no server has."""
        with self._database.reading() as cursor:
            found = cursor.execute("SELECT id FROM file WHERE NOT sent").fetchall()
        return [FileId(file) for (file,) in found]

    def acknowledge(self, file: FileId) -> None:
        """Note that a server has a file."""
        with self._database.writing() as cursor:
            cursor.execute("UPDATE file SET sent = 1 WHERE id = ?", (file,))

    def _path(self, file: FileId) -> Path:
        name = file.hex()
        return self._folder / name[:2] / name


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as target:
        for chunk in chunks:
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
