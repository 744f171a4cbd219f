"""The port: what the rest of the server needs of a place where things are kept, and no more.

Two adapters stand behind it, ``sqlite`` (a file each) and ``postgres`` (a schema each). The shelves
above it are written once: their SQL is what both understand, with ``?`` for a value.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from shared.ids import Cursor, FileId, LogId, PairId, TenantId
from shared.protocol.messages import LinkParcel


class OutdatedError(Exception):
    """Another process has written since this one looked: look again, then do it again."""


class MovedError(Exception):
    """The tenant's data are not here any more: ask the directory where they are."""


class Rows(Protocol):
    """What a statement found."""

    def fetchone(self) -> Any:
        """Return the next row, None at the end."""

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""

    def __iter__(self) -> Iterator[Any]:
        """Yield all rows that are left."""


class Connection(Protocol):
    """One database, one schema of it, one transaction."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Rows:
        """Run a statement."""

    def executemany(self, sql: str, parameters: Sequence[Sequence[Any]], /) -> object:
        """Run a statement that returns nothing once for each row."""


class TableShape(NamedTuple):
    """A table as it is: its columns, and what adds up to the bytes of a row, as SQL."""

    name: str
    columns: tuple[str, ...]
    size: str

    @property
    def named(self) -> str:
        """The columns, as SQL."""
        return ", ".join(f'"{each}"' for each in self.columns)

    @property
    def selection(self) -> str:
        """What reads all of it."""
        # The names are those of our own schema, read back from the database.
        return f'SELECT {self.named} FROM "{self.name}"'  # noqa: S608

    @property
    def insertion(self) -> str:
        """What writes one row."""
        marks = ", ".join("?" for _ in self.columns)
        return f'INSERT INTO "{self.name}" ({self.named}) VALUES ({marks})'  # noqa: S608 - as above


class Database(Protocol):
    """What one tenant, or the directory, has: only that can be reached through it.

    Errors: RefusedError UNAVAILABLE or DISK_FULL, MovedError.
    """

    @property
    def is_shared(self) -> bool:
        """Tell whether other processes may write too."""

    def turn(self) -> AbstractContextManager[object]:
        """Keep other threads of this process out; they wait."""

    def read(self) -> AbstractContextManager[Connection]:
        """Lend a connection for reading."""

    def write(self) -> AbstractContextManager[Connection]:
        """Lend a connection for one transaction: on disk when the block ends, or rolled back.

        Raises OutdatedError when what was read before is not true any more.
        """

    def scan(
        self, sql: str, parameters: Sequence[Any]
    ) -> AbstractContextManager[Iterator[tuple[Any, ...]]]:
        """Lend the rows of a query one by one; they are never all in memory."""

    def alone(self, name: bytes) -> AbstractContextManager[bool]:
        """Give True if no other process is at the thing of this name, and keep them off it."""

    def has_moved_on(self) -> bool:
        """Tell whether another process has written since this was last asked; at first, yes."""

    def shapes(self, db: Connection) -> list[TableShape]:
        """Return every table that there is, by name."""

    def is_sound(self) -> bool:
        """Read everything and tell whether it is undamaged."""

    def forget_deleted(self) -> None:
        """Leave no trace of deleted rows where the database writes ahead."""

    def follow(self, other: "Database") -> None:
        """Go on with another one, where the data were moved to."""

    def close(self) -> None:
        """Release it."""


class ChunkBytes(Protocol):
    """Where the bytes of attachments are: they may lie elsewhere than the list of them."""

    def put(self, db: Connection, file: FileId, n: int, content: bytes) -> None:
        """Keep the bytes of a chunk: on disk when the transaction ends."""

    def get(self, file: FileId, n: int) -> bytes | None:
        """Return the bytes of a chunk, None if they are not here."""

    def drop(self, db: Connection, file: FileId) -> None:
        """Delete all bytes of a file; again is fine."""

    def sizes(self, db: Connection, file: FileId) -> dict[int, int]:
        """Return how many bytes there are of each chunk that is here."""


class Doors(Protocol):
    """Ways past this server to where ChunkBytes are: URLs that are good for some minutes.

    Nothing but the bytes of one chunk can be reached by one, and that without a signature.
    """

    def doors_in(self, file: FileId, numbers: Sequence[int]) -> tuple[str, ...]:
        """Return URLs where these chunks can be put."""

    def door_out(self, file: FileId, n: int) -> str:
        """Return a URL where a chunk can be got."""


class Home(NamedTuple):
    """Where one tenant's things are: rows, and the bytes of attachments.

    ``doors``: None if bytes are put and got at this server only.
    """

    database: Database
    chunks: ChunkBytes
    doors: Doors | None = None


class Stores(Protocol):
    """Makes, opens and removes what tenants have. Only tenancy may use it."""

    def tidy(self) -> None:
        """Remove what a crash left half made. For whoever has the place to itself."""

    def create(self, tenant: TenantId, parcels: Sequence[LinkParcel], log: LogId) -> None:
        """Make a tenant's place from its checked first links; nothing if it is there."""

    def home(self, tenant: TenantId) -> Home:
        """Open what a tenant has, if it was created."""

    def holds(self, tenant: TenantId) -> bool:
        """Tell whether a tenant was created here."""

    def remove(self, tenant: TenantId, *, moved: bool = False) -> None:
        """Delete all of a tenant; again is fine.

        ``moved``: it lives on in other stores, and so does what they share.
        """

    def move(self, tenant: TenantId, target: "Stores") -> None:
        """Move all of a tenant to other stores, while it is used; again goes on.

        From when this returns the other ones have everything, and here it is MovedError.
        """

    def tenants(self) -> set[str]:
        """Return the ids of all tenants that have something here, hexadecimal."""

    def export(self, tenant: TenantId, folder: Path) -> None:
        """Write all of a tenant, as it is at one moment, into an empty folder.

        That is an SQLite file and sealed chunks. Raises StorageError, OSError.
        """

    def take_in(self, tenant: TenantId, folder: Path) -> None:
        """Put what such a folder holds, checked, in the place of what a tenant has.

        The folder may be gone afterwards.
        """


class Wire(Protocol):
    """Tells the other processes whose log has grown: tenant and cursor, and nothing else."""

    def start(self, heard: Callable[[TenantId | None], None]) -> None:
        """Call ``heard`` for each tenant, from a thread; with None when some may be missing."""

    def tell(self, tenant: TenantId, cursor: Cursor) -> None:
        """Tell the others, soon."""

    def close(self) -> None:
        """Hang up."""


class Mailboxes(Protocol):
    """Pairing mailboxes: a few small messages that two devices leave for each other."""

    def put(self, name: PairId, slot: int, message: bytes) -> None:
        """Leave a message; the same one again is fine.

        Raises RefusedError: NOT_FOUND for an impossible slot or an empty message, SLOT_USED,
        TOO_MANY when no room is left.
        """

    def read(self, name: PairId, slot: int) -> bytes:
        """Return a message, as often as it is asked for, or raise RefusedError NOT_FOUND."""
