"""One collector's catalogue, opened: the whole vocabulary of the screens. No Qt, SQL or HTTP.

Every change goes through ``write`` and reaches every listener as one ``Change``, whether it was
made here or on another device. Everything may be called from any thread; listeners are called
on the thread that made the change.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Collection as AnyOf
from dataclasses import replace
from pathlib import Path

from desktop.collection.backups import BackupCare
from desktop.collection.checkup import CheckCare
from desktop.collection.choices import Choices
from desktop.collection.copies import Copies
from desktop.collection.devices import Roster
from desktop.collection.exchanging import ExchangeCare
from desktop.collection.imaging import Imaging
from desktop.collection.kit import KitCare
from desktop.collection.late import LateChanges
from desktop.collection.naming import Mint
from desktop.collection.news import News
from desktop.collection.photos import Photos
from desktop.collection.photos_here import PhotosHere
from desktop.collection.reference.catalogue import Reference
from desktop.collection.settings import NAME, Settings, name_here
from desktop.collection.shelving import shelves
from desktop.collection.syncing import STAYS_HERE, Syncing
from desktop.collection.times import Times
from desktop.collection.values import (
    Choice,
    Conflict,
    CopyRow,
    Detail,
    DeviceCard,
    Found,
    Past,
    Query,
    Shelf,
    SyncStatus,
)
from desktop.collection.whereabouts import Whereabouts
from desktop.collection.words import Words
from desktop.sync.findings import dismiss, findings
from desktop.vault.identity import read_identity
from desktop.vault.vault import Surroundings, Vault
from shared.crypto.epochs import Keyring
from shared.domain.operations import Change, Operation
from shared.domain.schema import Kind
from shared.domain.vocabularies import STATUS
from shared.ids import RecordId, TenantId

Listener = Callable[[Change], None]
Watcher = Callable[[SyncStatus], None]


class Collection:
    """Reads and writes one opened vault.

    ``copies`` has the verbs for pieces, ``photos`` for pictures, ``photos_here`` what of
    them is on this device, ``words`` choices, tags, places
    and own fields, ``settings`` preferences, ``roster`` the devices, ``kit`` the
    emergency kit, ``whereabouts`` the server, ``late`` what was set aside of removed devices,
    ``reference`` what Ty made, ``backups`` and ``checks`` keep it safe, ``exchange`` goes without
    a server.
    ``forget_key`` lets the computer's keychain forget the key, None if it was not asked to keep it.
    """

    def __init__(
        self,
        vault: Vault,
        reference: Reference,
        imaging: Imaging,
        surroundings: Surroundings,
        name: str,
    ) -> None:
        mint, records = Mint(surroundings.now_millis, surroundings.random), vault.records
        self.reference = reference
        self.mint = mint
        self.copies = Copies(records, reference, mint, self.write)
        self.words = Words(records, reference, mint, self.write)
        self.settings = Settings(records, vault.secrets, self.write)
        self.roster = self._devices(vault, surroundings)
        self.whereabouts = Whereabouts(records, vault.secrets, self._write_for_good)
        self.backups = BackupCare(
            vault.backups, self.settings, lambda: self.name, surroundings.now_millis
        )
        self.exchange = self._by_hand(vault, surroundings)
        self.checks = CheckCare(vault.checkup, vault.secrets, self._want)
        self.kit = KitCare(vault.tenant, self.roster, self.settings, surroundings.now_millis)
        self.late = LateChanges(records, self.roster.cuts, self.write)
        self.photos = Photos(
            tenant=vault.tenant,
            files=vault.files,
            records=records,
            imaging=imaging,
            random=surroundings.random,
            mint=mint,
            references=vault.references,
            write=self.write,
            device=vault.device,
            policy=lambda: self.photos_here.policy,
            syncs=lambda: self._sync is not None,
            by_hand=self.exchange,
            fetch=self._want,
            announce=self.announce,
        )
        self.photos_here = self._what_is_here(vault)
        self.choices = Choices(records, self.write, self._choose)
        self.news = News(
            vault.chronicle.diary,
            vault.device,
            self.settings,
            surroundings.now_millis,
            self._take_back,
        )
        self.times = Times(
            vault,
            lambda past: Collection(past, reference, imaging, surroundings, name),
            self.write,
        )
        self.forget_key: Callable[[], None] | None = None
        self._vault = vault
        self._known_name = name
        self._listeners: list[Listener] = []
        self._watchers: list[Watcher] = []
        self._sync: Syncing | None = None
        vault.shelves.order_choices(self.words.orders())

    @property
    def tenant(self) -> TenantId:
        """Whose collection this is."""
        return self._vault.tenant

    @property
    def name(self) -> str:
        """What it is called; until the first sync of a new device, what that device calls it."""
        return name_here(self._vault.secrets) or self.settings.get(NAME, self._known_name)

    @property
    def folder(self) -> Path:
        """Where it lies on this computer."""
        return self._vault.folder

    @property
    def put_back(self) -> bool:
        """Whether the folder was found in an older state than this computer remembered."""
        return self._vault.put_back

    @property
    def is_watched(self) -> bool:
        """Whether this computer would notice a folder that was put back as a whole."""
        return self._vault.is_watched

    def write(self, label: str, operations: Sequence[Operation]) -> Change:
        """Make one named step: rows, search, history and what is to be sent, all or nothing.

        On a device that may only look every change raises OnlyLooksError.
        """
        self.roster.demand_writing()
        return self._made(self._vault.apply(label, operations))

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` after every change; returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def announce(self, change: Change) -> None:
        """Tell the listeners of a change; the sync calls this for what it brought."""
        if Kind.DEVICE in change.records:
            self.roster.look_again()
        if change.everything or Kind.TERM in change.records:
            self._vault.shelves.order_choices(self.words.orders())
        if not change.empty:
            for listener in [*self._listeners]:
                listener(change)

    def undo(self) -> Change | None:
        """Take the last step back; None if there is none. ``skipped`` says what was kept."""
        self.roster.demand_writing()
        change = self._vault.undo()
        return None if change is None else self._made(change)

    def redo(self) -> Change | None:
        """Do again what was taken back last; None if there is nothing."""
        self.roster.demand_writing()
        change = self._vault.redo()
        return None if change is None else self._made(change)

    @property
    def undo_label(self) -> str | None:
        """What ``undo`` would take back."""
        return self._vault.undo_label

    @property
    def redo_label(self) -> str | None:
        """What ``redo`` would do again."""
        return self._vault.redo_label

    def find(self, query: Query) -> Found:
        """List copies, with sums."""
        ids = self._vault.shelves.find(query)
        return Found(ids, self._vault.shelves.totals(ids))

    def rows(self, copies: Sequence[RecordId]) -> list[CopyRow]:
        """Return the lines of some copies, in their order; those that are gone are left out."""
        return self._vault.shelves.rows(copies)

    def detail(self, copy: RecordId) -> Detail | None:
        """Return everything about one copy; None if it is not here."""
        return self._vault.records.detail(copy)

    def shelves(self) -> tuple[Shelf, ...]:
        """Return the sidebar's lines with their counts."""
        statuses = self.words.terms(STATUS)
        return shelves(self._vault.shelves.counts(), statuses, self.words.tags())

    def history(self, copy: RecordId) -> list[Past]:
        """Return what a copy, its model and its variant said before, the newest first."""
        detail = self.detail(copy)
        if detail is None:
            return []
        owners = ((Kind.COPY, copy), (Kind.MODEL, detail.model), (Kind.VARIANT, detail.variant))
        history = self._vault.records.history
        pasts = [past for kind, record in owners if record for past in history(kind, record)]
        return sorted(pasts, key=lambda past: past.millis, reverse=True)

    def conflicts(self) -> list[Conflict]:
        """Return what waits for the collector's choice."""
        return self._vault.records.conflicts()

    def settle(self, number: int, *, keep_loser: bool) -> Change:
        """Close a conflict by choosing one of its two values."""
        self.roster.demand_writing()
        return self._made(self._vault.settle(number, keep_loser=keep_loser))

    def copies_of(self, kind: Kind, owners: AnyOf[RecordId]) -> dict[RecordId, RecordId]:
        """Return the copies of some models or variants, each with its own."""
        return self._vault.records.copies_of(kind, owners)

    def devices(self) -> tuple[DeviceCard, ...]:
        """Return the devices that may read this collection."""
        return self.roster.cards()

    @property
    def content_hash(self) -> bytes:
        """A hash of all that is kept here, equal on devices that agree."""
        return self._vault.log.content_hash()

    @property
    def status(self) -> SyncStatus:
        """Where the sync stands, and what was found out and not dismissed."""
        return replace(self._standing, found=findings(self._vault.secrets))

    @property
    def _standing(self) -> SyncStatus:
        if self._sync is not None:
            return self._sync.status
        return self.exchange.status or replace(STAYS_HERE, devices=self.roster.computers)

    def dismiss(self, sentence: str) -> None:
        """Show no more what was found out, unless it is found anew; what holds stays."""
        dismiss(self._vault.secrets, sentence)
        self.tell(self._standing)

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Call ``watcher`` whenever the status changes; returns what ends that."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def tell(self, status: SyncStatus) -> None:
        """Pass a new status on to the watchers; the sync calls this."""
        whole = replace(status, found=findings(self._vault.secrets))
        for watcher in [*self._watchers]:
            watcher(whole)

    @property
    def sync(self) -> Syncing | None:
        """What keeps this collection in step; None while it stays on this device."""
        return self._sync

    def follow(self, sync: Syncing) -> None:
        """Let a sync, started by whoever built it, know of edits, and end it on ``close``."""
        self._sync = sync

    def stay(self) -> None:
        """End the sync, and wait until nothing of it is under way; ``follow`` begins another."""
        if self._sync is not None:
            self._sync.end()
            self._sync = None

    def opening(self) -> tuple[bytes, Keyring]:
        """Return what opens its file and its entries, for who mends it once it is closed."""
        return self._vault.key, read_identity(self._vault.secrets).keyring

    def change_password(self, old: str, new: str) -> None:
        """Wrap the key anew; raise WrongPasswordError."""
        self._vault.change_password(old, new)

    def close(self) -> None:
        """Stop the sync and close the file."""
        if self._sync is not None:
            self._sync.stop()
        self._vault.close()

    def _choose(self, choices: Mapping[int, Choice]) -> Change:
        self.roster.demand_writing()
        return self._made(self._vault.choose(choices))

    def _take_back(self, label: str, moments: Sequence[int]) -> Change:
        self.roster.demand_writing()
        return self._made(self._vault.take_back(label, moments))

    def _want(self, photo: RecordId) -> None:
        if self._sync is not None:
            self._sync.want(photo)
        if self._sync is None or self.exchange.has_folder:
            self.exchange.want(photo)

    def _write_for_good(self, label: str, operations: Sequence[Operation]) -> Change:
        self.roster.demand_writing()
        return self._made(self._vault.apply(label, operations, undoable=False))

    def _wake(self) -> None:
        if self._sync is not None:
            self._sync.sync_now()

    def _devices(self, vault: Vault, surroundings: Surroundings) -> Roster:
        return Roster(
            vault.log,
            vault.records,
            vault.secrets,
            write=self.write,
            announce=self.announce,
            wake=self._wake,
            now_millis=surroundings.now_millis,
        )

    def _what_is_here(self, vault: Vault) -> PhotosHere:
        return PhotosHere(
            vault.references,
            vault.files,
            vault.secrets,
            write_for_good=self._write_for_good,
            wake=self._wake,
            syncs=lambda: self._sync is not None,
            alone=lambda: self.roster.alone,
        )

    def _by_hand(self, vault: Vault, surroundings: Surroundings) -> ExchangeCare:
        return ExchangeCare(
            vault,
            self.settings,
            surroundings,
            announce=self.announce,
            came=self._wake,
            kept=self._tell_of_exchange,
        )

    def _tell_of_exchange(self) -> None:
        """Tell where a collection without a server stands."""
        self.tell(self._standing)

    def _made(self, change: Change) -> Change:
        """Tell everybody of a change that was made here."""
        self.announce(change)
        if self._sync is not None and not change.empty:
            self._sync.edited()
        elif not change.empty and self.exchange.status is not None:
            self._tell_of_exchange()
        return change
