"""One computer of a collector: its disk, its clock, and the real client on it."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from desktop.sync.courier import open_http
from desktop.sync.folder.exchange import FolderExchange
from desktop.sync.folder.places import FolderPlace
from desktop.sync.folder.traffic import FolderNotice, Traffic
from desktop.sync.network import Network
from desktop.sync.notices import Notice
from desktop.sync.rhythm import Most, Rhythm
from desktop.sync.session import Session
from desktop.system.anchor import Anchor, AnchorPlace
from desktop.vault.backup_file import key_by_database, key_by_words
from desktop.vault.layout import GHOST, layout_of
from desktop.vault.opening import UNLOCK
from desktop.vault.references import Standing
from desktop.vault.restoring import restore
from desktop.vault.vault import Surroundings, Vault
from shared.domain.schema import DELETED, Kind, Value
from shared.domain.stamps import Origin, Stamp
from shared.envelope import Header
from shared.ids import DeviceId, RecordId
from shared.membership import Member, Membership, Role, verify_chain
from tests.simulation.chance import Clock, PowerCut, Time, drawn
from tests.simulation.stick import Laid
from tests.simulation.wire import Wire

KINDS = (Kind.COPY, Kind.TAG, Kind.FIELD)
Item = tuple[Kind, RecordId]
Spot = tuple[Kind, RecordId, str]


@dataclass
class Drawer:
    """A keychain's place for the anchor: it stays when the folder is put back."""

    kept: Anchor | None = None
    locked: bool = False

    def read(self) -> Anchor | None:
        return self.kept

    def write(self, anchor: Anchor) -> None:
        if not self.locked:
            self.kept = anchor


@dataclass
class Sight:
    """What a collector can see: values by field, those waiting for a choice, the trash.

    ``overruled``: records that somebody had deleted and that are there all the same, flagged.
    """

    values: dict[Spot, Value] = field(default_factory=dict)
    losers: dict[Spot, list[Value]] = field(default_factory=dict)
    alive: dict[Item, bool] = field(default_factory=dict)
    overruled: set[Item] = field(default_factory=set)

    def reachable(self) -> set[tuple[Spot, Value]]:
        waiting = {(spot, value) for spot, values in self.losers.items() for value in values}
        return {
            (spot, value) for spot, value in {*self.values.items(), *waiting} if value is not None
        }


@dataclass
class Image:
    """A copy of a machine's folder with its key, and the edits in it."""

    folder: Path
    key: bytes
    edits: frozenset[Stamp]


@dataclass
class Backup:
    """A backup of a machine, its key, and its stream. ``paper``: of the kit that counted then."""

    path: Path
    key: bytes
    edits: frozenset[Stamp]
    origin: Origin
    paper: DeviceId


@dataclass
class Machine:
    """A computer with a collection on it. ``edits``: those that were seen in its vault."""

    name: str
    folder: Path
    key: bytes
    time: Time
    wire: Wire
    drawer: Drawer | None
    seed: str
    most: Most = field(default_factory=Most)
    edits: frozenset[Stamp] = frozenset()
    images: list[Image] = field(default_factory=list)
    backups: list[Backup] = field(default_factory=list)
    notices: set[Notice | FolderNotice] = field(default_factory=set)
    _vault: Vault | None = None
    _session: Session | None = None

    def __post_init__(self) -> None:
        self.fuse = self.wire.fuse
        self.clock = Clock(self.time, self.fuse)
        surroundings = Surroundings(self.clock, drawn(f"{self.seed}/{self.name}", self.fuse))
        self.network = Network(
            open_http(self.wire),
            surroundings,
            Rhythm(lambda: 0.0, lambda: 0.5, most=self.most),
        )
        self.fuse.blow = self._go_dark

    def open(self) -> None:
        anchors: AnchorPlace | None = self.drawer
        self._vault = Vault.open_with_key(
            self.folder, self.key, self.network.surroundings, anchors=anchors
        )
        self._session = None
        self.look()

    def close(self) -> None:
        if self._vault:
            self._vault.close()
        self.network.http.close()

    @property
    def vault(self) -> Vault:
        assert self._vault
        return self._vault

    @property
    def session(self) -> Session:
        if self._session is None:
            self._session = self.network.session(self.vault, lambda _change: self.fuse.burn())
        return self._session

    def restart(self) -> None:
        self.vault.close()
        self.open()

    @property
    def exchanger(self) -> FolderExchange:
        """Made anew each time, as by the screens."""
        random = self.network.surroundings.random
        return FolderExchange(self.vault, random, lambda _change: self.fuse.burn())

    # What is in it

    @property
    def links(self) -> tuple[bytes, ...]:
        """The list of devices."""
        with self.vault._database.reading() as cursor:
            found = cursor.execute("SELECT link FROM link ORDER BY number").fetchall()
        return tuple(link for (link,) in found)

    @property
    def membership(self) -> Membership:
        """What that list says."""
        return verify_chain(self.links, self.vault.tenant)

    @property
    def me(self) -> Member:
        """What it says of this device."""
        return self.membership.devices[self.vault.device]

    @property
    def paper(self) -> DeviceId:
        """The emergency kit that counts by that list."""
        return next(m.device for m in self.membership.live if m.role is Role.PAPER)

    def patched(self) -> list[Laid]:
        """Return the entries here that do not follow the one before them."""
        sql = """
            SELECT s.device, s.incarnation, n.seq, n.hash, n.header FROM entry n
            JOIN stream s ON s.number = n.stream"""
        with self.vault._database.reading() as cursor:
            found = cursor.execute(sql).fetchall()
        hashes = {(device, life, seq): digest for device, life, seq, digest, _ in found}
        return [
            (Origin(device, life), seq, digest)
            for device, life, seq, digest, header in found
            if hashes.get((device, life, seq - 1)) not in {None, Header.parse(header).prev}
        ]

    def laid(self) -> dict[Laid, frozenset[Stamp]]:
        """Return the entries here with their edits."""
        sql = """
            SELECT s.device, s.incarnation, n.seq, n.hash, e.reading, w.device, w.incarnation
            FROM entry n JOIN stream s ON s.number = n.stream
            LEFT JOIN edit e ON e.entry = n.number LEFT JOIN stream w ON w.number = e.stream"""
        with self.vault._database.reading() as cursor:
            found = cursor.execute(sql).fetchall()
        laid = dict[Laid, frozenset[Stamp]]()
        for device, life, seq, digest, reading, *writer in found:
            place = Origin(device, life), seq, digest
            edits = {Stamp(reading, Origin(*writer))} if reading is not None else frozenset()
            laid[place] = laid.get(place, frozenset()) | edits
        return laid

    def look(self) -> None:
        """Note which edits have been seen here."""
        sql = "SELECT reading, device, incarnation FROM edit JOIN stream ON stream = stream.number"
        with self.vault._database.reading() as cursor:
            found = cursor.execute(sql).fetchall()
        here = {Stamp(reading, Origin(device, life)) for reading, device, life in found}
        self.edits |= here

    @property
    def readable(self) -> frozenset[Stamp]:
        """The edits whose own bytes are here, rather than only what came of them."""
        sql = """
            SELECT reading, device, incarnation FROM edit JOIN stream ON stream = stream.number
            WHERE coalesce(blob, entry, segment) IS NOT NULL"""
        with self.vault._database.reading() as cursor:
            found = cursor.execute(sql).fetchall()
        return frozenset(Stamp(reading, Origin(device, life)) for reading, device, life in found)

    def sight(self) -> Sight:
        """See all that the collector could."""
        seen = Sight()
        with self.vault._database.reading() as cursor:
            for kind in KINDS:
                layout = layout_of(kind.value)
                for row in layout._select(cursor, list(layout.types), f"deleted <> {GHOST}", ()):
                    seen.alive[kind, row.record] = not row.deleted
                    for name, value in row.fields().items():
                        seen.values[kind, row.record, name] = value
        for conflict in self.vault.records.conflicts():
            if conflict.field == DELETED:
                items = {(kind, conflict.record) for kind in KINDS}
                seen.overruled |= items & seen.alive.keys()
            else:
                kind = next(k for k in KINDS if (k, conflict.record) in seen.alive)
                spot = (kind, conflict.record, conflict.field)
                seen.losers.setdefault(spot, []).append(conflict.loser.value)
        return seen

    def history(self, items: Iterable[Item]) -> dict[Item, set[tuple[str, Value]]]:
        """Return what records ever said, by what the history of each shows."""
        records = self.vault.records
        return {
            item: {(past.field, past.value) for past in records.history(*item)} for item in items
        }

    def pictures(self) -> dict[RecordId, bool]:
        """Return the photos that are shown, and of each whether its small picture is here."""
        return {
            each.photo: self.vault.files.has(each.file)
            for each in self.vault.references.all()
            if each.small and each.standing is Standing.SHOWN
        }

    @property
    def reading(self) -> int:
        """Where its hybrid clock stands."""
        return self.vault._writer._clock.last

    @property
    def head(self) -> int:
        """The number of its last own entry in the stream that it writes to."""
        head = self.vault.log.state().heads.get(self.vault.log.origin)
        return head.seq if head else 0

    @property
    def newest(self) -> int:
        """The largest reading of an edit here."""
        with self.vault._database.reading() as cursor:
            (last,) = cursor.execute("SELECT coalesce(max(reading), 0) FROM edit").fetchone()
        return int(last)

    # What happens to it

    def sync(self) -> None:
        try:
            self.session.sync(lambda _done, _total: None)
        finally:
            self.notices.update(self.session._exchange.notices)
            self.look()

    def exchange(self, folder: Path) -> Traffic:
        """Exchange with a stick."""
        vault, random = self.vault, self.network.surroundings.random
        place = FolderPlace(folder, vault.tenant, vault.device, random)
        return self.exchanger.exchange(place)

    def let_grow(self, pages: int) -> None:
        """Leave room for so many more pages on the disk."""
        with self.vault._database._lent() as cursor:
            (count,) = cursor.execute("PRAGMA page_count").fetchone()
            cursor.execute(f"PRAGMA max_page_count = {count + pages}")

    def lose_power(self) -> None:
        """Go off without a word, and start again."""
        self._copy(self._dark)
        self.power_on()

    def power_on(self) -> None:
        """Start again after a power cut, from the disk as it was at that moment."""
        self.let_go()
        self._dark.rename(self.folder)
        self.open()

    def keep_image(self, folder: Path) -> None:
        self._copy(folder)
        self.images.append(Image(folder, self.key, self.edits))

    def put_back(self, image: Image) -> None:
        """Put an earlier copy in place of the folder."""
        self.let_go()
        shutil.copytree(image.folder, self.folder)
        self.key, self.edits = image.key, image.edits
        self.open()

    def forget_past(self) -> None:
        """Keep no older state of it."""
        self.images.clear()
        self.backups.clear()

    def move_to(self, twin: "Machine") -> None:
        """Copy the folder to another computer."""
        self._copy(twin.folder)
        twin.key = self.key
        twin.open()

    def save_backup(self, path: Path) -> None:
        (self.folder / UNLOCK).write_bytes(self.key)
        self.vault.backups.make(path, {})
        key = key_by_database(path, self.key)
        self.backups.append(Backup(path, key, self.edits, self.vault.log.origin, self.paper))

    def restore(self, backup: Backup, words: str | None) -> None:
        """Restore a backup here, by the words of the kit of its day or by the password's key.

        It lies in a folder of its own, of which a keychain knows nothing yet.
        """
        key = key_by_words(backup.path, words) if words else backup.key
        restored = restore(backup.path, key, self.folder, "", self.network.surroundings)
        assert restored.whole
        self.key, self.edits = (self.folder / UNLOCK).read_bytes(), backup.edits
        self.drawer = Drawer() if self.drawer else None
        self.open()

    @property
    def _dark(self) -> Path:
        return self.folder.with_suffix(".dark")

    def let_go(self) -> None:
        """Remove the collection, while a keychain keeps what it knows."""
        if self.drawer:
            self.drawer.locked = True
        self.vault.close()
        if self.drawer:
            self.drawer.locked = False
        shutil.rmtree(self.folder)

    def _go_dark(self) -> None:
        self._copy(self._dark)
        raise PowerCut

    def _copy(self, folder: Path) -> None:
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns("*-shm", "lock"))
