"""What devices share in place of a server: entries, a snapshot in place of some, the history."""

from dataclasses import dataclass, field
from hashlib import sha256

from shared.domain.stamps import Origin
from shared.envelope import WHOLE_SPACE, Header, Kind
from shared.ids import EntryHash, LogId
from shared.ledger.frame import decode_frame
from shared.ledger.making import PastEdit, bodies_of_pages, encode_segment
from shared.ledger.snapshots import Manifest, Segment, Snapshot, encode_manifest
from shared.ledger.values import Accepted, SealedEntry
from shared.signing import NO_HASH
from tests.desktop.vault.household import TENANT, Device

LOG = LogId(b"the one log here")


@dataclass
class Pool:
    """``everything``: the log as if nothing was ever dropped, for who knows no snapshot."""

    everything: list[Accepted] = field(default_factory=list)
    base: Snapshot | None = None
    parts: dict[bytes, SealedEntry] = field(default_factory=dict)

    @property
    def floor(self) -> dict[Origin, int]:
        """The last number of each stream that is gone."""
        heads = self.base.manifest.heads if self.base else {}
        return {origin: head.seq for origin, head in heads.items()}

    def push(self, device: Device) -> None:
        """Take a device's entries, which must have taken in everything before."""
        device.seal()
        unsent = device.vault.log.unsent()
        for entry in unsent:
            heads, edits = decode_frame(entry.body)
            self.everything.append(Accepted(entry, heads, edits))
        device.vault.log.acknowledge(unsent)

    def pull(self, device: Device, *, whole: bool = False) -> None:
        """Give a device what it lacks; with ``whole``, entry by entry from the first one."""
        if self.base and not whole and self._lacks_base(device):
            for name in self.base.manifest.pieces:
                device.vault.snapshots.keep_piece(self.parts[name])
            device.vault.snapshots.take_in(self.base, LOG, iter)
        gone = {} if whole else self.floor
        for each in self.everything:
            mine = device.heads
            seq = mine[each.entry.origin].seq if each.entry.origin in mine else 0
            if seq < each.entry.seq:
                assert each.entry.seq > gone.get(each.entry.origin, 0), "it is not here any more"
                assert seq == each.entry.seq - 1
                device.vault.log.absorb([each])

    def sync(self, device: Device) -> None:
        self.pull(device)
        self.push(device)

    def fetch_history(self, device: Device) -> None:
        for segment in device.vault.snapshots.missing_history():
            device.vault.snapshots.keep_segment(self.parts[segment.hash])

    def compact(self, maker: Device, others: list[Device]) -> None:
        """Let one device make a snapshot; the others must come to the same, each by itself."""
        self.sync(maker)
        heads, snapshots = maker.heads, maker.vault.snapshots
        if self.base:
            snapshots.note(self.base)
        pages = list(snapshots.state(heads))
        agreed = [sha256(page.raw).digest() for page in pages if page.agreed]
        for other in others:
            self.pull(other)
            theirs = other.vault.snapshots.state(heads)
            assert agreed == [sha256(page.raw).digest() for page in theirs if page.agreed]
        edits = [edit for edit, _ in snapshots.history(self.base, heads)]
        old = self.base.manifest.segments if self.base else ()
        segments = (*old, *([self._segment(maker, edits)] if edits else []))
        pieces = [
            self._part(maker, Kind.PIECE, n, body)
            for n, body in enumerate(bodies_of_pages(page.raw for page in pages), 1)
        ]
        seen = maker.vault.log.state().seen
        manifest = Manifest(heads, seen, b"\1" * 32, tuple(pieces), 0, segments)
        n, prev = (self.base.entry.seq + 1, self.base.hash) if self.base else (1, NO_HASH)
        entry = plain(maker, Kind.SNAPSHOT, n, encode_manifest(manifest), prev)
        self.base = Snapshot(entry, Header.parse(entry.header, Kind.SNAPSHOT), manifest, {})
        for device in (maker, *others):
            device.vault.snapshots.note(self.base)

    def _lacks_base(self, device: Device) -> bool:
        mine = device.heads
        return any(o not in mine or mine[o].seq < seq for o, seq in self.floor.items())

    def _segment(self, maker: Device, edits: list[PastEdit]) -> Segment:
        n = len(self.parts)
        return Segment(self._part(maker, Kind.SEGMENT, n + 1, encode_segment(edits)), 0, False)  # noqa: FBT003 - as it is written

    def _part(self, maker: Device, kind: Kind, n: int, body: bytes) -> EntryHash:
        entry = plain(maker, kind, n, body)
        self.parts[entry.hash] = entry
        return entry.hash


def plain(maker: Device, kind: Kind, n: int, body: bytes, prev: EntryHash = NO_HASH) -> SealedEntry:
    """A sealed object that nobody sealed."""
    origin = maker.vault.log.origin
    header = Header(TENANT, WHOLE_SPACE, 1, *origin, n, prev, NO_HASH, kind)
    digest = EntryHash(sha256(header.encode() + body).digest())
    return SealedEntry(origin, n, digest, header.encode(), b"signature", b"salt", body)
