"""The folder ``<name>.swingtag``: made, opened, and judged fit to hold a collection."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from desktop.system.clock import uptime as seconds_up
from desktop.system.durable import patiently, sync_folder, write_durably
from desktop.system.lock import FolderLock, FolderTakenError
from desktop.vault.database import Database, make_durable
from desktop.vault.disk import troubles
from desktop.vault.errors import (
    CloudFolderError,
    CollectionExistsError,
    NoCollectionError,
    VaultInUseError,
)
from desktop.vault.lineage import Lineage
from desktop.vault.migrations import SCHEMA_VERSION, migrate, set_version
from desktop.vault.search import Speaker, create_index
from shared.crypto.randomness import Random, check_random
from shared.crypto.sealing import KEY_BYTES
from shared.crypto.unlock import FLOOR, Cost, change_password, unwrap, wrap
from shared.domain.stamps import Origin
from shared.ids import INCARNATION_BYTES, DeviceId, Incarnation, TenantId

UNLOCK, DATABASE, FILES, LOCK, ANCHOR = "unlock", "vault.db", "files", "lock", "anchor"

_ONE_GUESS_AT_A_TIME = Lock()
"""Two threads of one process that run Argon2id with several lanes wait for each other for ever:
OpenSSL lends both from the same few threads (seen with cryptography 50). Two windows may well
unlock at the same moment."""

_CLOUDS = (
    *("dropbox", "onedrive", "google drive", "googledrive", "icloud drive", "mobile documents"),
    *("com~apple~clouddocs", "nextcloud", "owncloud", "pcloud", "megasync", "box sync", "seafile"),
)
_CLOUD_MARKS = (".dropbox", ".stfolder", ".sync_journal.db", ".owncloudsync.log")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the vault takes from the world: ``now_millis`` since 1970, and random bytes.

    ``cost`` is what a guess of a new password shall cost, ``uptime`` counts seconds that nobody
    can set.
    """

    now_millis: Callable[[], int]
    random: Random
    cost: Cost = FLOOR
    uptime: Callable[[], float] = seconds_up


def make_folder(
    folder: Path, password: str, tenant: TenantId, device: DeviceId, surroundings: Surroundings
) -> bytes:
    """Make a new collection and return its database key. It is there whole, or not at all."""
    check_random(surroundings.random)
    refuse_clouds(folder)
    if folder.exists():
        raise CollectionExistsError
    key = surroundings.random(KEY_BYTES)
    box = make_box(password, key, surroundings)
    life = Incarnation(surroundings.random(INCARNATION_BYTES))
    part = folder.with_name(folder.name + ".part")
    with troubles():
        shutil.rmtree(part, ignore_errors=True)  # left by a start that was cut short
        part.mkdir(mode=0o700, parents=True)
        try:
            make_database(part / DATABASE, key, Lineage(tenant, Origin(device, life)))
            write_durably(part / UNLOCK, box)
            patiently(lambda: part.rename(folder))
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        sync_folder(folder.parent)
    return key


def make_database(file: Path, key: bytes, lineage: Lineage) -> None:
    """Make an empty collection's file."""
    # Deferred on purpose: SQLModel takes a second to import, and opening a file does without it.
    from desktop.vault.schema import create_tables  # noqa: PLC0415 - see above

    os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    database = Database(file, key, Speaker().functions)
    try:
        make_durable(database)
        create_tables(database.connect)
        with database.writing() as cursor:
            create_index(cursor)
            lineage.keep(cursor)
            set_version(cursor, SCHEMA_VERSION)
    finally:
        database.close()


def read_key(folder: Path, password: str) -> bytes:
    """Return the database key; raise WrongPasswordError, DamagedUnlockError, NoCollectionError."""
    return guess(password, _read_box(folder))


def guess(password: str, box: bytes) -> bytes:
    """Open a password box; raise WrongPasswordError, DamagedUnlockError."""
    with _ONE_GUESS_AT_A_TIME:
        return unwrap(password, box)


def make_box(password: str, key: bytes, surroundings: Surroundings) -> bytes:
    """Wrap a database key with a password."""
    with _ONE_GUESS_AT_A_TIME:
        return wrap(password, key, surroundings.random, surroundings.cost)


def replace_password(folder: Path, old: str, new: str, surroundings: Surroundings) -> None:
    """Wrap the key anew; raise WrongPasswordError."""
    kept = _read_box(folder)
    with _ONE_GUESS_AT_A_TIME:
        box = change_password(kept, old, new, surroundings.random, surroundings.cost)
    with troubles():
        write_durably(folder / UNLOCK, box)


def take_folder(folder: Path) -> FolderLock:
    """Take a collection for this process alone.

    Raises NoCollectionError, CloudFolderError, ReadOnlyFolderError, VaultInUseError.
    """
    if not (folder / DATABASE).is_file():
        raise NoCollectionError
    refuse_clouds(folder)
    with troubles():
        try:
            return FolderLock(folder / LOCK)
        except FolderTakenError as error:
            raise VaultInUseError from error


def open_database(folder: Path, key: bytes, speaker: Speaker) -> Database:
    """Open the file and bring it to the schema of this program.

    Raises DamagedVaultError, NewerVaultError, NotDurableError, FullDiskError.
    """
    database = Database(folder / DATABASE, key, speaker.functions)
    try:
        migrate(database, folder / DATABASE)
        make_durable(database)
    except BaseException:
        database.close()
        raise
    return database


def refuse_clouds(folder: Path) -> None:
    """Raise CloudFolderError for a folder that a known program copies to a cloud."""
    for parent in folder.absolute().resolve().parents:
        name = parent.name.casefold()
        if name.startswith(_CLOUDS) or any((parent / mark).exists() for mark in _CLOUD_MARKS):
            raise CloudFolderError


def _read_box(folder: Path) -> bytes:
    try:
        return (folder / UNLOCK).read_bytes()
    except FileNotFoundError as error:
        raise NoCollectionError from error
