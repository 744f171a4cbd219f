"""A backup of an open collection: made at one state of it, with all photos that are here.

What of them is not here, or damaged, is told, and does not keep the rest from being safe.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from sqlite3 import Cursor

from desktop.vault.backup_file import (
    PIECE_BYTES,
    Contents,
    Doors,
    Line,
    chunks_of,
    key_by_database,
    prove,
    write_backup,
)
from desktop.vault.backup_pictures import Picture, read_pictures
from desktop.vault.database import Database
from desktop.vault.disk import troubles
from desktop.vault.files import Files
from desktop.vault.layout import GHOST, layout_of
from desktop.vault.lineage import Lineage
from desktop.vault.opening import UNLOCK
from desktop.vault.progress import UNWATCHED, Progress
from desktop.vault.state import kinds
from desktop.vault.truth import TRUTH, Fact, facts
from shared.crypto.attachments import (
    SEALED_CHUNK_BYTES,
    DamagedAttachmentError,
    FileSecret,
    open_chunks,
)
from shared.crypto.randomness import Random
from shared.ids import TenantId
from shared.membership import Role, verify_chain

RECORDS, PICTURES = "Writing the records", "Writing the pictures"


class Backups:
    """Makes backups of one collection. ``key``: of its database."""

    def __init__(
        self, folder: Path, key: bytes, database: Database, files: Files, random: Random
    ) -> None:
        self._folder = folder
        self._key = key
        self._database = database
        self._files = files
        self._random = random

    def make(
        self,
        path: Path,
        about: Mapping[str, str],
        progress: Progress = UNWATCHED,
    ) -> Contents:
        """Write a backup and open it once more to prove it, or leave nothing.

        ``about`` can be read by anybody. Returns what was read back, and which pictures are not in
        it. Raises StoppedError, IncompleteBackupError, and what a disk may say.
        """
        with troubles(), self._database.reading() as cursor:
            tenant, harmed = Lineage.read(cursor).tenant, list[bytes]()
            pictures = read_pictures(cursor)

            def pieces() -> Iterator[bytes]:
                for picture in progress.through(pictures, PICTURES, len(pictures)):
                    if self._files.has(picture.file):
                        yield from self._pieces(tenant, picture, harmed)

            doors = Doors((self._folder / UNLOCK).read_bytes(), self._key, _paper(cursor, tenant))
            parts = (progress.through(lines, RECORDS) for lines in _parts(cursor))
            chunks = chunks_of(parts, pieces())
            return write_backup(
                path, doors, about, chunks, self._random, harmed=harmed, progress=progress
            )

    def prove(self, path: Path, progress: Progress = UNWATCHED) -> Contents:
        """Open a backup of this collection and count all of it.

        Raises DamagedBackupError, ForeignBackupError if it is not of this collection, StoppedError.
        """
        with troubles():
            return prove(path, key_by_database(path, self._key), progress)

    def _pieces(self, tenant: TenantId, picture: Picture, harmed: list[bytes]) -> Iterator[bytes]:
        """Yield a picture in pieces: file, size, offset, content; note it if it is damaged."""
        secret = FileSecret(tenant, picture.file, picture.key)
        try:
            sealed = self._files.read(picture.file)
            starts = range(0, len(sealed), SEALED_CHUNK_BYTES)
            chunks = (sealed[start : start + SEALED_CHUNK_BYTES] for start in starts)
            content = b"".join(open_chunks(secret, picture.size, picture.root, chunks))
        except (DamagedAttachmentError, OSError):  # a sector of its own that cannot be read
            harmed.append(picture.file)
            return
        head = picture.file + picture.size.to_bytes(8)
        for at in range(0, picture.size, PIECE_BYTES):
            yield head + at.to_bytes(8) + content[at : at + PIECE_BYTES]


def _parts(cursor: Cursor) -> Iterator[Iterable[Line]]:
    """Yield the records as people read them, then the truth; the secrets first and last.

    Each part gets chunks of its own, so no single damage takes what two of them tell.
    """
    secrets = [_told(fact) for fact in facts(cursor, ["secret"])]
    yield secrets
    yield _records(cursor)
    yield map(_told, facts(cursor, [table for table in TRUTH if table != "secret"]))
    yield secrets


def _records(cursor: Cursor) -> Iterator[Line]:
    for kind in kinds(cursor):
        layout = layout_of(kind)
        where = f"SELECT id, deleted FROM {layout.table}"  # noqa: S608 - a table of ours
        dead = {record for record, deleted in cursor.execute(where) if deleted not in {0, GHOST}}
        for row in layout.scan(cursor):
            read = layout.read(cursor, [row[0]])[row[0]]
            fields = dict(read.fields())
            yield {"kind": kind, "id": row[0], "deleted": row[0] in dead, "fields": fields}


def _told(fact: Fact) -> Line:
    return {"table": fact.table, "row": list(fact.row)}


def _paper(cursor: Cursor, tenant: TenantId) -> bytes:
    """Return the box key of the emergency kit that counts now; empty if there is no chain yet."""
    links = [link for (link,) in cursor.execute("SELECT link FROM link ORDER BY number")]
    if len(links) < 2:  # noqa: PLR2004 - the kit is the second link
        return b""
    live = verify_chain(links, tenant).live
    return next((m.box_public for m in live if m.role is Role.PAPER), b"")
