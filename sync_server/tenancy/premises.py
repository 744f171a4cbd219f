"""Where everything is kept, opened: the directory, the stores of the tenants, the mailboxes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shared.signing import SigningKey
from sync_server.storage.backup_shelf import BackupShelf
from sync_server.storage.books import Books
from sync_server.storage.directory import Directory
from sync_server.storage.errors import StorageError
from sync_server.storage.mailbox import MemoryMailboxes
from sync_server.storage.ports import Mailboxes, Stores, Wire
from sync_server.storage.postgres.cluster import Clusters
from sync_server.storage.postgres.directory import open_directory
from sync_server.storage.postgres.mailbox import PostgresMailboxes
from sync_server.storage.postgres.stores import PostgresStores
from sync_server.storage.postgres.wire import PostgresWire
from sync_server.storage.s3.address import read_address
from sync_server.storage.s3.bucket import Bucket
from sync_server.storage.s3.stores import BucketStores
from sync_server.storage.schema import DIRECTORY, DIRECTORY_UPGRADES, DIRECTORY_VERSION
from sync_server.storage.shard_book import Shard, ShardBook
from sync_server.storage.sqlite.database import SqliteDatabase
from sync_server.storage.sqlite.folder_lock import hold_folder
from sync_server.storage.sqlite.stores import SqliteStores
from sync_server.tenancy.shards import Shards

_SEED_BYTES = 32
_INSTANCE_BYTES = 8
_BUCKET = "bucket"
FIRST_SHARD = "main"
"""The shard that a directory in PostgreSQL begins with: its own database."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything is to be kept.

    ``folder``: drafts and backups, and all else unless ``directory`` names a PostgreSQL database
    and ``attachments`` a bucket for those.
    """

    folder: Path
    directory: str = ""
    attachments: str = ""

    @property
    def exists(self) -> bool:
        """Tell whether a server was here."""
        return bool(self.directory) or (self.folder / "directory.db").exists()


@dataclass(frozen=True, slots=True)
class Premises:
    """The directory and the books, opened once; the stores. ``folder``: for drafts and backups.

    ``wire``: to the other processes that share all this, None if there can be none. ``settle_in``
    keeps out others who could not share it, and returns what lets them in again; HouseTakenError.
    """

    directory: Directory
    books: Books
    backups: BackupShelf
    shard_book: ShardBook
    shards: Shards
    mailboxes: Mailboxes
    folder: Path
    wire: Wire | None
    settle_in: Callable[[], Callable[[], None]]
    close: Callable[[], None]

    @property
    def signing(self) -> SigningKey:
        """The server's own key."""
        return SigningKey.from_seed(self.books.secret("signing", _SEED_BYTES))


def open_premises(
    place: Place,
    *,
    now: Callable[[], int],
    random: Callable[[int], bytes],
    steady: Callable[[], float] = time.monotonic,
) -> Premises:
    """Open what is kept somewhere, or make it.

    ``now`` returns milliseconds since 1970, ``steady`` seconds of a clock that does not go back.
    Raises StorageError when attachments are in a bucket and nobody says where it is.
    """
    place.folder.mkdir(parents=True, exist_ok=True)
    bucket = Bucket(read_address(place.attachments), steady) if place.attachments else None
    if place.directory:
        premises = _shared(place, bucket, now, random)
    else:
        premises = _own(place.folder, bucket, random, steady)
    _remember_bucket(premises, place)
    return premises


def _own(
    folder: Path,
    bucket: Bucket | None,
    random: Callable[[int], bytes],
    steady: Callable[[], float],
) -> Premises:
    """Open a data folder: everything in files, for one server."""
    path = folder / "directory.db"
    database = SqliteDatabase(path, DIRECTORY, DIRECTORY_VERSION, DIRECTORY_UPGRADES)
    stores = _with_bucket(SqliteStores(folder), bucket)
    return Premises(
        directory=Directory(database),
        books=Books(database, random),
        backups=BackupShelf(database, random),
        shard_book=ShardBook(database),
        shards=Shards(lambda: [Shard("", "", 1)], lambda _shard: stores),
        mailboxes=MemoryMailboxes(steady),
        folder=folder,
        wire=None,
        settle_in=lambda: hold_folder(folder).close,
        close=database.close,
    )


def _shared(
    place: Place,
    bucket: Bucket | None,
    now: Callable[[], int],
    random: Callable[[int], bytes],
) -> Premises:
    """Open a directory in PostgreSQL, with its shards: for any number of servers."""
    clusters = Clusters()

    def reach(shard: Shard) -> Stores:
        return _with_bucket(PostgresStores(clusters[shard.dsn or place.directory]), bucket)

    database = open_directory(clusters[place.directory])
    book = ShardBook(database)
    if not book.all():
        book.put(Shard(FIRST_SHARD, "", 1))
    return Premises(
        directory=Directory(database),
        books=Books(database, random),
        backups=BackupShelf(database, random),
        shard_book=book,
        shards=Shards(book.all, reach),
        mailboxes=PostgresMailboxes(database, now),
        folder=place.folder,
        wire=PostgresWire(place.directory, random(_INSTANCE_BYTES).hex()),
        settle_in=lambda: _nothing,
        close=clusters.close,
    )


def _remember_bucket(premises: Premises, place: Place) -> None:
    """Keep whoever forgets the bucket from leaving things in it, or missing them."""
    used = bool(premises.books.setting(_BUCKET))
    if used and not place.attachments:
        premises.close()
        raise StorageError("Attachments are in a bucket here: say which, as for the server.")
    if place.attachments and not used:
        premises.books.set(_BUCKET, "used")


def _with_bucket(stores: Stores, bucket: Bucket | None) -> Stores:
    return BucketStores(stores, bucket) if bucket else stores


def _nothing() -> None:
    """Let in nobody: nobody was kept out."""
