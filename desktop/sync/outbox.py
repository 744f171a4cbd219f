"""Entries on their way out: sealed when they are sent, kept until a server acknowledged them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from desktop.sync.books import Books
from shared.domain.stamps import Origin
from shared.ledger import MAX_EDITS, SealedEntry
from shared.protocol import limits

_ROOM = limits.REQUEST_BYTES - limits.ENTRY_BYTES
"""Entries are added to a request until it has so many bytes; the last may go beyond."""
_BATCH_BYTES = 256 * limits.KIB
"""Edits share an entry until they have so many bytes; a larger edit has one to itself."""


@dataclass(frozen=True, slots=True)
class Consignment:
    """What one request carries. ``again``: a server had it before and lost it."""

    entries: tuple[SealedEntry, ...] = ()
    sealed: tuple[bytes, ...] = ()
    again: bool = False


@dataclass(slots=True)
class Outbox:
    """Packs requests."""

    books: Books
    lost: dict[Origin, int] = field(default_factory=dict)
    """Per stream, the last number that the server holds of what it had acknowledged."""

    @property
    def backlog(self) -> int:
        """How many own edits are to be sent: none while this device may only look."""
        return self.books.log.waiting() if self._may_write() else 0

    def pack(self) -> Consignment:
        """Return what to send next: first what the server lost, then what is new."""
        if self.lost:
            return self._fill(self._lost_entries(), again=True)
        return self._fill(self._new_entries(), again=False)

    def delivered(self, sent: Consignment, count: int | None = None) -> None:
        """Note that the server has the first ``count`` entries that were sent, or all."""
        entries = sent.entries if count is None else sent.entries[:count]
        if not sent.again:
            if entries:
                self.books.log.acknowledge(entries)
            return
        for entry in entries:
            self.lost[entry.origin] = entry.seq
        if count is None:
            self._drop_what_is_whole()

    def _fill(self, entries: Iterator[SealedEntry], *, again: bool) -> Consignment:
        chosen: list[SealedEntry] = []
        packed: list[bytes] = []
        room = _ROOM
        while room > 0 and (entry := next(entries, None)) is not None:
            chosen.append(entry)
            packed.append(self.books.sealed(entry))
            room -= len(packed[-1])
        return Consignment(tuple(chosen), tuple(packed), again)

    def _may_write(self) -> bool:
        return self.books.membership.devices[self.books.identity.keys.device].may_write

    def _new_entries(self) -> Iterator[SealedEntry]:
        if not self._may_write():
            return
        yield from self.books.log.unsent()
        while True:
            numbers, edits = self.books.log.pending(MAX_EDITS, _BATCH_BYTES)
            if not numbers:
                return
            yield from self.books.seal(numbers, edits)

    def _lost_entries(self) -> Iterator[SealedEntry]:
        for origin, seq in sorted(self.lost.items()):
            while (entry := self._counting(origin, seq := seq + 1)) is not None:
                yield entry

    def _counting(self, origin: Origin, seq: int) -> SealedEntry | None:
        """Return an entry held here, unless its device wrote it behind its cut."""
        entry = self.books.log.entry_at(origin, seq)
        writer = self.books.membership.devices[origin.device]
        if entry is None or not writer.counts(origin.incarnation, seq, entry.hash):
            return None
        return entry

    def _drop_what_is_whole(self) -> None:
        at = self._counting
        self.lost = {
            origin: seq for origin, seq in self.lost.items() if at(origin, seq + 1) is not None
        }
