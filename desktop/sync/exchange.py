"""The sync protocol without a socket: what to say next, and what to make of the answer.

A round is ``begin``, then ``parcel`` and ``receive`` in turn until nothing is left. All that
must outlive a crash is in the vault; what is kept here only saves work. The safety net under
every loss is the hash of all heads in each request: if the two sides differ, the server says
what it has, and whoever lacks something gets it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from desktop.sync.books import Books
from desktop.sync.comparison import compare
from desktop.sync.inbox import Inbox
from desktop.sync.joined import keep_promise, read_promise
from desktop.sync.notices import Notice
from desktop.sync.outbox import Consignment, Outbox
from desktop.sync.refusal import Refusal
from desktop.vault.vault import Vault
from shared.crypto.randomness import Random
from shared.domain.operations import Change
from shared.domain.stamps import Origin
from shared.ids import Cursor, LogId
from shared.ledger import Accepted
from shared.protocol.heads import digest_of_heads
from shared.protocol.messages import Event, StreamHead, SyncReply, SyncRequest
from shared.protocol.problems import Code

_NO_LOG = LogId(b"")
_START = Cursor(0)
_PATIENCE_MILLIS = 10 * 60 * 1000
"""How long an entry may wait for others, with the server saying that there is no more."""
_MOST_RENEWALS = 3


@dataclass(frozen=True, slots=True)
class Settled:
    """Both sides hold the same, as far as they have told each other."""


@dataclass(frozen=True, slots=True)
class Onward:
    """There is more to send or to fetch: go on with the next parcel."""


@dataclass(frozen=True, slots=True)
class ChainLost:
    """The server lacks links of the chain of devices; give them back, then go on."""


@dataclass(frozen=True, slots=True)
class Denied:
    """The server does not want to, and nothing can be done about it here."""

    refusal: Refusal


Outcome = Settled | Onward | ChainLost | Denied


@dataclass(slots=True)
class _Review:
    """Reading the whole log of a server once more, leaving out what is here already."""

    log: LogId
    cursor: Cursor = _START


class Exchange:
    """One device's half of the protocol. One thread uses it.

    ``changed`` is told of everything that came in. ``now_millis`` is the wall clock.
    """

    def __init__(
        self,
        vault: Vault,
        random: Random,
        *,
        changed: Callable[[Change], None],
        now_millis: Callable[[], int],
    ) -> None:
        self.books = Books(vault, random)
        self._inbox = Inbox()
        self._outbox = Outbox(self.books)
        self._changed = changed
        self._now_millis = now_millis
        self._review: _Review | None = None
        self._sent = Consignment()
        self._wants_heads = False
        self._forked: set[Origin] = set()
        self._notices: set[Notice] = set()
        self._waiting_since: int | None = None
        self._secrets = vault.secrets
        self._promised = read_promise(vault.secrets)
        self._reviewed = self._restored = False
        self._renewals = 0

    @property
    def backlog(self) -> int:
        """How many own edits no server has."""
        return self.books.log.waiting()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the person should know after the last round, the gravest first."""
        return tuple(notice for notice in Notice if notice in self._notices)

    def begin(self) -> None:
        """Begin a round: what was tried in vain in the last one may be tried again."""
        self._notices = {Notice.FORKED} if self._forked else set()
        self._reviewed = self._restored = False
        self._renewals = 0
        if self.books.must_read_own():
            self._start_review(self.books.log.cursor()[0] or _NO_LOG)

    def parcel(self) -> SyncRequest:
        """Pack the next request. Sealing happens here, and not before."""
        log, cursor = self.books.log.cursor()
        links = len(self.books.links)
        if self._review is not None:
            self._sent = Consignment()
            have, review = self.books.heads(), self._review
            return SyncRequest(review.log, review.cursor, links, own=True, have=have)
        self._sent = Consignment() if self._wants_heads else self._outbox.pack()
        return SyncRequest(
            log or _NO_LOG,
            cursor,
            links,
            heads=self._digest(),
            entries=self._sent.sealed,
            again=self._sent.again,
            vector=self._wants_heads,
        )

    def receive(self, reply: SyncReply | Refusal) -> Outcome:
        """Take in an answer. Raises FalseChainError for links that are not the owner's."""
        sent, self._sent = self._sent, Consignment()
        if isinstance(reply, Refusal):
            return self._refused(reply, sent)
        self._wants_heads = False
        if reply.links:
            self.books.grow(reply.links)
        if reply.chain < len(self.books.links):
            return ChainLost()
        if reply.stale:
            self._compare(reply.heads)
            self._start_review(reply.log)
            return Onward()
        self._outbox.delivered(sent)
        self._take(reply)
        if reply.heads:
            self._compare(reply.heads)
        return self._settled() if self._is_done(reply) else Onward()

    def overhear(self, event: Event) -> bool:
        """Take in what a wake-up brought; false if a round is needed to know more."""
        log, cursor = self.books.log.cursor()
        if event.log != log or event.chain != len(self.books.links):
            return False
        if event.cursor <= cursor:
            return True
        if event.after != cursor or not event.entries or self._inbox.waits:
            return False
        verdict = self._inbox.judge(event.entries, self.books.ledger, self._forked)
        if verdict.refused or self._inbox.waits:
            self._inbox.clear()
            return False
        self._store(verdict.accepted, event.cursor, event.log)
        return True

    def _digest(self) -> bytes:
        """Hash what the server should have of us, unless it is plain that it differs."""
        if self._inbox.waits or self._outbox.lost:
            return b""
        return digest_of_heads(self.books.heads_sent())

    def _take(self, reply: SyncReply) -> None:
        verdict = self._inbox.judge(reply.entries, self.books.ledger, self._forked)
        self._forked = verdict.forked
        if verdict.refused:
            self._notices.add(Notice.REFUSED)
        if self._forked:
            self._notices.add(Notice.FORKED)
        if self._review is not None and reply.more:
            self._review = _Review(reply.log, reply.cursor)
            self._store(verdict.accepted)
        else:
            self._review = None
            self._store(verdict.accepted, reply.cursor, reply.log)

    def _store(
        self,
        accepted: Sequence[Accepted],
        cursor: Cursor | None = None,
        log: LogId | None = None,
    ) -> None:
        """Merge entries and move the cursor in one transaction; none at all if nothing is new."""
        if not accepted and (cursor is None or (log, cursor) == self.books.log.cursor()):
            return
        change = self.books.absorb(accepted, cursor=cursor, log_id=log)
        if not change.empty:
            self._changed(change)

    def _compare(self, theirs: Sequence[StreamHead]) -> None:
        """Find out who lacks what. Each is tried once a round, so no lie makes us run in circles.

        Streams in which the server contradicts what it said before are left alone from now on.
        """
        found = compare(self.books.heads_sent(), theirs, self.books.log.hash_at)
        if found.forked:
            self._forked |= found.forked
            self._notices.add(Notice.FORKED)
        if found.lost and not self._restored:
            self._restored = True
            self._outbox.lost = {o: seq for o, seq in found.lost.items() if o not in self._forked}
            self._notices.add(Notice.RESTORED)
        if found.behind and not self._reviewed:
            self._start_review(self.books.log.cursor()[0] or _NO_LOG)

    def _start_review(self, log: LogId) -> None:
        self._reviewed = True
        self._inbox.clear()
        self._review = _Review(log)

    def _is_done(self, reply: SyncReply) -> bool:
        if reply.more or self._review is not None or self._outbox.lost:
            return False
        return self.backlog == 0

    def _settled(self) -> Outcome:
        """Note for how long entries have been waiting that the server does not send."""
        now = self._now_millis()
        if not self._inbox.waits:
            self._waiting_since = None
        elif self._waiting_since is None:
            self._waiting_since = now
        elif now - self._waiting_since >= _PATIENCE_MILLIS:
            self._notices.add(Notice.WITHHELD)
        if self._promised:
            self._check_promise()
        return Settled()

    def _check_promise(self) -> None:
        """See whether all has come that the device which let this one in had sent before."""
        here = self.books.ledger.state.heads
        if all(o in here and here[o].seq >= head.seq for o, head in self._promised.items()):
            self._promised = {}
            keep_promise(self._secrets, ())
        else:
            self._notices.add(Notice.WITHHELD)

    def _refused(self, refusal: Refusal, sent: Consignment) -> Outcome:
        """Mend what a refusal tells of; deny what cannot be mended."""
        match refusal.code:
            case Code.CHAIN_BEHIND:
                return ChainLost()
            case Code.ENTRY_GAP:
                return self._ask_for_heads(refusal)
            case Code.ENTRY_TAKEN | Code.EPOCH_STALE if sent.entries:
                return self._seal_again(refusal, sent)
            case _:
                return Denied(refusal)

    def _ask_for_heads(self, refusal: Refusal) -> Outcome:
        if self._restored:
            return Denied(refusal)
        self._wants_heads = True
        return Onward()

    def _seal_again(self, refusal: Refusal, sent: Consignment) -> Outcome:
        """Go on as a new stream: another device of ours, or a new epoch, took our place.

        The server looks at entries in order, so it has those before the one at fault.
        """
        if sent.again or self._renewals >= _MOST_RENEWALS:
            return Denied(refusal)
        self._renewals += 1
        self._outbox.delivered(sent, max(refusal.at, 0))
        self.books.renew()
        if refusal.code is Code.ENTRY_TAKEN:
            self._notices.add(Notice.COPIED)
        self._start_review(self.books.log.cursor()[0] or _NO_LOG)
        return Onward()
