"""One tenant's sealed data as one file: a plain zip of its database, its chunks and a label.

Nobody who has the file can read what is sealed in it, and nothing in it is trusted on the way back.
"""

import os
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from shared.ids import TenantId
from shared.signing import sha256
from sync_server.storage.durable import sync_folder
from sync_server.storage.errors import StorageError
from sync_server.storage.ports import Stores
from sync_server.storage.sqlite.stores import DATABASE_NAME, FILES_NAME

FORMAT = 1
_LABEL = "swingtag-tenant.json"
_CHUNK = re.compile(FILES_NAME + r"/[0-9a-f]{2}/[0-9a-f]{32}/(0|[1-9][0-9]{0,3})")
_PIECE = 1024 * 1024


class Label(msgspec.Struct, frozen=True):
    """Whose data it is: the tenant's line in the directory. ``tenant`` is hexadecimal."""

    format: int
    tenant: str
    slug: str
    skin: str
    plan: str
    created: int


def write_archive(stores: Stores, label: Label, target: Path) -> None:
    """Put a tenant's data into a file: as it is at one moment, beside a server that writes.

    Raises StorageError when an attachment was deleted meanwhile; OSError.
    """
    draft = target.with_name(target.name + ".part")
    with TemporaryDirectory(dir=target.parent, prefix=".swingtag-") as folder:
        copy = Path(folder)
        stores.export(TenantId(bytes.fromhex(label.tenant)), copy)
        with zipfile.ZipFile(draft, "w") as archive:
            archive.writestr(_LABEL, msgspec.json.encode(label))
            archive.write(copy / DATABASE_NAME, DATABASE_NAME)
            for name, _ in _chunks(copy / DATABASE_NAME):
                if not (copy / name).exists():
                    raise StorageError("An attachment was deleted meanwhile. Run this again.")
                archive.write(copy / name, name)
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(target)
    sync_folder(target.parent)


def read_label(source: Path) -> Label:
    """Return whose data a file holds, or raise StorageError."""
    try:
        with zipfile.ZipFile(source) as archive:
            label = msgspec.json.decode(archive.read(_LABEL), type=Label)
    except (KeyError, zipfile.BadZipFile, msgspec.DecodeError) as error:
        raise StorageError("This file holds no tenant's data.") from error
    if label.format != FORMAT:
        raise StorageError("This file was written by a newer server.")
    return label


def unpack(source: Path, home: Path) -> None:
    """Put what a file holds into an empty folder, flushed, with every chunk checked.

    Raises StorageError when it is not whole.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            names = [name for name in archive.namelist() if name != _LABEL]
            if any(name != DATABASE_NAME and not _CHUNK.fullmatch(name) for name in names):
                raise StorageError("This file holds what belongs to no tenant.")
            for name in names:
                _extract(archive, name, home / name)
    except (zipfile.BadZipFile, zlib.error) as error:
        raise StorageError("This file is damaged.") from error
    with closing(sqlite3.connect(home / DATABASE_NAME)) as db:
        db.execute("PRAGMA journal_mode = wal").fetchone()
    for name, fingerprint in _chunks(home / DATABASE_NAME):
        path = home / name
        if not path.exists() or sha256(path.read_bytes()) != fingerprint:
            raise StorageError("An attachment in this file is damaged or missing.")


def _chunks(database: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the path of every chunk below the tenant's folder, and its hash."""
    with closing(sqlite3.connect(database)) as db:
        rows = db.execute("SELECT file, n, hash FROM chunk ORDER BY file, n").fetchall()
    for file, n, fingerprint in rows:
        yield f"{FILES_NAME}/{file.hex()[:2]}/{file.hex()}/{n}", fingerprint


def _extract(archive: zipfile.ZipFile, name: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(name) as source, path.open("wb") as target:
        while piece := source.read(_PIECE):
            target.write(piece)
        target.flush()
        os.fsync(target.fileno())
    sync_folder(path.parent)
