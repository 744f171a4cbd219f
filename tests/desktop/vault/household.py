"""A collector's devices at one table: real vaults that hand each other entries, without a server.

The entries are not sealed (the ledger's tests do that); what a vault needs of them is true.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256, shake_256
from itertools import count
from pathlib import Path

from desktop.vault.lineage import Lineage
from desktop.vault.opening import DATABASE, make_database
from desktop.vault.vault import Surroundings, Vault
from shared.domain.operations import Change, Delete, Put, Restore
from shared.domain.schema import Kind, Value
from shared.domain.stamps import Origin
from shared.ids import DeviceId, EntryHash, Incarnation, RecordId, TenantId
from shared.ledger.frame import decode_frame, encode_frame
from shared.ledger.values import Accepted, Head, SealedEntry

KEY = bytes(range(32))
TENANT = TenantId(b"artmatt-" * 4)
START = 1_790_000_000_000


@dataclass
class Clock:
    """A wall clock that goes on by itself a little with each look."""

    millis: int = START
    pace: int = 7

    def __call__(self) -> int:
        self.millis += self.pace
        return self.millis


def drawn(seed: bytes) -> Callable[[int], bytes]:
    """Random bytes that are the same each time."""
    numbers = count()

    def draw(length: int) -> bytes:
        return shake_256(seed + next(numbers).to_bytes(8)).digest(length)

    return draw


@dataclass
class Device:
    """One vault, and the entries that it has written and taken in."""

    name: str
    folder: Path
    clock: Clock = field(default_factory=Clock)
    vault: Vault = field(init=False)

    def __post_init__(self) -> None:
        make_vault(self.folder, self.name)
        self.open()

    def open(self) -> None:
        surroundings = Surroundings(self.clock, drawn(self.name.encode()))
        self.vault = Vault.open_with_key(self.folder, KEY, surroundings)

    def put(self, record: RecordId, kind: Kind = Kind.COPY, **fields: Value) -> Change:
        return self.vault.apply("Edit", [Put(kind, record, fields)])

    def delete(self, record: RecordId, kind: Kind = Kind.COPY) -> Change:
        return self.vault.apply("Delete", [Delete(kind, [record])])

    def restore(self, record: RecordId, kind: Kind = Kind.COPY) -> Change:
        return self.vault.apply("Restore", [Restore(kind, [record])])

    def get(self, record: RecordId, kind: Kind = Kind.COPY) -> dict[str, Value]:
        return dict(self.vault.records.fields(kind, record) or {})

    @property
    def heads(self) -> dict[Origin, Head]:
        return dict(self.vault.log.state().heads)

    def seal(self) -> None:
        """Put all pending edits into entries."""
        while self._seal_some():
            pass

    def _seal_some(self) -> bool:
        log = self.vault.log
        numbers, edits = log.pending(10_000, 1 << 20)
        if not edits:
            return False
        state = log.state()
        others = {o: h for o, h in state.heads.items() if o != log.origin}
        before = state.seen.get(log.origin, {})
        changed = {o: h for o, h in others.items() if before.get(o) != h}
        head = state.heads.get(log.origin)
        seq = head.seq + 1 if head else 1
        log.keep_sealed(plain_entry(log.origin, seq, changed, edits), numbers)
        return True

    def entries(self) -> Iterator[SealedEntry]:
        """All entries held here, by stream."""
        for origin, head in self.heads.items():
            for seq in range(1, head.seq + 1):
                entry = self.vault.log.entry_at(origin, seq)
                assert entry is not None
                yield entry

    def lacks(self, other: "Device") -> list[Accepted]:
        """What the other has that may come next, each stream on its own."""
        mine = self.heads
        offers = []
        for origin, head in other.heads.items():
            have = mine[origin].seq if origin in mine else 0
            if have < head.seq:
                entry = other.vault.log.entry_at(origin, have + 1)
                assert entry is not None
                heads, edits = decode_frame(entry.body)
                if all(o in mine and mine[o].seq >= h.seq for o, h in heads.items()):
                    offers.append(Accepted(entry, heads, edits))
        return offers

    def take(self, other: "Device") -> None:
        """Take in everything that the other has, in an order that causes allow."""
        other.seal()
        while offers := self.lacks(other):
            self.vault.log.absorb(offers[-1:])


def make_vault(folder: Path, name: str, key: bytes = KEY) -> None:
    """Make a collection without a password, quickly."""
    folder.mkdir(parents=True)
    device = DeviceId(sha256(name.encode()).digest()[:16])
    origin = Origin(device, Incarnation(sha256(device).digest()[:8]))
    make_database(folder / DATABASE, key, Lineage(TENANT, origin))


def plain_entry(
    origin: Origin, seq: int, heads: dict[Origin, Head], edits: tuple[bytes, ...]
) -> SealedEntry:
    body = encode_frame(heads, edits)
    digest = EntryHash(sha256(b"".join(origin) + seq.to_bytes(8) + body).digest())
    return SealedEntry(origin, seq, digest, b"header", b"signature", b"salt", body)


def converge(devices: list[Device]) -> None:
    """Let everybody hear from everybody."""
    for _ in range(2):
        for device in devices:
            for other in devices:
                if other is not device:
                    device.take(other)


def rid(number: int) -> RecordId:
    return RecordId(number.to_bytes(16))
