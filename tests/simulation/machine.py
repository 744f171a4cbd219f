"""One computer of a collector: its disk, its clock, and the real client on it."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from desktop.sync.courier import open_http
from desktop.sync.network import Network
from desktop.sync.notices import Notice
from desktop.sync.rhythm import Most, Rhythm
from desktop.sync.session import Session
from desktop.system.anchor import Anchor, AnchorPlace
from desktop.vault.layout import GHOST, layout_of
from desktop.vault.references import Standing
from desktop.vault.vault import Surroundings, Vault
from shared.domain.schema import DELETED, Kind, Value
from shared.domain.stamps import Origin, Stamp
from shared.ids import RecordId
from tests.simulation.chance import Clock, PowerCut, Time, drawn
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
    """A copy of a machine's folder, and the edits in it."""

    folder: Path
    edits: frozenset[Stamp]


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
    notices: set[Notice] = field(default_factory=set)
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

    # What is in it

    def look(self) -> None:
        """Note which edits have been seen here."""
        sql = "SELECT reading, device, incarnation FROM edit JOIN stream ON stream = stream.number"
        with self.vault._database.reading() as cursor:
            found = cursor.execute(sql).fetchall()
        here = {Stamp(reading, Origin(device, life)) for reading, device, life in found}
        self.edits |= here

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
        self._let_go()
        self._dark.rename(self.folder)
        self.open()

    def keep_image(self, folder: Path) -> None:
        self._copy(folder)
        self.images.append(Image(folder, self.edits))

    def put_back(self, image: Image) -> None:
        """Put an earlier copy in place of the folder."""
        self._let_go()
        shutil.copytree(image.folder, self.folder)
        self.edits = image.edits
        self.open()

    def clone_to(self, folder: Path) -> None:
        self._copy(folder)

    @property
    def _dark(self) -> Path:
        return self.folder.with_suffix(".dark")

    def _let_go(self) -> None:
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
