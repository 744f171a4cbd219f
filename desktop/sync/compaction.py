"""Edits that pile up at the server are put together: a snapshot takes their place.

One owner's device makes it in a quiet moment; every other one that was seen lately compares it with
what it holds itself and signs. Only then the server drops entries. Their edits stay in the history.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from desktop.sync.bases import Bases
from desktop.sync.books import Books
from desktop.sync.bridging import spans_to
from desktop.sync.comparison import stream_heads
from desktop.sync.courier import Courier
from desktop.sync.errors import RefusedError, SyncError
from desktop.sync.refusal import Refusal
from desktop.sync.rhythm import Most
from desktop.vault.readable import read_edit
from desktop.vault.snapshots import Tail
from desktop.vault.vault import Vault
from shared.domain.history import passing
from shared.domain.stamps import Origin
from shared.ids import EntryHash
from shared.ledger import Head, Heads, OversizedError, SealedEntry, rebuild
from shared.ledger.heads import until_cut
from shared.ledger.making import PastEdit, Press
from shared.ledger.snapshots import Manifest, Segment, Snapshot, StateDigest
from shared.membership import Membership, Role
from shared.protocol.messages import Approval, BaseReply, SnapshotProposal, SyncRequest
from shared.protocol.problems import Code
from shared.signing import NO_HASH

_BYTES_AN_ENTRY = 4096
_EDITS_A_SEGMENT = 8192
_SEGMENT_BYTES = 2 * 1024 * 1024
_HOUR_MILLIS = 3_600_000
_DAY_MILLIS = 24 * _HOUR_MILLIS
_MONTH_MILLIS = 30 * _DAY_MILLIS
_HISTORY_LOST = {Code.BASE_INCOMPLETE, Code.NOT_FOUND}


class BaseLostError(SyncError):
    """The server has lost a part of this collection that this device cannot give back alone.

    Nothing is lost here. It is whole again once another of your devices has synced.
    """


class Compaction:
    """Looks after the base of one collection's log. One thread uses it."""

    def __init__(
        self,
        vault: Vault,
        books: Books,
        courier: Courier,
        bases: Bases,
        *,
        most: Most,
        now_millis: Callable[[], int],
    ) -> None:
        self._snapshots = vault.snapshots
        self._books = books
        self._courier = courier
        self._bases = bases
        self._most = most
        self._now_millis = now_millis
        self._looked, self._awaits = 0, False
        self.differs = False
        """Whether the same edits came to something else here than on the device that proposed."""

    def tidy(self) -> None:
        """Do what is to be done in a quiet moment, after a sync that worked; mostly nothing.

        What awaits others is looked at again after an hour.
        """
        now, due = self._now_millis(), self._is_due()
        patience = _DAY_MILLIS if not due else _HOUR_MILLIS if self._awaits else 0
        if abs(now - self._looked) < patience:
            return
        standing = self._courier.base()
        self._learn(standing)
        self._vouch(EntryHash(standing.base))
        if standing.proposed:
            standing = self._approve(EntryHash(standing.proposed))
        elif self._is_due() and self._may_make():
            standing = self.make(standing)
        self._looked, self._awaits = now, bool(standing.proposed)

    def give_back(self) -> None:
        """Give the server again what was taken in here, for it has lost the entries before it.

        Raises BaseLostError if others must sign that first.
        """
        taken = self._snapshots.taken
        if taken is None or self._is_cut(taken):
            standing = self.make(self._courier.base())
        else:
            standing = self._propose_again(taken)
            if standing.proposed:
                standing = self._approve(EntryHash(standing.proposed))
        if standing.proposed:
            raise BaseLostError

    def _propose_again(self, taken: Snapshot) -> BaseReply:
        """Propose what was taken in; if another proposal goes further, one that has both."""
        try:
            return self._courier.propose(self._proposal_of(taken))
        except RefusedError as error:
            if error.refusal.code is not Code.BASE_MOVED or not self._is_owner():
                raise
            return self.make(self._courier.base())

    def _proposal_of(self, taken: Snapshot) -> SnapshotProposal:
        """Send the parts that are kept of a snapshot, and return it as a proposal."""
        names = (*taken.manifest.pieces, *(EntryHash(e.hash) for e in taken.manifest.segments))
        kept = [entry for entry in map(self._snapshots.part, names) if entry is not None]
        for entry in kept:
            self._send(entry)
        device = self._books.identity.keys.device
        words = {**taken.approvals, device: self._press().approve(taken.hash)}
        return SnapshotProposal(
            rebuild(taken.entry, self._books.identity.keyring),
            stream_heads(taken.manifest.heads, self._books.membership),
            tuple(entry.hash for entry in kept),
            tuple(Approval(*word) for word in words.items()),
        )

    def make(self, standing: BaseReply) -> BaseReply:
        """Make a snapshot of all that is here and propose it; alone, that makes it the base.

        Should parts of the history so far be lost, because whoever gave the base back to a server
        had not all of it, what is here takes its place.
        """
        try:
            return self._make(standing)
        except RefusedError as error:
            if error.refusal.code not in _HISTORY_LOST:
                raise
            return self._make(replace(standing, base=b""))

    def _make(self, standing: BaseReply) -> BaseReply:
        base = self._snapshots.base
        known = self._known_to(standing)
        heads = counting_heads(self._books.ledger.state.heads, self._books.membership)
        segments = (*self._old_history(known, standing), *self._new_history(known, heads))
        manifest = self._send_state(heads, segments)
        n, prev = (base.entry.seq + 1, base.hash) if base else (1, NO_HASH)
        entry = self._press().snapshot(manifest, n, prev)
        sealed = rebuild(entry, self._books.identity.keyring)
        objects = (*manifest.pieces, *(EntryHash(segment.hash) for segment in segments))
        proposal = SnapshotProposal(sealed, stream_heads(heads, self._books.membership), objects)
        standing = self._courier.propose(proposal)
        if standing.proposed and standing.proposed != entry.hash:
            return self._approve(EntryHash(standing.proposed))  # another device was faster
        self._learn(standing)
        return standing

    def _known_to(self, standing: BaseReply) -> Snapshot | None:
        """Return the snapshot on which the next one builds: if the server lost it, what was taken.

        Whoever took in none has all edits in entries, and begins the history anew.
        """
        base = self._snapshots.base
        return base if base and standing.base == base.hash else self._snapshots.taken

    def _learn(self, standing: BaseReply) -> None:
        """Note what the base of the server's log is now."""
        base, name = self._snapshots.base, EntryHash(standing.base)
        if not name or (base and name == base.hash) or self._take_in_place(name):
            return
        snapshot = self._bases.learn(name)
        if snapshot is not None:
            self._snapshots.note(snapshot)

    def _vouch(self, name: EntryHash) -> None:
        """Sign the base if none of its signers may any more: nobody could take it in."""
        base, devices = self._snapshots.base, self._books.membership.devices
        if base is None or base.hash != name or any(devices[d].may_manage for d in base.signers):
            return
        me = devices[self._books.identity.keys.device]
        if me.may_manage and self._digest(base) == base.manifest.state:
            self._courier.approve(name, self._press().approve(name))
            signed = self._bases.learn(name)
            if signed is not None:
                self._snapshots.note(signed)

    def _approve(self, name: EntryHash) -> BaseReply:
        """Sign a proposal if it says what is here; say what then stands."""
        if not self._take_in_place(name) and not self._take_lost(name):
            snapshot = self._bases.learn(name, to_sign=True)
            if snapshot is not None and spans_to(snapshot.manifest.heads, self._books):
                snapshot = None  # what was taken in here cannot be told without what goes beyond
            self.differs = bool(snapshot and self._digest(snapshot) != snapshot.manifest.state)
            if snapshot is None or self.differs:
                return BaseReply(proposed=name)
        standing = self._courier.approve(name, self._press().approve(name))
        self._learn(standing)
        return standing

    def _take_in_place(self, name: EntryHash) -> bool:
        """Take a snapshot in if the one taken in before goes behind a cut; tell whether it did.

        What that one says cannot be parted from what the cut sets aside.
        """
        log = self._books.log.cursor()[0]
        if log is None or not self._is_cut(self._snapshots.taken):
            return False
        self._bases.take(name, log)
        return True

    def _take_lost(self, name: EntryHash) -> bool:
        """Take a proposal in if it tells of entries that the server lost; tell whether it did.

        Whoever gives it back holds these only put together, so they will not come as entries. An
        owner signed it: that is as much as a new device has to go by.
        """
        log, cursor = self._books.log.cursor()
        beyond = self._bases.heads_beyond(name)
        if log is None or not beyond:
            return False
        asked = SyncRequest(log, cursor, len(self._books.links), vector=True)
        reply = self._courier.sync(asked)
        if isinstance(reply, Refusal):
            return False
        there = {Origin(head.device, head.incarnation): head.seq for head in reply.heads}
        if all(there.get(origin, 0) >= head.seq for origin, head in beyond.items()):
            return False
        self._bases.take(name, log)
        return True

    def _digest(self, snapshot: Snapshot) -> bytes:
        digest = StateDigest()
        for page in self._snapshots.state(snapshot.manifest.heads):
            if page.agreed:
                digest.add(page.raw)
        return digest.of(self._books.identity.keyring, snapshot.header.epoch)

    def _send_state(self, heads: Heads, segments: tuple[Segment, ...]) -> Manifest:
        """Seal and send the pieces one by one; return the list of them."""
        digest, press = StateDigest(), self._press()

        def pages() -> Iterator[bytes]:
            for page in self._snapshots.state(heads):
                if page.agreed:
                    digest.add(page.raw)
                yield page.raw

        pieces, size = list[EntryHash](), 0
        for piece in press.pieces(pages()):
            self._send(piece)
            pieces.append(piece.hash)
            size += len(piece.body)
        membership = self._books.membership
        return Manifest(
            heads=heads,
            seen=_seen(self._books.ledger.state.seen, heads, membership),
            state=digest.of(self._books.identity.keyring, membership.epoch),
            pieces=tuple(pieces),
            size=size,
            segments=segments,
        )

    def _old_history(self, base: Snapshot | None, standing: BaseReply) -> Iterator[Segment]:
        """Give the history so far. A server that lost it gets again what is here of it."""
        segments = base.manifest.segments if base else ()
        if base is not None and standing.base != base.hash:
            here = [(each, self._snapshots.part(EntryHash(each.hash))) for each in segments]
            for segment, entry in here:
                if entry is not None:
                    self._send(entry)
                    yield segment
            return
        since = self._now_millis() - _MONTH_MILLIS
        aged = [each for each in segments if not each.settled and each.newest < since]
        yield from (each for each in segments if each.settled)
        if aged:
            yield from self._settled_history(aged)
        yield from (each for each in segments if not each.settled and each not in aged)

    def _settled_history(self, segments: Sequence[Segment]) -> Iterator[Segment]:
        """Put old history together: of many edits to a field in an hour the last one stays."""
        past = [edit for each in segments for edit in self._bases.fetch_segment(each)]
        read = [(each, edit) for each in past if (edit := read_edit(each[1], each[0]))]
        gone = passing([edit for _, edit in read])
        left = ((each, edit.millis) for n, (each, edit) in enumerate(read) if n not in gone)
        yield from self._sent_history(left, settled=True)

    def _new_history(self, base: Snapshot | None, heads: Heads) -> Iterator[Segment]:
        """Put the edits since the last snapshot into segments, and send these."""
        yield from self._sent_history(self._snapshots.history(base, heads), settled=False)

    def _sent_history(
        self, edits: Iterator[tuple[PastEdit, int]], *, settled: bool
    ) -> Iterator[Segment]:
        for n, some in enumerate(_batches(edits), 1):
            newest = max(millis for _, millis in some)
            for segment in self._sealed_history(n, [edit for edit, _ in some]):
                self._send(segment)
                yield Segment(segment.hash, newest, settled)

    def _sealed_history(self, n: int, edits: list[PastEdit]) -> Iterator[SealedEntry]:
        try:
            yield self._press().segment(n, edits)
        except OversizedError:
            middle = len(edits) // 2
            yield from self._sealed_history(n, edits[:middle])
            yield from self._sealed_history(n, edits[middle:])

    def _send(self, entry: SealedEntry) -> None:
        self._courier.put_object(entry.hash, rebuild(entry, self._books.identity.keyring))

    def _press(self) -> Press:
        books = self._books
        return Press(books.membership, books.identity.keyring, books.author, books.salts)

    def _is_due(self) -> bool:
        base = self._snapshots.base
        return is_due(self._snapshots.tail(), base, self._most) or self._is_cut(base)

    def _is_cut(self, snapshot: Snapshot | None) -> bool:
        """Tell whether a snapshot goes behind a cut, so that no newcomer takes it in."""
        heads = snapshot.manifest.heads if snapshot else {}
        return counting_heads(heads, self._books.membership) != heads

    def _may_make(self) -> bool:
        """Tell whether this is an owner's device, and the server has all that it wrote."""
        is_level = not self._books.log.unsent() and next(self._books.carried(), None) is None
        return self._is_owner() and is_level

    def _is_owner(self) -> bool:
        member = self._books.membership.devices.get(self._books.identity.keys.device)
        return member is not None and member.live and member.role is Role.OWNER


def is_due(tail: Tail, base: Snapshot | None, most: Most) -> bool:
    """Tell whether so much follows the newest snapshot that another one pays."""
    size = base.manifest.size if base else 0
    entries, length = max(most.entries, size // _BYTES_AN_ENTRY), max(most.bytes, size // 2)
    return tail.entries >= entries or tail.bytes >= length


def counting_heads(heads: Heads, membership: Membership) -> Heads:
    """Return heads as far as the entries of their devices count."""
    put_back = {
        origin: until_cut(origin, head, membership.devices[origin.device])
        for origin, head in heads.items()
    }
    return {origin: head for origin, head in put_back.items() if head is not None and head.seq}


def _seen(
    seen: Mapping[Origin, Heads], heads: Heads, membership: Membership
) -> dict[Origin, Heads]:
    """Return what the last entries had seen, of streams that can go on."""
    return {
        origin: seen[origin]
        for origin, head in heads.items()
        if origin in seen and not _is_at_its_end(origin, head, membership)
    }


def _is_at_its_end(origin: Origin, head: Head, membership: Membership) -> bool:
    cuts = membership.devices[origin.device].cuts
    cut = cuts.get(origin.incarnation) if cuts else None
    return cut is not None and cut.seq == head.seq


def _batches(
    edits: Iterator[tuple[PastEdit, int]],
) -> Iterator[list[tuple[PastEdit, int]]]:
    """Gather edits until they fill a segment."""
    some: list[tuple[PastEdit, int]] = []
    size = 0
    for edit in edits:
        some.append(edit)
        size += len(edit[0][1])
        if size >= _SEGMENT_BYTES or len(some) >= _EDITS_A_SEGMENT:
            yield some
            some, size = [], 0
    if some:
        yield some
