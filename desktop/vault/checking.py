"""Everything in a collection read and held against its log, and told again where it differs.

The file's own checks notice bits that flipped, but not an old page that was put back: that shows
only when the log is read from its start and the outcome compared, value by value.
"""
# ruff: noqa: S608 - what is put into these statements are constants of this module

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from hashlib import sha256
from pathlib import Path
from sqlite3 import Cursor
from typing import NamedTuple

from desktop.system.durable import patiently
from desktop.vault.bases import read_taken
from desktop.vault.database import Database, meaning
from desktop.vault.errors import DamagedVaultError
from desktop.vault.layout import GHOST, layout_of
from desktop.vault.lineage import Lineage
from desktop.vault.moments import Moments
from desktop.vault.opening import DATABASE, FILES, Surroundings
from desktop.vault.progress import UNWATCHED, Progress
from desktop.vault.retelling import tell
from desktop.vault.search import Speaker, is_behind
from desktop.vault.state import State
from desktop.vault.truth import facts
from shared.crypto.attachments import SEALED_CHUNK_BYTES, Root
from shared.crypto.epochs import Keyring
from shared.domain.pages import encode_page, is_agreed
from shared.domain.schema import Kind
from shared.envelope import Header
from shared.envelope import Kind as Sealed
from shared.ids import FileId
from shared.ledger.stored import DamagedEntryError, rebuild
from shared.ledger.values import Head, SealedEntry
from shared.signing import NO_HASH

INDEX = "The search index is damaged."
UNREADABLE = "Parts of the collection's file are damaged."
STEPS = "The list of what can be undone is damaged."
_OF_STEPS = "index edit_step"
"""What SQLite calls the index in which edits say to which step of undo they belong."""
_SEALED = "hash, header, signature, salt, body"
SCRATCH = "checking.part"
TELLING, PICTURES = "Comparing the records with their history", "Reading the pictures"
_STREAMS = """
    SELECT device, incarnation, seq, hash FROM stream WHERE seq > 0"""
_SEEN = """
    SELECT w.device, w.incarnation, s.device, s.incarnation, seen.seq, seen.hash
    FROM seen JOIN stream w ON w.number = seen.writer JOIN stream s ON s.number = seen.stream"""
_EDITS = """
    SELECT device, incarnation, reading, millis, label,
        coalesce(e.blob, (SELECT hash FROM entry n WHERE n.number = e.entry),
            (SELECT hash FROM part p WHERE p.number = e.segment), ''), place
    FROM edit e JOIN stream s ON s.number = e.stream"""
_MADE = "".join(
    f" UNION SELECT id, born FROM {table} WHERE deleted <> {GHOST}"
    for table in (*(kind.value for kind in Kind), "stranger")
)
_TOUCHED = f"""
    SELECT t.record, device, incarnation, reading
    FROM (SELECT record, moment FROM touched{_MADE}) t
    JOIN edit e ON e.moment = t.moment JOIN stream s ON s.number = e.stream"""
"""Which edit made a record, and which only touched it, depends on what came here first."""
_WORDS = """
    SELECT w.term, c.id FROM temp.spoken w JOIN copy c ON c.row = w.doc WHERE NOT c.deleted"""
_SEARCHABLE = """
    SELECT c.id FROM words_docsize w JOIN copy c ON c.row = w.id WHERE NOT c.deleted"""
_STRAY_SEGMENTS = """
    SELECT 1 FROM words_idx WHERE segid NOT IN (SELECT id >> 37 FROM words_data)
    UNION ALL SELECT 1 FROM words_data
    WHERE id >> 37 BETWEEN 1 AND 65535 AND id >> 37 NOT IN (SELECT segid FROM words_idx) LIMIT 1"""
"""FTS5 does not notice if its table of segments names some that are gone, or lacks one.

A row of a segment that it lacks, beside another one, costs time alone: the pages are read in turn.
"""
_COMPARED = {
    "The heads of the devices": _STREAMS,
    "What the devices had seen of each other": _SEEN,
    "The list of changes": _EDITS,
    "The list of what each change touched": _TOUCHED,
    "The search index": _WORDS,
    "The list of what can be searched": _SEARCHABLE,
}


class Finding(NamedTuple):
    """One thing that is not as it must be, as a sentence.

    ``file``: sealed bytes that are damaged, and ``photo``, the record that speaks of them.
    """

    sentence: str
    file: bytes = b""
    photo: bytes = b""


class Checkup:
    """Checks one open collection. ``key``: of the database."""

    def __init__(
        self, folder: Path, key: bytes, database: Database, surroundings: Surroundings
    ) -> None:
        self._folder = folder
        self._key = key
        self._database = database
        self._surroundings = surroundings

    def examine(self, keyring: Keyring | None, progress: Progress = UNWATCHED) -> list[Finding]:
        """Read everything and return what is wrong; nothing is changed.

        ``keyring`` lets the hash of each entry be made again; None leaves that out. Raises
        StoppedError.
        """
        found: list[Finding] = []
        parts: dict[str, Callable[[], list[Finding]]] = {
            "Reading the file": self._file,
            "Reading the search index": self._index,
            "Reading the history": partial(self._log, keyring),
            TELLING: partial(self._against_log, progress),
            PICTURES: partial(self._attachments, progress),
        }
        for name, part in parts.items():
            progress.at(name)
            try:
                found += part()
            except (DamagedVaultError, LookupError, ValueError):
                # What lies on a damaged page may read like anything, or not at all.
                found.append(Finding(UNREADABLE))
        return list(dict.fromkeys(found))

    def set_aside(self, file: FileId) -> None:
        """Take a damaged sealed file out of use, so that the sync fetches it again."""
        path = self._folder / FILES / file.hex()[:2] / file.hex()
        with self._database.writing() as cursor:
            cursor.execute("DELETE FROM file WHERE id = ?", (file,))
        patiently(lambda: path.rename(path.with_name(path.name + ".damaged")))

    def _file(self) -> list[Finding]:
        with meaning(), closing(self._database.connect()) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            pages = connection.execute("PRAGMA cipher_integrity_check").fetchall()
            told = connection.execute("PRAGMA integrity_check").fetchall()
        if not pages and told == [("ok",)]:
            return []
        steps_alone = not pages and all(_OF_STEPS in line for (line,) in told)
        return [Finding(STEPS if steps_alone else UNREADABLE)]

    def _index(self) -> list[Finding]:
        """Let the search index look at itself."""
        try:
            with self._database.writing() as cursor:
                cursor.execute("INSERT INTO words (words, rank) VALUES ('integrity-check', 0)")
                if cursor.execute(_STRAY_SEGMENTS).fetchone():
                    return [Finding(INDEX)]
        except DamagedVaultError:
            return [Finding(INDEX)]
        return []

    def _log(self, keyring: Keyring | None) -> list[Finding]:
        with self._database.reading() as cursor:
            return list(_broken_entries(cursor, keyring))

    def _against_log(self, progress: Progress) -> list[Finding]:
        scratch = self._folder / SCRATCH
        shutil.rmtree(scratch, ignore_errors=True)  # left by a check that was cut short
        scratch.mkdir(mode=0o700)
        try:
            with self._database.reading() as mine:
                lineage, truth = Lineage.read(mine), progress.through(facts(mine), TELLING)
                tell(scratch / DATABASE, self._key, lineage, truth, self._surroundings)
                told = Database(scratch / DATABASE, self._key, Speaker().functions)
                with closing(told), told.reading() as other:
                    return list(_differences(mine, other))
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _attachments(self, progress: Progress) -> list[Finding]:
        """Hold every sealed file that is here against the root in its record."""
        with self._database.reading() as cursor:
            rows = layout_of(Kind.PHOTO.value).read_living(cursor)
        found = []
        for row in progress.through(rows, PICTURES, len(rows)):
            fields = row.fields()
            for prefix, name in (("", "photo"), ("thumb_", "small picture")):
                file, root = fields.get(f"{prefix}file"), fields.get(f"{prefix}root")
                if isinstance(file, bytes) and isinstance(root, bytes):
                    path = self._folder / FILES / file.hex()[:2] / file.hex()
                    if path.exists() and not _has_root(path, root):
                        words = f"A {name} is damaged: {file.hex()}."
                        found.append(Finding(words, file, row.record))
        return found


def _has_root(path: Path, expected: bytes) -> bool:
    root = Root()
    try:
        with path.open("rb") as sealed:
            while chunk := sealed.read(SEALED_CHUNK_BYTES):
                root.add(chunk)
    except OSError:  # a bad sector: this file is damaged, and no other
        return False
    return root.digest == expected


def _broken_entries(cursor: Cursor, keyring: Keyring | None) -> Iterator[Finding]:
    """Follow each stream from the snapshot on, or from its start, to its head."""
    taken, moments = read_taken(cursor), Moments(cursor)
    base = taken.manifest.heads if taken else {}
    reading = cursor.connection.cursor()
    sql = "SELECT number, seq, hash FROM stream ORDER BY number"
    for stream, top, head in cursor.execute(sql).fetchall():
        origin = moments.origin(stream)
        last = base.get(origin, Head(0, NO_HASH))
        sql = f"SELECT seq, {_SEALED} FROM entry WHERE stream = ? AND seq > ? ORDER BY seq"
        for seq, *sealed in reading.execute(sql, (stream, last.seq)):
            entry = SealedEntry(origin, seq, *sealed)
            if seq != last.seq + 1 or not _holds(entry, last, keyring):
                yield Finding(f"Change {seq} of a device is damaged or missing in the history.")
            last = Head(seq, entry.hash)
        if top and (top, head) != tuple(last):
            yield Finding("The newest changes of a device are missing in the history.")


def _holds(entry: SealedEntry, last: Head, keyring: Keyring | None) -> bool:
    if keyring is None:
        return True
    try:
        rebuild(entry, keyring)
        prev = Header.parse(entry.header, Sealed.ENTRY).prev
    except (DamagedEntryError, LookupError, ValueError):
        return False
    return last.seq == 0 or prev == last.hash


def _differences(mine: Cursor, told: Cursor) -> Iterator[Finding]:
    """Compare what stands in the file with what its log tells."""
    if _state(mine) != _state(told):
        yield Finding("Some records do not read as their history says.")
    taken, behind = read_taken(mine) is not None, is_behind(mine)
    for name, sql in _COMPARED.items():
        if taken and sql is _TOUCHED:
            # What was touched before the snapshot may be known here alone.
            if not _hashes(told, sql) <= _hashes(mine, sql):
                yield Finding(f"{name} differs from the history.")
            continue
        if behind and sql in {_WORDS, _SEARCHABLE}:  # it is being made just now
            continue
        if _digest(mine, sql) != _digest(told, sql):
            yield Finding(f"{name} differs from the history.")


def _state(cursor: Cursor) -> bytes:
    total = sha256()
    for page in State(cursor, set(), {}).pages():
        raw = encode_page(page)
        if is_agreed(raw):
            total.update(raw)
    return total.digest()


def _digest(cursor: Cursor, sql: str) -> int:
    """Return a sum over the rows in any order: sorting millions of words would take memory."""
    if sql is _WORDS:
        cursor.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.spoken USING fts5vocab(main, words, instance)"
        )
    rows = (sha256(repr(row).encode()).digest() for row in cursor.execute(sql))
    return sum(map(int.from_bytes, rows))


def _hashes(cursor: Cursor, sql: str) -> set[int]:
    """Return a short hash of each row."""
    return {hash(row) for row in cursor.execute(sql)}
