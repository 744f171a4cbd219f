"""Backups: one sealed file that holds the whole collection; written, proven, read again.

The layout stands in docs/format.md, and ``swingtag-rescue`` reads it without Swingtag. Nothing of
it is held in memory but one chunk. What a chunk that is damaged held is missing; all else is read.
"""

import json
import os
import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from desktop.system.durable import durable_rename
from desktop.vault.backup_pictures import Lack, Tally
from desktop.vault.disk import troubles
from desktop.vault.errors import NoBackupError
from desktop.vault.opening import guess
from desktop.vault.progress import UNWATCHED, Progress
from shared.crypto.boxes import BoxKey, close_box
from shared.crypto.paper import paper_device, secret_of
from shared.crypto.randomness import Random
from shared.crypto.sealing import KEY_BYTES, NotOpenedError, derive, open_sealed, seal
from shared.envelope.entries import SALT_BYTES
from shared.signing import labelled

SUFFIX = ".swingbackup"
MAGIC, MARK = b"SWBK\x01", b"SWBC"
LINES_BYTES = 256 * 1024
"""So many bytes of lines go into one chunk, before they are compressed."""
PIECE_BYTES = 256 * 1024
LARGEST_CHUNK = 64 * 1024 * 1024
PROVING = "Reading it back"

Line = dict[str, Any]
_PHOTO = b'{"kind":"photo"'
_SEALED = ("unlock", "sealed", "kit")
_PIECE = re.compile(rb'^\{"kind":"copy","id":\{"base64":"[^"]*"\},"deleted":false', re.MULTILINE)


class DamagedBackupError(ValueError):
    """That is no backup of Swingtag, or its first lines are damaged. Use another backup."""


class ForeignKitError(ValueError):
    """These words are of another collection, or of an older kit. Take out the sheet of this one."""


class ForeignBackupError(ValueError):
    """That backup is of another collection. Choose a backup of this one."""


class IncompleteBackupError(ValueError):
    """The backup could not be read back whole, so it was not kept. Try another disk."""


@dataclass(frozen=True, slots=True)
class Doors:
    """What opens a backup: the password box of the collection, and the kit's public box key."""

    unlock: bytes
    database_key: bytes
    paper: bytes


@dataclass(frozen=True, slots=True)
class Contents:
    """What was read of a backup: pieces that are not in the trash, bytes of photos.

    ``missing``: the chunks that could not be read. ``lack``: the pictures that are not in it,
    whole as it may be.
    """

    pieces: int
    photos: int
    missing: tuple[int, ...]
    whole: bool
    lack: Lack


def write_backup(
    path: Path,
    doors: Doors,
    about: Mapping[str, str],
    chunks: Iterable[tuple[bytes, bytes]],
    random: Random,
    *,
    harmed: Collection[bytes] = (),
    progress: Progress = UNWATCHED,
) -> Contents:
    """Write a backup whole, or leave nothing. ``chunks``: kind and bytes; see ``chunks_of``.

    ``harmed``, known once the chunks are through, are the files left out because they are damaged.
    Returns what was found when it was read back.
    """
    key = random(KEY_BYTES)
    head = _head(key, doors, about, random)
    part = path.with_name(path.name + ".part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as target:
            target.write(head)
            number = -1
            aead = _cipher(key)
            seen = {b"L": 0, b"P": 0}
            for number, (kind, plain) in enumerate(chunks):
                seen[kind] += 1
                target.write(_chunk(aead, head, number, kind + plain))
            counts = {"lines": seen[b"L"], "pieces": seen[b"P"], "harmed": list(harmed)}
            end = json.dumps(counts, default=_bytes_as_text).encode()
            target.write(_chunk(aead, head, number + 1, b"E" + end))
            target.flush()
            os.fsync(target.fileno())
        contents = prove(part, key, progress)
        if not contents.whole:
            raise IncompleteBackupError
        durable_rename(part, path)
        return contents
    finally:
        part.unlink(missing_ok=True)


def chunks_of(
    parts: Iterable[Iterable[Line]], pieces: Iterable[bytes]
) -> Iterator[tuple[bytes, bytes]]:
    """Gather the lines of each part into chunks; each piece of a photo gets one of its own."""
    for lines in parts:
        gathered, size = list[bytes](), 0
        for line in lines:
            told = json.dumps(line, default=_bytes_as_text, separators=(",", ":"))
            gathered.append(told.encode())
            size += len(gathered[-1])
            if size > LINES_BYTES:
                yield b"L", zlib.compress(b"\n".join(gathered))
                gathered, size = [], 0
        if gathered:
            yield b"L", zlib.compress(b"\n".join(gathered))
    for piece in pieces:
        yield b"P", piece


def key_by_password(path: Path, password: str) -> bytes:
    """Return the key of a backup; raise WrongPasswordError, DamagedBackupError."""
    return key_by_database(path, guess(password, read_about(path)["unlock"]))


def key_by_database(path: Path, database_key: bytes) -> bytes:
    """Return the key of a backup of a collection that is open; raise ForeignBackupError."""
    about = read_about(path)
    try:
        return open_sealed(database_key, "backup/password", about["unlock"], about["sealed"])
    except NotOpenedError:
        raise ForeignBackupError from None


def key_by_words(path: Path, words: str) -> bytes:
    """Return the key of a backup; raise WrongWordsError, ForeignKitError, DamagedBackupError."""
    about = read_about(path)
    box: BoxKey = paper_device(secret_of(words)).box
    try:
        return box.open(about["kit"], labelled("backup/kit", about["unlock"]))
    except NotOpenedError:
        raise ForeignKitError from None


def read_about(path: Path) -> dict[str, Any]:
    """Return what a backup says of itself without a key.

    Raises DamagedBackupError, and VaultError for a file that cannot be read.
    """
    try:
        with troubles(), path.open("rb") as source:
            return _about(_read_head(source))
    except FileNotFoundError as error:
        raise NoBackupError from error


def prove(path: Path, key: bytes, progress: Progress = UNWATCHED) -> Contents:
    """Open and count every chunk; ``progress`` hears of bytes."""
    size = path.stat().st_size
    reading = BackupReading(path, key)
    pieces, tally = 0, Tally()
    for kind, plain in reading.chunks():
        progress.at(PROVING, reading.at, size)
        if kind == b"P":
            tally.piece(plain)
            continue
        pieces += len(_PIECE.findall(plain))
        for line in plain.split(b"\n"):
            if line.startswith(_PHOTO):
                photo = _line(line)
                tally.photo(photo["fields"], deleted=photo["deleted"])
    lack = tally.lack(reading.harmed)
    return Contents(pieces, tally.bytes, reading.missing, reading.whole, lack)


class BackupReading:
    """Reads what is whole of a backup. ``missing``, ``whole`` and ``harmed`` hold at the end.

    ``harmed``: the files that it names as left out because they were damaged.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._aead = _cipher(key)
        self.at = 0
        self.missing: tuple[int, ...] = ()
        self.harmed: frozenset[bytes] = frozenset()
        self.whole = False

    def chunks(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield kind and bytes of each chunk, lines unpacked; go past what is damaged."""
        found, last = set[int](), -1
        with self._path.open("rb") as source:
            head = _read_head(source)
            for number, sealed in _framed(source):
                try:
                    nonce, context = number.to_bytes(12), sha256(head).digest()
                    plain = self._aead.decrypt(nonce, sealed, context + number.to_bytes(4))
                except InvalidTag:
                    continue
                self.at = source.tell()
                found.add(number)
                last = max(last, number)
                kind, body = plain[:1], plain[1:]
                if kind == b"E":
                    self.whole = True
                    self.harmed = frozenset(_line(body).get("harmed", ()))
                else:
                    yield kind, zlib.decompress(body) if kind == b"L" else body
        self.missing = tuple(sorted(set(range(last + 1)) - found))
        self.whole = self.whole and not self.missing

    def pieces(self) -> Iterator[bytes]:
        """Yield the pieces of pictures."""
        return (plain for kind, plain in self.chunks() if kind == b"P")

    def lines(self) -> Iterator[Line]:
        """Yield the lines."""
        for kind, plain in self.chunks():
            if kind == b"L":
                for line in plain.split(b"\n"):
                    yield _line(line)


def _head(key: bytes, doors: Doors, about: Mapping[str, str], random: Random) -> bytes:
    sealed = seal(doors.database_key, "backup/password", doors.unlock, key, random(SALT_BYTES))
    kit = close_box(doors.paper, key, labelled("backup/kit", doors.unlock)) if doors.paper else b""
    said = {**about, "unlock": doors.unlock, "sealed": sealed, "kit": kit}
    body = json.dumps(said, default=_bytes_as_text).encode()
    return MAGIC + len(body).to_bytes(4) + body + sha256(body).digest()


def _read_head(source: BinaryIO) -> bytes:
    start = source.read(len(MAGIC) + 4)
    size = int.from_bytes(start[len(MAGIC) :])
    if not start.startswith(MAGIC) or size > LARGEST_CHUNK:
        raise DamagedBackupError
    body = source.read(size)
    digest = source.read(32)
    if sha256(body).digest() != digest:
        raise DamagedBackupError
    return start + body + digest


def _about(head: bytes) -> dict[str, Any]:
    """Return what a head says; its hash needs no key, so anybody may have written it."""
    try:
        said = json.loads(head[len(MAGIC) + 4 : -32], object_hook=_text_as_bytes)
    except (ValueError, TypeError, RecursionError) as error:
        raise DamagedBackupError from error
    if not isinstance(said, dict) or not all(isinstance(said.get(n), bytes) for n in _SEALED):
        raise DamagedBackupError
    if not all(isinstance(text, str) for name, text in said.items() if name not in _SEALED):
        raise DamagedBackupError
    return said


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(derive(key, "backup"))


def _chunk(aead: AESGCM, head: bytes, number: int, plain: bytes) -> bytes:
    context = sha256(head).digest() + number.to_bytes(4)
    sealed = aead.encrypt(number.to_bytes(12), plain, context)
    return MARK + number.to_bytes(4) + len(sealed).to_bytes(4) + sealed


def _framed(source: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the number and sealed bytes of each chunk; look for the next mark behind damage."""
    at = source.tell()
    while True:
        source.seek(at)
        frame = source.read(12)
        if len(frame) < len(MARK):
            return
        size = int.from_bytes(frame[8:])
        if frame.startswith(MARK) and size <= LARGEST_CHUNK:
            sealed = source.read(size)
            follows = source.read(len(MARK))
            if len(sealed) == size and follows in {b"", MARK}:
                yield int.from_bytes(frame[4:8]), sealed
                at += len(frame) + size
                continue
        at = _next_mark(source, at + 1)


def _next_mark(source: BinaryIO, at: int) -> int:
    """Return where the next mark stands, or the end of the file."""
    source.seek(at)
    rest = b""
    while block := source.read(1 << 20):
        found = (rest + block).find(MARK)
        if found >= 0:
            return at - len(rest) + found
        at += len(block)
        rest = (rest + block)[-len(MARK) + 1 :]
    return at


def _line(written: bytes) -> Line:
    read: Line = json.loads(written, object_hook=_text_as_bytes)
    return read


def _bytes_as_text(value: object) -> Line:
    if not isinstance(value, bytes):
        raise TypeError(value)
    return {"base64": b64encode(value).decode()}


def _text_as_bytes(value: Line) -> Any:
    return b64decode(value["base64"]) if value.keys() == {"base64"} else value
