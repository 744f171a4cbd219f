"""Sealed attachments on disk: ``files/xx/<id>``, whole or not there at all."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from pathlib import Path
from sqlite3 import Cursor

from desktop.system.durable import durable_rename
from desktop.vault.database import Database
from desktop.vault.disk import troubles
from desktop.vault.errors import UnreadPictureError
from desktop.vault.secrets import get, put
from shared.ids import FileId

_PART = ".part"
_COMING = ".coming"
_CONTENT = "content/"


class Sent(IntEnum):
    """Where a file is beside here.

    ``AFTER_ITS_EDIT``: a server may have it, but may be about to let it go; it is to be claimed
    again, and not before the edit that needs it has reached that server.
    """

    NOT_YET = 0
    YES = 1
    AFTER_ITS_EDIT = 2


class Files:
    """Keeps sealed files. Safe from any thread.

    ``absent`` are those that no server had when it was asked last, as far as is known, ``harmed``
    those that were found changed or damaged here, and are to come again.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self._folder = folder
        self._database = database
        self.absent: set[FileId] = set()
        self.harmed: set[FileId] = set()

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
        self.absent.discard(file)
        self.harmed.discard(file)

    def begun_bytes(self, file: FileId) -> int:
        """Return how much came of a file that is still being fetched."""
        try:
            with _reading():
                return self._coming(file).stat().st_size
        except FileNotFoundError:
            return 0

    def begun(self, file: FileId) -> bytes:
        """Return what came of a file that is still being fetched; nothing if none did.

        Raises UnreadPictureError.
        """
        try:
            with _reading():
                return self._coming(file).read_bytes()
        except FileNotFoundError:
            return b""

    def add(self, file: FileId, chunk: bytes, at: int) -> None:
        """Put the next chunk of a file behind the ``at`` bytes that came before.

        It need not be safe: what a power cut spoils does not fit the root and is fetched again.
        """
        path = self._coming(file)
        with troubles():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
            with os.fdopen(handle, "wb") as target:
                target.truncate(at)
                target.seek(at)
                target.write(chunk)

    def forget_begun(self, file: FileId) -> None:
        """Throw away what came of a file."""
        with troubles():
            self._coming(file).unlink(missing_ok=True)

    def has(self, file: FileId) -> bool:
        """Tell whether a file is here, though perhaps it cannot be read."""
        return os.path.isfile(self._path(file))  # noqa: PTH113  # that of Path raises

    def read(self, file: FileId) -> bytes:
        """Return the sealed bytes of a file.

        Raises FileNotFoundError if it is not here, UnreadPictureError if it cannot be read.
        """
        with _reading():
            return self._path(file).read_bytes()

    def remove(self, file: FileId) -> None:
        """Remove a file, if it is here."""
        with self._database.writing() as cursor:
            self.remove_within(cursor, file)

    def remove_within(self, cursor: Cursor, file: FileId) -> None:
        """Remove a file within a transaction that has made sure that it may go."""
        cursor.execute("DELETE FROM file WHERE id = ?", (file,))
        with suppress(FileNotFoundError), troubles():
            self._path(file).unlink()

    def give_up(self, file: FileId) -> bool:
        """Remove a file that a server has; false if it is to be sent again by now."""
        with self._database.writing() as cursor:
            found = cursor.execute("SELECT sent FROM file WHERE id = ?", (file,)).fetchone()
            if found is None or found[0] != Sent.YES:
                return False
            self.remove_within(cursor, file)
        return True

    def sizes(self) -> dict[FileId, int]:
        """Return how many bytes each file takes that is here. Raises VaultErrors."""
        found: dict[FileId, int] = {}
        with troubles():
            for folder in self._folder.glob("??"):
                with os.scandir(folder) as entries:
                    for entry in entries:
                        if "." not in entry.name:
                            with suppress(FileNotFoundError):  # it has just gone
                                found[FileId(bytes.fromhex(entry.name))] = entry.stat().st_size
        return found

    def known(self, mark: bytes) -> bytes | None:
        """Return what was noted about a content, by its hash."""
        with self._database.reading() as cursor:
            return get(cursor, _CONTENT + mark.hex())

    def note(self, mark: bytes, facts: bytes) -> None:
        """Note which file has a content.

        The hash needs no secret: it lies in the encrypted file, beside the keys of the pictures.
        """
        with self._database.writing() as cursor:
            put(cursor, _CONTENT + mark.hex(), facts)

    def unsent(self) -> list[FileId]:
        """Return the files kept here that no server has."""
        with self._database.reading() as cursor:
            found = cursor.execute("SELECT id FROM file WHERE NOT sent").fetchall()
        return [FileId(file) for (file,) in found]

    def send_again(self, files: Iterable[FileId]) -> None:
        """Note that no server has these files after all."""
        with self._database.writing() as cursor:
            for file in files:
                self.mark_within(cursor, file, Sent.NOT_YET)

    def edits_have_left(self) -> None:
        """Note that all edits are at the server: what waited for them may be claimed again."""
        with self._database.writing() as cursor:
            sql = "UPDATE file SET sent = ? WHERE sent = ?"
            cursor.execute(sql, (Sent.NOT_YET, Sent.AFTER_ITS_EDIT))

    def mark_within(self, cursor: Cursor, file: FileId, sent: Sent) -> None:
        """Note where a file is, within a transaction."""
        cursor.execute("UPDATE file SET sent = ? WHERE id = ?", (sent, file))

    def acknowledge(self, file: FileId) -> None:
        """Note that a server has a file."""
        with self._database.writing() as cursor:
            cursor.execute("UPDATE file SET sent = 1 WHERE id = ?", (file,))

    def _coming(self, file: FileId) -> Path:
        path = self._path(file)
        return path.with_name(path.name + _COMING)

    def _path(self, file: FileId) -> Path:
        name = file.hex()
        return self._folder / name[:2] / name


@contextmanager
def _reading() -> Iterator[None]:
    """Say in one way that a file is there and cannot be read, whatever the system calls it."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise UnreadPictureError from error


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as target:
        for chunk in chunks:
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
