"""Entries on their way out: sealed when they are sent, kept until a server acknowledged them.

What came or left by a folder is carried to a server that lacks it, whoever wrote it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from desktop.sync.books import Books
from shared.domain.stamps import Origin
from shared.ledger import MAX_EDITS, DamagedEntryError, SealedEntry
from shared.protocol import limits

_ROOM = limits.REQUEST_BYTES - limits.ENTRY_BYTES
"""Entries are added to a request until it has so many bytes; the last may go beyond."""
_BATCH_BYTES = 256 * limits.KIB
"""Edits share an entry until they have so many bytes; a larger edit has one to itself."""


@dataclass(frozen=True, slots=True)
class Consignment:
    """What one request carries.

    ``again``: a server had it before and lost it. ``carried``: it went by a folder before.
    """

    entries: tuple[SealedEntry, ...] = ()
    sealed: tuple[bytes, ...] = ()
    again: bool = False
    carried: bool = False


@dataclass(slots=True)
class Outbox:
    """Packs requests."""

    books: Books
    lost: dict[Origin, int] = field(default_factory=dict)
    """Per stream, the last number that the server holds of what it had acknowledged."""
    left_alone: set[Origin] = field(default_factory=set)
    """Streams that the server knows otherwise: nothing of them is carried."""
    damaged: set[Origin] = field(default_factory=set)
    """Streams of which an entry is damaged here: what follows it must not go before it."""

    @property
    def backlog(self) -> int:
        """How many own edits are to be sent: none while they may not, or cannot, be."""
        return self.books.log.waiting() if self._may_send() else 0

    @property
    def carries(self) -> bool:
        """Whether entries are here that went by a folder, and that the server may lack."""
        return next(self._carried_entries(), None) is not None

    def begin(self) -> None:
        """Begin a round: what was damaged may have been mended."""
        self.damaged.clear()

    def pack(self) -> Consignment:
        """Return what to send next: what the server lost, what was carried here, what is new."""
        if self.lost:
            return replace(self._fill(self._lost_entries()), again=True)
        if self.carries:
            return replace(self._fill(self._carried_entries()), carried=True)
        return self._fill(self._new_entries())

    def delivered(self, sent: Consignment, count: int | None = None) -> None:
        """Note that the server has the first ``count`` entries that were sent, or all."""
        entries = sent.entries if count is None else sent.entries[:count]
        if entries:
            self.books.log.acknowledge(entries)
        if not sent.again:
            return
        for entry in entries:
            self.lost[entry.origin] = entry.seq
        if count is None:
            self._drop_what_is_whole()

    def leave_alone(self, stream: Origin) -> None:
        """Send no more of a stream that the server knows otherwise."""
        self.lost.pop(stream, None)
        self.left_alone.add(stream)

    def _fill(self, entries: Iterator[SealedEntry]) -> Consignment:
        chosen: list[SealedEntry] = []
        packed: list[bytes] = []
        room = _ROOM
        while room > 0 and (entry := next(entries, None)) is not None:
            if entry.origin in self.damaged:
                continue
            try:
                packed.append(self.books.sealed(entry))
            except DamagedEntryError:
                self.damaged.add(entry.origin)
                continue
            chosen.append(entry)
            room -= len(packed[-1])
        return Consignment(tuple(chosen), tuple(packed))

    def _may_send(self) -> bool:
        own = self.books.membership.devices[self.books.identity.keys.device]
        return own.may_write and self.books.log.origin not in self.damaged

    def _new_entries(self) -> Iterator[SealedEntry]:
        if not self._may_send():
            return
        yield from self.books.log.unsent()
        while self._may_send():
            numbers, edits = self.books.log.pending(MAX_EDITS, _BATCH_BYTES)
            if not numbers:
                return
            yield from self.books.seal(numbers, edits)

    def _lost_entries(self) -> Iterator[SealedEntry]:
        for origin, seq in sorted(self.lost.items()):
            while (entry := self.books.counting(origin, seq := seq + 1)) is not None:
                yield entry

    def _carried_entries(self) -> Iterator[SealedEntry]:
        left_out = self.left_alone | self.damaged
        return (entry for entry in self.books.carried() if entry.origin not in left_out)

    def _drop_what_is_whole(self) -> None:
        at, damaged = self.books.counting, self.damaged
        self.lost = {
            origin: seq
            for origin, seq in self.lost.items()
            if origin not in damaged and at(origin, seq + 1) is not None
        }
