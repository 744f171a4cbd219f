"""One tenant's collection on disk: the only door to it.

Everything may be called from any thread. There is one writer at a time; readers have connections
of their own and see what was last committed, so a long merge never makes a screen wait.

This is the shape that others build on; the bodies follow.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from desktop.vault.values import Conflict, CopyRow, Counts, Detail, Past, Query, Totals
from shared.crypto.randomness import Random
from shared.domain.operations import Change, Operation
from shared.domain.schema import Kind, Value
from shared.domain.stamps import Origin
from shared.ids import Cursor, DeviceId, EntryHash, FileId, LogId, RecordId, TenantId
from shared.ledger.values import Accepted, LedgerState, SealedEntry


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the vault takes from the world: ``now_millis`` since 1970, and random bytes."""

    now_millis: Callable[[], int]
    random: Random


class Shelves(Protocol):
    """``vault.shelves``: what the list and the sidebar show."""

    def find(self, query: Query) -> Sequence[RecordId]:
        """Return the copies that a query lists, in its order; a compact sequence."""

    def rows(self, copies: Sequence[RecordId]) -> list[CopyRow]:
        """Return a page of lines, in the order asked; ids that are unknown are left out."""

    def totals(self, copies: Sequence[RecordId] | None = None) -> Totals:
        """Return sums over some copies, or over all that are not in the trash."""

    def counts(self) -> Counts:
        """Return how many copies stand on each shelf."""


class Records(Protocol):
    """``vault.records``: single records."""

    def fields(self, kind: Kind, record: RecordId) -> Mapping[str, Value] | None:
        """Return a record's fields, in the trash or not; None if there never was one."""

    def living(self, kind: Kind) -> Mapping[RecordId, Mapping[str, Value]]:
        """Return all records of a kind of which there are few, without the trash."""

    def detail(self, copy: RecordId) -> Detail | None:
        """Return everything about one copy."""

    def history(self, kind: Kind, record: RecordId) -> list[Past]:
        """Return every value that any field of a record had, the newest first."""

    def conflicts(self) -> list[Conflict]:
        """Return what waits for the collector's choice."""


class Secrets(Protocol):
    """``vault.secrets``: small things by name, such as device seeds, epoch keys, the server."""

    def get(self, name: str) -> bytes | None:
        """Return what was put under a name."""

    def put(self, name: str, secret: bytes) -> None:
        """Keep bytes under a name, in place of what was there."""

    def drop(self, name: str) -> None:
        """Remove what is there, if anything."""


class Log(Protocol):
    """``vault.log``: what the sync reads and writes."""

    @property
    def origin(self) -> Origin:
        """The stream that this device writes to now."""

    def state(self) -> LedgerState:
        """Return what the ledger needs to judge the next entry, and to seal the next own one."""

    def hash_at(self, origin: Origin, seq: int) -> EntryHash | None:
        """Return the hash of an entry held here."""

    def entry_at(self, origin: Origin, seq: int) -> SealedEntry | None:
        """Return an entry held here."""

    def pending(self, limit: int, max_bytes: int) -> tuple[tuple[int, ...], tuple[bytes, ...]]:
        """Return the numbers and blobs of the oldest edits not sealed yet, in order."""

    def keep_sealed(self, entry: SealedEntry, numbers: Sequence[int]) -> None:
        """Store an own entry in place of the pending edits that it holds."""

    def unsent(self) -> list[SealedEntry]:
        """Return own entries that no server has acknowledged, in order."""

    def acknowledge(self, entries: Sequence[SealedEntry]) -> None:
        """Note that a server has these own entries."""

    def waiting(self) -> int:
        """Return how many own edits no server has yet."""

    def cursor(self) -> tuple[LogId | None, Cursor]:
        """Return how far the server's log was read, and the log's name."""

    def absorb(
        self,
        accepted: Sequence[Accepted],
        links: Sequence[bytes] = (),
        *,
        cursor: Cursor | None = None,
        log_id: LogId | None = None,
    ) -> Change:
        """Merge entries that were accepted, add links, move the cursor: all or nothing.

        Entries held already are skipped. Edits must come after those that they build on.
        """

    def renew(self) -> Origin:
        """Start a new incarnation; own entries that no server has become pending again."""

    def content_hash(self) -> bytes:
        """Return 32 bytes that are equal on devices that show the same."""


class Files(Protocol):
    """``vault.files``: sealed attachments as they lie on disk."""

    def keep(self, file: FileId, chunks: Sequence[bytes]) -> None:
        """Store all sealed chunks of a file at once, safe before this returns."""

    def has(self, file: FileId) -> bool:
        """Tell whether a file is here."""

    def read(self, file: FileId) -> bytes:
        """Return the sealed bytes of a file that is here."""

    def remove(self, file: FileId) -> None:
        """Remove a file, if it is here."""

    def unsent(self) -> list[FileId]:
        """Return the files kept here that no server has."""

    def acknowledge(self, file: FileId) -> None:
        """Note that a server has a file."""


class Vault:
    """An open collection."""

    tenant: TenantId
    device: DeviceId
    folder: Path
    shelves: Shelves
    records: Records
    secrets: Secrets
    log: Log
    files: Files

    @classmethod
    def create(
        cls,
        folder: Path,
        password: str,
        tenant: TenantId,
        device: DeviceId,
        surroundings: Surroundings,
    ) -> "Vault":
        """Make a new collection in ``<name>.swingtag``, which must not exist, and open it."""
        raise NotImplementedError

    @classmethod
    def unlock(cls, folder: Path, password: str, surroundings: Surroundings) -> "Vault":
        """Open a collection; WrongPasswordError and what ``desktop.vault.errors`` lists."""
        raise NotImplementedError

    @classmethod
    def open_with_key(cls, folder: Path, key: bytes, surroundings: Surroundings) -> "Vault":
        """Open a collection with its database key, as a keychain remembers it."""
        raise NotImplementedError

    @property
    def key(self) -> bytes:
        """The database key, for the keychain."""
        raise NotImplementedError

    def change_password(self, old: str, new: str) -> None:
        """Wrap the key anew; raise WrongPasswordError."""
        raise NotImplementedError

    def apply(self, label: str, operations: Sequence[Operation]) -> Change:
        """Write rows, search index, history and the pending edit in one transaction.

        What changes nothing is left out; if nothing is left the Change is empty.
        """
        raise NotImplementedError

    def undo(self) -> Change | None:
        """Take the last step back, by a new edit; None if there is none."""
        raise NotImplementedError

    def redo(self) -> Change | None:
        """Do again what was undone last; None if there is none."""
        raise NotImplementedError

    @property
    def undo_label(self) -> str | None:
        """What undo would take back."""
        raise NotImplementedError

    @property
    def redo_label(self) -> str | None:
        """What redo would do again."""
        raise NotImplementedError

    def settle(self, number: int, *, keep_loser: bool) -> Change:
        """Close a conflict by choosing one of its two values."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the file, leave no -wal behind and let go of the lock."""
        raise NotImplementedError
