"""The sync protocol without a socket: what to say next, and what to make of the answer.

A round is ``begin``, then ``parcel`` and ``receive`` in turn until nothing is left. All that
must outlive a crash is in the vault; what is kept here only saves work. The safety net under
every loss is the hash of all heads in each request: if the two sides differ, the server says
what it has, and whoever lacks something gets it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from desktop.sync.audit import NO_LOG, Audit, Patience
from desktop.sync.books import Books
from desktop.sync.chain import FalseChainError
from desktop.sync.errors import HiddenChangeError, ServerTroubleError
from desktop.sync.findings import Findings, Source
from desktop.sync.inbox import Inbox, Verdict
from desktop.sync.notices import Notice
from desktop.sync.outbox import Consignment, Outbox
from desktop.sync.refusal import Refusal
from desktop.sync.silence import Silence
from desktop.vault.readable import passed_over
from desktop.vault.vault import Vault
from shared.crypto.randomness import Random
from shared.domain.operations import Change
from shared.domain.stamps import Origin
from shared.ids import Cursor, EntryHash, LogId
from shared.ledger import Accepted
from shared.protocol.heads import digest_of_heads
from shared.protocol.messages import END_BYTES, Event, SyncReply, SyncRequest
from shared.protocol.problems import Code

_MOST_REMEDIES = 6
"""How often a round may start anew before the server is given up for now."""
_MOST_BARREN = 64
"""How many pages in a row may bring nothing, and promise more, before it is given up for now."""


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
class NeedsBase:
    """Entries are gone that this device lacks; take this snapshot in, then go on."""

    name: EntryHash
    log: LogId


@dataclass(frozen=True, slots=True)
class BaseLost:
    """The server lost entries that a snapshot stands for here; give it one, then go on."""


@dataclass(frozen=True, slots=True)
class Denied:
    """The server does not want to, and nothing can be done about it here."""

    refusal: Refusal


Unsettled = Onward | ChainLost | NeedsBase | BaseLost | Denied
Outcome = Settled | Unsettled


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
        self._log = vault.log
        self._snapshots = vault.snapshots
        self._secrets = vault.secrets
        self._clock = vault.clock
        self._inbox = Inbox()
        self._outbox = Outbox(self.books)
        findings = Findings(vault.secrets, Source.SERVER, now_millis)
        self._audit = Audit(self.books, self._outbox, findings)
        self._patience = Patience(self.books, vault.secrets, now_millis)
        self._changed = changed
        self._sent = Consignment()
        self._silence = Silence(self.books, vault.secrets, now_millis)
        self._wants_heads = False
        self._remedies = self._barren = self._stale = 0
        self.came = self.ahead = 0
        """How many entries came in this round, and at most how many are still to come, as the
        server says."""

    @property
    def backlog(self) -> int:
        """How many own edits no server has, of those that may be sent."""
        return self._outbox.backlog

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the person should know after the last round, the gravest first."""
        return self._audit.notices

    @property
    def lacks(self) -> bool:
        """Whether entries are here that others must come before."""
        return self._inbox.waits

    def begin(self) -> None:
        """Begin a round."""
        self._remedies = self._barren = 0
        self._stale = self.came = self.ahead = 0
        self.books.look_again()
        self._silence.answer()
        self._audit.begin()
        self._outbox.begin()
        self._wants_heads = self._outbox.carries  # the server may have all of it

    def parcel(self) -> SyncRequest:
        """Pack the next request. Sealing happens here, and not before."""
        log, cursor = self._log.cursor()
        links, review = len(self.books.links), self._audit.review
        if review is not None:
            self._sent = Consignment()
            if not review.cursor:
                self._inbox.clear()  # it comes again
            have = self.books.heads()
            return SyncRequest(
                review.log, review.cursor, links, own=True, have=have, end=self._end()
            )
        self._sent = Consignment() if self._wants_heads else self._outbox.pack()
        return SyncRequest(
            log or NO_LOG,
            cursor,
            links,
            heads=self._digest(),
            entries=self._sent.sealed,
            again=self._sent.again or self._sent.carried,
            vector=self._wants_heads,
            end=self._end(),
        )

    def receive(self, reply: SyncReply | Refusal) -> Outcome:
        """Take in an answer.

        Raises FalseChainError for links that are not the owner's, ServerTroubleError if the
        server never comes to an end, HiddenChangeError if it keeps links back.
        """
        sent, self._sent = self._sent, Consignment()
        if isinstance(reply, Refusal):
            return self._mend(reply, sent)
        wanted = self._wants_heads and self._audit.review is None  # a review does not ask for them
        self._wants_heads = self._wants_heads and not wanted
        self._clock.learn(reply.time)
        self._take_links(reply)
        if reply.chain < len(self.books.links):
            return ChainLost()
        if reply.stale or reply.base:
            self._count_remedy()
            return self._begin_elsewhere(reply)
        self._outbox.delivered(sent)
        self._take(reply)
        if reply.heads or wanted:  # a server that has nothing tells of none
            self._audit.compare(reply.heads)
        if self._audit.base_lost:
            return BaseLost()
        return Onward() if self._is_more(reply) else self._settle()

    def read_again(self, log: LogId | None = None) -> None:
        """Read a log from its start, after a snapshot was taken in or given back."""
        if self._audit.base_lost:  # what follows the snapshot may be lost, too
            self._audit.base_lost = self._audit.restored = False
        self._inbox.clear()
        self._audit.start_review(log)

    def _take_links(self, reply: SyncReply) -> None:
        if reply.links:
            went_on = self.books.set_aside
            self._changed(self.books.grow(reply.links))
            if self.books.set_aside and not went_on:
                self._audit.note(Notice.SET_ASIDE)

    def _begin_elsewhere(self, reply: SyncReply) -> Outcome:
        """Go on in another log, or behind a snapshot: one taken in before, or to be taken in."""
        if reply.stale:
            self._audit.compare(reply.heads)
            self._audit.start_review(reply.log)
            return BaseLost() if self._audit.base_lost else Onward()
        taken, base = self._snapshots.taken, EntryHash(reply.base)
        if taken is None or taken.hash != base:
            return NeedsBase(base, reply.log)
        self.read_again(reply.log)
        return Onward()

    def overhear(self, event: Event) -> bool:
        """Take in what a wake-up brought; false if a round is needed to know more."""
        log, cursor = self._log.cursor()
        if event.log != log or event.chain != len(self.books.links):
            return False
        if event.cursor <= cursor:
            return True
        if event.after != cursor or not event.entries or self._inbox.waits:
            return False
        verdict = self._inbox.judge(event.entries, self.books.ledger, self._audit.forked)
        if verdict.refused or verdict.late or self._inbox.waits:
            self._inbox.clear()
            return False
        self._store(verdict.accepted, event.cursor, event.log)
        return True

    def _end(self) -> bytes:
        return self.books.membership.head[:END_BYTES]

    def _digest(self) -> bytes:
        """Hash what the server should have of us, unless it is plain that it differs."""
        if self._inbox.waits or self._outbox.lost:
            return b""
        return digest_of_heads(self.books.heads_sent())

    def _take(self, reply: SyncReply) -> None:
        waiting = self._inbox.size
        self.came += len(reply.entries)
        self.ahead = max(reply.end - reply.cursor, 0)
        verdict = self._inbox.judge(reply.entries, self.books.ledger, self._audit.forked)
        if self._steps_aside(verdict):
            return
        self._audit.note_forked(verdict.forked)
        if verdict.known and self._log.elsewhere():
            self._log.confirm(verdict.known)
        if verdict.refused:
            self._audit.note(Notice.REFUSED)
        if verdict.late:
            self._audit.note(Notice.LATE)
        if self._audit.turn_page(reply):
            self._store(verdict.accepted)
        else:
            self._store(verdict.accepted, reply.cursor, reply.log)
        is_barren = reply.more and not verdict.accepted and self._inbox.size <= waiting
        self._barren = self._barren + 1 if is_barren else 0
        if self._barren > _MOST_BARREN:
            raise ServerTroubleError

    def _store(
        self,
        accepted: Sequence[Accepted],
        cursor: Cursor | None = None,
        log: LogId | None = None,
    ) -> None:
        """Merge entries and move the cursor in one transaction; none at all if nothing is new."""
        if not accepted and (cursor is None or (log, cursor) == self._log.cursor()):
            return
        change = self.books.absorb(accepted, cursor=cursor, log_id=log)
        if not change.empty:
            self._changed(change)

    def _is_more(self, reply: SyncReply) -> bool:
        if reply.more or self._audit.review is not None or self._outbox.lost:
            return True
        return self.backlog > 0 or self._outbox.carries

    def _settle(self) -> Outcome:
        """End the round, but look once more for what those that wait are waiting for."""
        if self._inbox.waits and not self._audit.reviewed:
            self._audit.start_review()
            return Onward()
        if self._audit.unchecked:
            self._audit.unchecked = False
            return Onward()
        self._silence.note()
        if self._outbox.damaged:
            self._audit.note(Notice.DAMAGED_HERE)
        if passed_over(self._secrets):
            self._audit.note(Notice.UNREADABLE)
        if self._inbox.newest_epoch > self.books.membership.epoch:
            self._audit.note(Notice.HIDDEN)
        if self._patience.is_over(waits=self._inbox.waits):
            self._audit.note(Notice.WITHHELD)
        self._audit.end()
        return Settled()

    def _mend(self, refusal: Refusal, sent: Consignment) -> Outcome:
        """Mend what a refusal tells of; deny what cannot be mended."""
        match refusal.code:
            case Code.CHAIN_BEHIND:
                return ChainLost()
            case Code.CHAIN_PARTED:
                raise FalseChainError
            case Code.ENTRY_GAP:
                self._count_remedy()
                self._wants_heads = True
                return Onward()
            case Code.ENTRY_TAKEN if _is_again(sent) and 0 <= refusal.at < len(sent.entries):
                self._count_remedy()
                self._leave_alone(sent.entries[refusal.at].origin)
                return Onward()
            case Code.ENTRY_TAKEN | Code.EPOCH_STALE if sent.entries and not _is_again(sent):
                self._count_remedy()
                return self._seal_again(refusal, sent)
            case _:
                return Denied(refusal)

    def _steps_aside(self, verdict: Verdict) -> bool:
        """Go on as a new stream if a copy of this device took numbers that are unsent here.

        That is no second history: nobody has seen what was sealed here. The log is read once more.
        """
        unsent = self._log.unsent() if verdict.parted else []
        if not unsent or verdict.parted.get(unsent[0].origin, 0) < unsent[0].seq:
            return False
        self._count_remedy()
        self.books.renew()
        self._audit.note(Notice.COPIED)
        self._audit.start_review()
        return True

    def _seal_again(self, refusal: Refusal, sent: Consignment) -> Outcome:
        """Go on as a new stream: another device of ours, or a new epoch, took our place.

        The server looks at entries in order, so it has those before the one at fault.
        """
        self._outbox.delivered(sent, max(refusal.at, 0))
        if refusal.code is Code.EPOCH_STALE:
            self._demand_new_key()
        self.books.renew()
        if refusal.code is Code.ENTRY_TAKEN:
            self._audit.note(Notice.COPIED)
        self._audit.start_review()
        return Onward()

    def _demand_new_key(self) -> None:
        """Raise HiddenChangeError if no link brought the newer key that was spoken of before."""
        epoch = self.books.membership.epoch
        if self._stale == epoch:
            raise HiddenChangeError
        self._stale = epoch

    def _leave_alone(self, stream: Origin) -> None:
        """Send no more of a stream that the server knows otherwise: it has two histories."""
        self._audit.note_forked({stream}, apart=True)
        self._outbox.leave_alone(stream)

    def _count_remedy(self) -> None:
        self._remedies += 1
        if self._remedies > _MOST_REMEDIES:
            raise ServerTroubleError


def _is_again(sent: Consignment) -> bool:
    return sent.again or sent.carried
