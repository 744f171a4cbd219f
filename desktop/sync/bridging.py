"""Entries fetched once more that the snapshot taken in here stands for, and another one does not.

A server that was put back may have gone on to a base of its own. Neither snapshot has all; but if
the server still has the entries between, they bridge the gap. Each is vouched for by the next.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from desktop.sync.books import Books
from desktop.sync.comparison import stream_heads
from desktop.sync.refusal import Refusal
from shared.domain.stamps import Origin
from shared.envelope import Envelope, Header, Kind, MalformedEnvelopeError
from shared.ids import Cursor, EntryHash, LogId
from shared.ledger import Code, Head, Heads, Refused, SealedEntry
from shared.ledger.heads import until_cut
from shared.ledger.stored import open_entry
from shared.protocol.messages import SyncReply, SyncRequest
from shared.signing import NO_HASH

Ask = Callable[[SyncRequest], SyncReply | Refusal]
_NOTHING = Head(0, NO_HASH)
_MOST_BARREN = 64
"""How many pages in a row may bring nothing, and promise more, before it is given up."""


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers of one stream: those after the head of a snapshot, up to one known here."""

    after: Head
    last: Head

    def __contains__(self, seq: int) -> bool:
        """Tell whether a number lies in it."""
        return self.after.seq < seq <= self.last.seq


def spans_to(heads: Heads, books: Books) -> dict[Origin, Span]:
    """Return what the snapshot taken in here stands for beyond the heads of another one."""
    state, spans = books.ledger.state, dict[Origin, Span]()
    for origin, gone in state.base.items():
        last = until_cut(origin, gone, books.membership.devices[origin.device])
        after = heads.get(origin, _NOTHING)
        if last is not None and after.seq < last.seq:
            spans[origin] = Span(after, last)
    return spans


class Bridge:
    """Asks one server."""

    def __init__(self, books: Books, ask: Ask) -> None:
        self._books = books
        self._ask = ask

    def over(self, spans: Mapping[Origin, Span], heads: Heads, log: LogId) -> list[SealedEntry]:
        """Return the entries of some spans that are not here, or raise Refused.

        ``heads`` are those of the snapshot that stops short of them.
        """
        found = dict(self._found(spans, self._have(spans, heads), log))
        return [
            entry for origin, span in spans.items() for entry in self._chained(origin, span, found)
        ]

    def _have(self, spans: Mapping[Origin, Span], heads: Heads) -> Heads:
        """Claim all that need not come."""
        have = dict(heads)
        for origin, head in self._books.ledger.state.heads.items():
            if origin not in spans and head.seq > have.get(origin, _NOTHING).seq:
                have[origin] = head
        return have

    def _found(
        self, spans: Mapping[Origin, Span], have: Heads, log: LogId
    ) -> Iterator[tuple[EntryHash, Envelope]]:
        books, cursor, more, barren = self._books, Cursor(0), True, 0
        lines = stream_heads(have, books.membership)
        while more and barren < _MOST_BARREN:
            barren += 1
            reply = self._ask(SyncRequest(log, cursor, len(books.links), own=True, have=lines))
            if isinstance(reply, Refusal) or reply.stale or reply.base:
                raise Refused(Code.BASE)
            for sealed in reply.entries:
                try:
                    envelope = Envelope.parse(sealed, Kind.ENTRY)
                except MalformedEnvelopeError:
                    continue
                origin = Origin(envelope.header.device, envelope.header.incarnation)
                if origin in spans and envelope.header.seq in spans[origin]:
                    barren = 0
                    yield envelope.hash, envelope
            more, cursor = reply.more and reply.cursor > cursor, reply.cursor

    def _chained(
        self, origin: Origin, span: Span, found: Mapping[EntryHash, Envelope]
    ) -> Iterator[SealedEntry]:
        """Yield what is not here, from the last one back: each names the one before."""
        name = span.last.hash
        for seq in range(span.last.seq, span.after.seq, -1):
            held = self._books.log.entry_at(origin, seq)
            if held is None:
                if name not in found or found[name].header.seq != seq:
                    raise Refused(Code.BASE)
                held = open_entry(found[name], self._books.identity.keyring)
                yield held
            if held.hash != name:
                raise Refused(Code.FORK)
            name = Header.parse(held.header).prev
        if span.after.seq and name != span.after.hash:
            raise Refused(Code.FORK)
