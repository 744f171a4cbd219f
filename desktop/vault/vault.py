"""One tenant's collection on disk: the only door to it.

Everything may be called from any thread. There is one writer at a time; readers have connections
of their own and see what was last committed, so a long merge never makes a screen wait.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from sqlite3 import Cursor

from desktop.system.anchor import TOKEN_BYTES, Anchor, AnchorFile, AnchorPlace
from desktop.system.clock import BoundedClock
from desktop.vault.backups import Backups
from desktop.vault.checking import Checkup
from desktop.vault.chronicle import Chronicle
from desktop.vault.errors import ClosedVaultError, DamagedVaultError
from desktop.vault.files import Files
from desktop.vault.lineage import Lineage
from desktop.vault.log import Log
from desktop.vault.merging import Footprint
from desktop.vault.opening import (
    ANCHOR,
    DATABASE,
    FILES,
    Surroundings,
    make_folder,
    open_database,
    read_key,
    replace_password,
    take_folder,
)
from desktop.vault.records import Records
from desktop.vault.references import References
from desktop.vault.search import Speaker
from desktop.vault.secrets import Secrets, get, put
from desktop.vault.shelves import Shelves
from desktop.vault.snapshots import Snapshots
from desktop.vault.steps import Choice, Steps
from desktop.vault.tail import was_cut
from desktop.vault.writing import Writer
from shared.domain.operations import Change, Operation
from shared.domain.stamps import HybridClock
from shared.ids import DeviceId, TenantId

__all__ = [
    "Files",
    "Log",
    "Records",
    "References",
    "Secrets",
    "Shelves",
    "Snapshots",
    "Surroundings",
    "Vault",
]

_TOKEN = "vault/token"  # noqa: S105 - a name, not a secret
_ANCHOR_EVERY_MILLIS = 10_000
_APART_BYTES = 3
"""So many bytes of chance: at most 256 milliseconds."""


class Vault:
    """An open collection.

    ``put_back`` tells that the folder is an older state or a copy of what was last open here; the
    device then writes to a new stream, so that nothing is mistaken for what it sent before.
    ``is_watched``: that is told by something outside the folder, so also if all of it was put back.
    ``clock`` is what edits are stamped with; the sync tells it what time the server has.
    """

    def __init__(
        self, folder: Path, key: bytes, surroundings: Surroundings, anchors: AnchorPlace | None
    ) -> None:
        """Open a collection with its key; see ``open_with_key``."""
        self.folder = folder
        self.key = key
        self._surroundings = surroundings
        with ExitStack() as undoing:
            lock = take_folder(folder)
            undoing.callback(lock.release)
            speaker = Speaker()
            cut = was_cut(folder / DATABASE, key)
            self._database = open_database(folder, key, speaker)
            undoing.callback(self._database.close)
            self._assemble(speaker)
            self._anchors = anchors or AnchorFile(folder / ANCHOR)
            self.is_watched = anchors is not None
            self._anchored_millis = 0
            self.put_back = self._compare_with_anchor(cut=cut)
            self._writer.catch_up()
            self._closing = undoing.pop_all()

    def _assemble(self, speaker: Speaker) -> None:
        database = self._database
        with database.reading() as cursor:
            lineage = Lineage.read(cursor)
            (last,) = cursor.execute("SELECT coalesce(max(reading), 0) FROM edit").fetchone()
        # Two copies of one file must not give one stamp to two edits, not even if a clock that was
        # once ahead lets both only count on: so each opening begins a little later by chance.
        apart = int.from_bytes(self._surroundings.random(_APART_BYTES))
        self.clock = BoundedClock(self._surroundings.now_millis, self._surroundings.uptime)
        clock = HybridClock(self.clock.now_millis, last + apart)
        self.tenant: TenantId = lineage.tenant
        self.device: DeviceId = lineage.origin.device
        self.shelves = Shelves(database)
        self.secrets = Secrets(database)
        self.files = Files(self.folder / FILES, database)
        self.records = Records(database, self.files)
        self.chronicle = Chronicle(database, self.files)
        self.references = References(database, self.files)
        self._writer = Writer(
            database,
            speaker,
            clock,
            lineage.origin,
            wall_millis=self._surroundings.now_millis,
            committed=self._committed,
        )
        self.checkup = Checkup(self.folder, self.key, database, self._surroundings)
        self.backups = Backups(
            self.folder, self.key, database, self.files, self._surroundings.random
        )
        self._steps = Steps(database, self._writer, self.files)
        self.log = Log(database, self._writer, self._surroundings.random, self._anchor)
        self.snapshots = Snapshots(database, self._writer, self._surroundings.random)

    @classmethod
    def create(
        cls,
        folder: Path,
        password: str,
        tenant: TenantId,
        device: DeviceId,
        surroundings: Surroundings,
        *,
        anchors: AnchorPlace | None = None,
    ) -> "Vault":
        """Make a new collection in ``<name>.swingtag``, which must not exist, and open it."""
        key = make_folder(folder, password, tenant, device, surroundings)
        return cls(folder, key, surroundings, anchors)

    @classmethod
    def unlock(
        cls,
        folder: Path,
        password: str,
        surroundings: Surroundings,
        *,
        anchors: AnchorPlace | None = None,
    ) -> "Vault":
        """Open a collection; raise WrongPasswordError or what ``open_with_key`` raises."""
        return cls(folder, read_key(folder, password), surroundings, anchors)

    @classmethod
    def open_with_key(
        cls,
        folder: Path,
        key: bytes,
        surroundings: Surroundings,
        *,
        anchors: AnchorPlace | None = None,
    ) -> "Vault":
        """Open a collection with its database key, as a keychain remembers it.

        Raises the errors of desktop.vault.errors. ``anchors`` is where to remember how far it
        came; without it that is a file in the folder.
        """
        return cls(folder, key, surroundings, anchors)

    def change_password(self, old: str, new: str) -> None:
        """Wrap the key anew; raise WrongPasswordError."""
        replace_password(self.folder, old, new, self._surroundings)

    def apply(
        self, label: str, operations: Sequence[Operation], *, undoable: bool = True
    ) -> Change:
        """Write rows, search index, history and the pending edit in one transaction.

        What changes nothing is left out; if nothing is left the Change is empty. Writing to a
        record in the trash takes it out. ``undoable`` is false for what the collector did not do.
        Raises TooLongError and VaultErrors.
        """
        return self._steps.do(label, operations, undoable=undoable)

    def undo(self) -> Change | None:
        """Take the last step back, by a new edit; None if there is none."""
        return self._steps.undo()

    def redo(self) -> Change | None:
        """Do again what was undone last; None if there is none."""
        return self._steps.redo()

    def take_back(self, label: str, moments: Sequence[int]) -> Change:
        """Take back edits of anybody, by their moments, as far as they still stand: one new step.

        ``skipped`` names the fields that were left alone. Raises UnknownPastError.
        """
        return self._steps.take_back(label, moments)

    @property
    def undo_label(self) -> str | None:
        """What undo would take back."""
        return self._steps.undo_label

    @property
    def redo_label(self) -> str | None:
        """What redo would do again."""
        return self._steps.redo_label

    def settle(self, number: int, *, keep_loser: bool) -> Change:
        """Close a conflict by choosing one of its two values; empty if it is closed already."""
        return self._steps.settle(number, keep_loser=keep_loser)

    def choose(self, choices: Mapping[int, Choice]) -> Change:
        """Close several conflicts in one step; those that are closed already are left out."""
        return self._steps.choose(choices)

    def close(self) -> None:
        """Close the file, leave no -wal behind and let go of the lock."""
        with (
            self._closing,
            suppress(ClosedVaultError, DamagedVaultError),
        ):  # closed already, or unreadable
            self._anchor()

    def _committed(self, footprint: Footprint) -> None:
        self.shelves.note(footprint)
        now = self._surroundings.now_millis()
        if abs(now - self._anchored_millis) >= _ANCHOR_EVERY_MILLIS:
            self._anchored_millis = now
            self._anchor()

    def _compare_with_anchor(self, *, cut: bool) -> bool:
        """Begin a new stream if this is not the state that was last open here; tell so.

        ``cut``: committed changes were lost to damage, so it is not that state for certain.

        The new token is in the file before it is in the anchor: after a crash in between, the
        device begins a new stream without need, which does no harm.
        """
        kept = self._anchors.read()
        with self._database.reading() as cursor:
            token = get(cursor, _TOKEN)
            now = _state(cursor, token or b"")
        if token is None and kept is None:
            put_back = cut  # it is opened for the first time
        else:
            put_back = cut or kept is None or not _is_ahead(now, kept)
        if put_back:
            self.log.renew()
        with self._database.writing() as cursor:
            put(cursor, _TOKEN, self._surroundings.random(TOKEN_BYTES))
        self._anchor()
        return put_back

    def _anchor(self) -> None:
        with self._database.reading() as cursor:
            self._anchors.write(_state(cursor, get(cursor, _TOKEN) or b""))


def _state(cursor: Cursor, token: bytes) -> Anchor:
    """Return how far the collection has come."""
    (counter,) = cursor.execute("SELECT coalesce(max(moment), 0) FROM edit").fetchone()
    sql = "SELECT coalesce(sum(seq), 0) FROM stream WHERE device = ?"
    device = Lineage.read(cursor).origin.device
    (sealed,) = cursor.execute(sql, (device,)).fetchone()
    return Anchor(counter, sealed, token)


def _is_ahead(now: Anchor, kept: Anchor) -> bool:
    """Tell whether this may be the state that was last open here, or what came of it."""
    return now.token == kept.token and now.counter >= kept.counter and now.sealed >= kept.sealed
