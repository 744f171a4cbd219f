"""One collection at one server: whole rounds of sync, without threads and without waiting."""

from collections.abc import Callable, Collection
from typing import NamedTuple, assert_never

from desktop.sync.attachments import Attachments
from desktop.sync.bases import Bases
from desktop.sync.chain import FalseChainError
from desktop.sync.claims import Claims
from desktop.sync.compaction import BaseLostError, Compaction
from desktop.sync.courier import Courier
from desktop.sync.errors import RefusedError
from desktop.sync.event_stream import EventStream
from desktop.sync.exchange import (
    BaseLost,
    ChainLost,
    Denied,
    Exchange,
    NeedsBase,
    Onward,
    Outcome,
    Settled,
    Unsettled,
)
from desktop.sync.forks import Forks
from desktop.sync.gathering import Gathering
from desktop.sync.notices import Notice
from desktop.sync.removal import Removals
from desktop.sync.restoring import ChainLostError, restore_chain
from desktop.sync.traffic import Traffic
from shared.ids import RecordId
from shared.membership import Role
from shared.protocol.messages import ChainRequest, Event, LinkParcel, SyncRequest
from shared.protocol.problems import Code

_TRIES = 5
"""How often a link is signed anew because others were faster, before it waits for the next sync."""

Progress = Callable[[int, int], None]
"""Told how many of how many own edits the server has, or files."""


class Tools(NamedTuple):
    """What a session does now and then, beside entries and pictures."""

    removals: Removals
    forks: Forks
    bases: Bases
    compaction: Compaction
    claims: Claims
    gathering: Gathering


class Session:
    """Drives the exchange over the courier. One thread uses it; SyncError is what may come."""

    def __init__(
        self, exchange: Exchange, courier: Courier, attachments: Attachments, tools: Tools
    ) -> None:
        self._exchange = exchange
        self._courier = courier
        self._attachments = attachments
        self._removals = tools.removals
        self._forks = tools.forks
        self._bases = tools.bases
        self._compaction = tools.compaction
        self._claims = tools.claims
        self._gathering = tools.gathering

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences on what the person should know after the last round, the gravest first."""
        said = [notice.value for notice in self._exchange.notices]
        return (*said, self._attachments.trouble) if self._attachments.trouble else tuple(said)

    @property
    def traffic(self) -> Traffic:
        """What went over the network so far."""
        return self._courier.traffic

    @property
    def awaits(self) -> bool:
        """Whether something should come that the server had not when it was asked."""
        return self._attachments.awaits or self._gathering.awaits

    @property
    def gathers(self) -> bool:
        """Whether originals are to be fetched that this device is to have."""
        return self._gathering.active

    def gather(self) -> None:
        """Fetch some more of them."""
        self._gathering.step()

    def count_devices(self) -> int:
        """Return how many computers the collection has, the paper device left out."""
        live = self._exchange.books.membership.live
        return sum(member.role is not Role.PAPER for member in live)

    def dial(self) -> EventStream:
        """Open the stream of wake-ups."""
        return self._courier.events()

    def want(self, photo: RecordId) -> None:
        """Fetch an original picture with the next sync. Any thread may call this."""
        self._attachments.want(photo)

    def overhear(self, event: Event) -> bool:
        """Take in a wake-up; false if a round is needed to know more."""
        with self._exchange.books.log.turn:
            if not self._exchange.overhear(event):
                return False
        self._attachments.fetch()
        return not self._claims.due

    def sync(self, progress: Progress) -> None:
        """Bring both sides level.

        Small attachments go before the entries that mention them; large ones follow, so that a
        film does not hold up an edit.
        """
        self._attachments.begin()
        self._exchange_all(progress)
        self._put_out(progress)
        if not self._exchange.books.log.waiting():
            self._attachments.edits_have_left()
        self._attachments.send_large()
        self._attachments.fetch()
        self._bases.fetch_history()
        self._compare_pictures()
        self._gathering.begin()

    def tidy(self) -> None:
        """Let edits at the server be put together, if they are many; in a quiet moment."""
        with self._exchange.books.log.turn:
            self._compaction.tidy()

    def _compare_pictures(self) -> None:
        """See now and then which pictures the server has, and whenever it lost something."""
        if self._claims.due or Notice.RESTORED in self._exchange.notices:
            self._claims.compare()
            self._attachments.send_large()

    def _put_out(self, progress: Progress) -> None:
        """Remove the devices that are to be removed, by compare-and-swap on the chain's end.

        Each round of entries brings the chain level again, with the new keys, whoever was faster.
        """
        for _ in range(_TRIES):
            made = self._removals.next_link()
            if made is None:
                return
            parcel = LinkParcel(made.link, made.boxes)
            head = self._exchange.books.membership.head
            try:
                self._courier.append_links(ChainRequest(head, (parcel,)))
            except RefusedError as error:
                if error.refusal.code is not Code.CHAIN_MOVED:
                    raise
            self._exchange_all(progress)

    def _exchange_all(self, progress: Progress) -> None:
        with self._exchange.books.log.turn:
            self._exchange.begin()
            self._go_on(progress)

    def _go_on(self, progress: Progress) -> None:
        total = self._exchange.backlog
        tried = set[type[Outcome]]()
        while True:
            request = self._exchange.parcel()
            self._attachments.send_small()  # a photo's file is kept before its edit is written
            outcome = self._turn(request, tried)
            if isinstance(outcome, Settled):
                return
            tried.add(type(outcome))
            progress(total - self._exchange.backlog, total)

    def _turn(self, request: SyncRequest, tried: Collection[type[Outcome]]) -> Outcome:
        """Send a request and do what its answer asks for; a list that is not ours may be a fork."""
        try:
            outcome = self._exchange.receive(self._courier.sync(request))
            if not isinstance(outcome, Settled):
                self._mend(outcome, tried)
        except FalseChainError:
            if not self._forks.meet():
                raise
            self._exchange.begin()
            return Onward()
        return outcome

    def _mend(self, outcome: Unsettled, tried: Collection[type[Outcome]]) -> None:
        """Do what must be done before the next request; what a server lost is given back once."""
        match outcome:
            case Onward():
                pass
            case NeedsBase(name, log):
                self._bases.take(name, log)
                self._exchange.read_again(log)
            case ChainLost() if type(outcome) not in tried:
                restore_chain(self._courier, self._exchange.books)
            case ChainLost():
                raise ChainLostError
            case BaseLost() if type(outcome) not in tried:
                self._compaction.give_back()
                self._exchange.read_again()
            case BaseLost():
                raise BaseLostError
            case Denied(refusal):
                raise RefusedError(refusal)
            case never:
                assert_never(never)
