"""Entries between the vault and a place: read, judged and merged; sealed and laid down."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count, takewhile
from typing import NamedTuple

from desktop.sync.books import Books
from desktop.sync.folder.names import Listing, entry_name
from desktop.sync.folder.places import Source, Target
from desktop.sync.inbox import Inbox
from desktop.vault.entries import Held
from desktop.vault.progress import Progress
from shared.domain.operations import Change
from shared.domain.stamps import Origin
from shared.envelope import Envelope, MalformedEnvelopeError
from shared.ledger import (
    MAX_EDITS,
    DamagedEntryError,
    Heads,
    NotWritableError,
    Refused,
    SealedEntry,
)
from shared.ledger.frame import decode_frame
from shared.ledger.ledger import check_writer
from shared.protocol import limits

_BATCH_BYTES = 256 * limits.KIB
"""Edits share an entry until they have so many bytes; a larger edit has one to itself."""

Place = tuple[Origin, int]


@dataclass(slots=True)
class EntriesIn:
    """Takes entries in. What it found is told by its fields, after ``take``."""

    source: Source
    listing: Listing
    books: Books
    forked: set[Origin] = field(default_factory=set)
    edits: int = 0
    refused: int = 0
    late: int = 0
    waits: bool = False
    _damaged: set[Place] = field(default_factory=set)

    def was_copied(self) -> bool:
        """Tell whether a twin of this device wrote on in its stream, or this is an older state."""
        own, log = self.books.log.origin, self.books.log
        held = self.books.ledger.state.heads.get(own)
        last = held.seq if held else 0
        here = {entry.seq: entry.hash for entry in log.unsent() if entry.origin == own}
        for seq in sorted(self.listing.entries.get(own, ())):
            if seq > last or seq in here:
                envelope = self._sound((own, seq))
                if envelope is not None and envelope.hash != here.get(seq):
                    return True
        return False

    def look_for_forks(self) -> None:
        """Leave streams alone of which another history lies there, by the last entry of both."""
        for origin, head in self.books.ledger.state.heads.items():
            shared = [seq for seq in self.listing.entries.get(origin, ()) if seq <= head.seq]
            envelope = self._sound((origin, max(shared))) if shared else None
            if envelope is None:
                continue
            if self.books.log.hash_at(origin, envelope.header.seq) not in {envelope.hash, None}:
                self.forked.add(origin)

    def take(self, progress: Progress) -> Iterator[Change]:
        """Take in all that can be, in as many passes as bring something."""
        while True:
            accepted, inbox, wanted = 0, Inbox(), self._wanted()
            self.refused = self.late = 0
            ahead = progress.through(wanted, "Reading edits", len(wanted))
            while sealed := self._next_batch(ahead):
                verdict = inbox.judge(sealed, self.books.ledger, self.forked)
                self.forked |= verdict.forked
                self.refused += verdict.refused
                self.late += verdict.late
                accepted += len(verdict.accepted)
                self.edits += sum(len(one.edits) for one in verdict.accepted)
                if verdict.accepted:
                    yield self.books.absorb(verdict.accepted, held=Held.ELSEWHERE)
            self.waits = inbox.waits
            if not accepted:
                return

    def _next_batch(self, ahead: Iterator[Place]) -> list[bytes]:
        """Read some more sound entries; none once all were read."""
        sealed: list[bytes] = []
        size = 0
        while size < limits.PAGE_BYTES and (place := next(ahead, None)) is not None:
            envelope = self._sound(place)
            if envelope is not None:
                sealed.append(envelope.sealed)
                size += len(envelope.sealed)
        return sealed

    def lacks(self, heads: Heads) -> bool:
        """Tell whether some entries up to these heads are neither here nor there."""
        ours = self.books.ledger.state.heads
        for origin, head in heads.items():
            following = ours[origin].seq + 1 if origin in ours else 1
            if following <= head.seq and following not in self.listing.entries.get(origin, ()):
                return True
        return False

    def _wanted(self) -> list[Place]:
        """List what follows the heads here without a gap: streams in turn, each in order."""
        heads, devices = self.books.ledger.state.heads, self.books.membership.devices
        wanted = []
        for origin, seqs in self.listing.entries.items():
            if origin.device in devices and origin not in self.forked:
                first = heads[origin].seq + 1 if origin in heads else 1
                row = takewhile(seqs.__contains__, count(first))
                wanted += [(n, origin, seq) for n, seq in enumerate(row)]
        return [(origin, seq) for _, origin, seq in sorted(wanted)]

    def _sound(self, place: Place) -> Envelope | None:
        """Read an entry that is what its name says and was signed by its device."""
        name = entry_name(*place)
        if place in self._damaged:
            return None
        try:
            envelope = Envelope.parse(self.source.read(name, limits.ENTRY_BYTES) or b"")
            check_writer(envelope, self.books.membership)
            header = envelope.header
            if (Origin(header.device, header.incarnation), header.seq) == place:
                return envelope
        except (MalformedEnvelopeError, Refused):
            pass
        self._damaged.add(place)
        self.source.lay_aside(name)
        return None

    @property
    def damaged(self) -> int:
        """How many files are not what their names say, or not what anybody wrote."""
        return len(self._damaged)


def seal_pending(books: Books) -> None:
    """Seal what is pending, and note of all own entries that they are about to leave."""
    if not books.membership.devices[books.identity.keys.device].may_write:
        return
    while (batch := books.log.pending(MAX_EDITS, _BATCH_BYTES))[0]:
        try:
            books.seal(*batch)
        except NotWritableError:
            break
    books.log.release()


class EntriesOut(NamedTuple):
    """How many edits were laid down; ``damaged``: streams of which some of it could not be.

    ``holds``: up to which number the place has each own stream whole.
    """

    edits: int
    damaged: frozenset[Origin]
    holds: dict[Origin, int]


def put_entries(target: Target, listing: Listing, books: Books, progress: Progress) -> EntriesOut:
    """Lay down what a place lacks."""
    lacking = [*_lacking(listing, books)]
    edits, damaged = 0, set[Origin]()
    for origin, seq in progress.through(lacking, "Writing edits", len(lacking)):
        entry = books.counting(origin, seq)
        if entry is None:
            continue
        try:
            sealed = books.sealed(entry)
        except DamagedEntryError:
            damaged.add(origin)
            continue
        target.put(entry_name(origin, seq), sealed)
        edits += _count_edits(entry)
    own = books.identity.keys.device
    heads = books.ledger.state.heads.items()
    holds = {o: head.seq for o, head in heads if o.device == own and o not in damaged}
    return EntriesOut(edits, frozenset(damaged), holds)


def _lacking(listing: Listing, books: Books) -> Iterable[Place]:
    """Yield what is here and not there; what a snapshot stands for is not here."""
    state = books.ledger.state
    for origin, head in sorted(state.heads.items()):
        there, base = listing.entries.get(origin, set()), state.base.get(origin)
        first = base.seq + 1 if base else 1
        yield from ((origin, seq) for seq in range(first, head.seq + 1) if seq not in there)


def _count_edits(entry: SealedEntry) -> int:
    return len(decode_frame(entry.body)[1])
