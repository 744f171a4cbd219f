"""A damaged collection told again from what is whole of its log, in place of the file."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from desktop.system.durable import durable_rename, remove, sync_folder
from desktop.vault.archive import compress
from desktop.vault.database import Database
from desktop.vault.errors import DamagedVaultError
from desktop.vault.lineage import Lineage
from desktop.vault.opening import DATABASE, Surroundings, take_folder
from desktop.vault.retelling import tell
from desktop.vault.search import Speaker
from desktop.vault.truth import TRUTH, Fact, readable_facts
from shared.crypto.epochs import Keyring
from shared.domain.stamps import Origin
from shared.ids import DeviceId, EntryHash, Incarnation
from shared.ledger.frame import decode_frame
from shared.ledger.refusal import Refused
from shared.ledger.snapshots import decode_manifest
from shared.ledger.stored import DamagedEntryError, rebuild
from shared.ledger.values import SealedEntry

_TOLD, DAMAGED = f"{DATABASE}.told", f"{DATABASE}.damaged"
_TAKEN, _BODY = TRUTH["base"].index("taken"), TRUTH["base"].index("body")
_READ_TO = ("vault/log", "vault/reached")


class Repaired(NamedTuple):
    """``entries``: so many of the history are to be fetched again; ``rows`` could not be read."""

    entries: int
    rows: int


def repair(
    folder: Path, key: bytes, keyring: Keyring | None, surroundings: Surroundings
) -> Repaired:
    """Tell the file of a closed collection again. The damaged one stays beside it.

    The device will write to a new stream, and the next sync asks for what is missing. Raises
    DamagedVaultError if not even the secrets of the device can be read, and what opening raises.
    """
    lock = take_folder(folder)
    lost: list[str] = []
    told = folder / _TOLD
    remove(told)
    try:
        database = Database(folder / DATABASE, key, Speaker().functions)
        try:
            with database.reading() as cursor:
                secrets = dict(cursor.execute("SELECT name, value FROM secret NOT INDEXED"))
                lineage = Lineage.among(secrets)
                if not lineage.tenant:
                    raise DamagedVaultError
                sieve = Sieve(lineage.origin.device, keyring)
                truth = sieve.whole(readable_facts(cursor, lost))
                tell(told, key, lineage, truth, surroundings)
        finally:
            database.close()
        for rest in ("-wal", "-shm"):
            remove(folder / (DATABASE + rest))
        durable_rename(folder / DATABASE, folder / DAMAGED)
        durable_rename(told, folder / DATABASE)
        sync_folder(folder)
    finally:
        remove(told)
        lock.release()
    return Repaired(sieve.dropped, len(lost))


class Sieve:
    """Lets entries pass that are whole and whose causes have passed."""

    def __init__(self, device: DeviceId, keyring: Keyring | None = None) -> None:
        self._streams: dict[int, Origin] = {}
        self._device = device
        self._base: dict[Origin, int] = {}
        self._heads: dict[Origin, int] = {}
        self._keyring = keyring
        self.dropped = 0

    def whole(self, facts: Iterable[Fact]) -> Iterator[Fact]:
        """Yield what may be told; own edits of an entry that may not are pending again."""
        again: list[bytes] = []
        for fact in facts:
            if fact.table == "secret" and fact.row[0] in _READ_TO:
                continue
            if fact.table == "base" and fact.row[_TAKEN]:
                heads = decode_manifest(fact.row[_BODY]).heads
                self._base = {origin: head.seq for origin, head in heads.items()}
                self._heads = dict(self._base)
            if fact.table == "stream":
                number, device, life = fact.row
                self._streams[number] = Origin(DeviceId(device), Incarnation(life))
            if fact.table != "entry" or self._passes(fact.row, again):
                yield fact
        yield from (Fact("edit", (0, compress(blob))) for blob in again)

    def _passes(self, row: tuple[Any, ...], again: list[bytes]) -> bool:
        _, stream, seq, _, digest, *sealed = row
        origin = self._streams.get(stream)
        if origin is None:
            self.dropped += 1
            return False
        entry = SealedEntry(origin, seq, EntryHash(digest), *sealed)
        if not self._is_whole(entry):
            self.dropped += 1
            return False
        heads, blobs = decode_frame(entry.body)
        if seq <= self._base.get(origin, 0):
            return True
        known = all(self._heads.get(other, 0) >= head.seq for other, head in heads.items())
        if known and seq == self._heads.get(origin, 0) + 1:
            self._heads[origin] = seq
            return True
        self.dropped += 1
        if origin.device == self._device:
            again += blobs
        return False

    def _is_whole(self, entry: SealedEntry) -> bool:
        if self._keyring is None:
            return True
        try:
            rebuild(entry, self._keyring)
            decode_frame(entry.body)
        except (DamagedEntryError, Refused, LookupError, ValueError):
            return False
        return True
