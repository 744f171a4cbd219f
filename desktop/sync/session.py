"""One collection at one server: rounds of sync and steps of pictures. No threads, no waiting."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
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
from desktop.sync.parts import Parts
from desktop.sync.put_out import judge_removal
from desktop.sync.removal import Removals
from desktop.sync.restoring import ChainLostError, restore_chain
from desktop.sync.sending import Sending
from desktop.sync.setbacks import Setbacks
from desktop.sync.status import Course
from desktop.sync.tally import Tally
from desktop.sync.traffic import Traffic
from shared.ids import RecordId
from shared.membership import Role
from shared.protocol.messages import ChainRequest, Event, LinkParcel, SyncRequest
from shared.protocol.problems import Code

_TRIES = 5
"""How often a link is signed anew because others were faster, before it waits for the next sync."""

Progress = Callable[[int, int], None]
"""Told how much of a round is done of how much there is, as far as is known: edits that went,
entries that came. Called after each request; a round ends, without harm, with what it raises.
"""


class Pictures(NamedTuple):
    """What moves pictures, and what keeps them from going across."""

    setbacks: Setbacks
    attachments: Attachments
    sending: Sending
    claims: Claims
    gathering: Gathering


def _unwatched(_done: int, _total: int) -> None:
    """Tell nobody."""


class Tools(NamedTuple):
    """What a session does now and then, beside entries and pictures."""

    removals: Removals
    forks: Forks
    bases: Bases
    parts: Parts
    compaction: Compaction


class Session:
    """Drives the exchange over the courier. One thread uses it; SyncError is what may come."""

    def __init__(
        self, exchange: Exchange, courier: Courier, pictures: Pictures, tools: Tools
    ) -> None:
        self._exchange = exchange
        self._courier = courier
        self._setbacks = pictures.setbacks
        self._attachments = pictures.attachments
        self._sending = pictures.sending
        self._claims = pictures.claims
        self._gathering = pictures.gathering
        self._removals = tools.removals
        self._forks = tools.forks
        self._bases = tools.bases
        self._parts = tools.parts
        self._compaction = tools.compaction
        self._begun = False
        self._progress: Progress = _unwatched
        self._told = (0, 0)

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences on what the person should know after the last round, the gravest first."""
        said = [notice.value for notice in self._exchange.notices]
        if self._compaction.differs:
            said.append(Notice.DIFFERENT.value)
        return (*said, self._setbacks.sentence) if self._setbacks.sentence else tuple(said)

    @property
    def traffic(self) -> Traffic:
        """What went over the network so far."""
        return self._courier.traffic

    @property
    def awaits(self) -> bool:
        """Whether something should come that the server had not when it was asked."""
        return self._attachments.awaits or self._gathering.awaits or self.lacks

    @property
    def lacks(self) -> bool:
        """Whether edits are here that others must come before."""
        return self._exchange.lacks

    @property
    def course(self) -> Course | None:
        """Which pictures are to move now; None if all that can be is where it should be."""
        if self._attachments.active:
            return Course.COMING
        if self._sending.active:
            return Course.SENDING
        return Course.GATHERING if self._gathering.active else None

    @property
    def tally(self) -> Tally:
        """How far the pictures of this course have come."""
        match self.course:
            case Course.SENDING:
                return self._sending.tally
            case Course.GATHERING:
                return self._gathering.tally
            case _:
                return self._attachments.tally

    def move(self) -> None:
        """Send or fetch one more chunk of a picture."""
        match self.course:
            case Course.COMING:
                self._attachments.step()
            case Course.SENDING:
                self._sending.step()
            case _:
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
        self._attachments.begin()
        return not self._claims.due

    def sync(self, progress: Progress) -> None:
        """Bring both sides level, pictures included; all originals follow by ``move``."""
        self.round(progress)
        while self.course not in {None, Course.GATHERING}:
            self.move()

    def prepare(self) -> bool:
        """Send one small picture ahead of a round whose edits need it; false if none is left.

        So wake-ups have their turn between many of them.
        """
        self._begin()
        return self._sending.step_small()

    def round(self, progress: Progress) -> None:
        """Bring both sides level, but for pictures: they follow by ``move``.

        Small ones go before the entries that mention them, if that was not prepared. Raises
        PutOutError if another device has put this one out, and signed it.
        """
        try:
            self._round(progress)
        except RefusedError as error:
            if error.refusal.code is not Code.REVOKED:
                raise
            raise judge_removal(self._courier, self._exchange.books, error.refusal) from error

    def _round(self, progress: Progress) -> None:
        self._begin()
        self._begun = False
        with self._watched(progress):
            self._exchange_all()
            self._put_out()
            if not self._exchange.books.log.unconfirmed():
                self._sending.edits_have_left()
            self._bases.fetch_history()
        self._compare_pictures()
        self._attachments.begin()
        self._sending.begin()
        self._gathering.begin()

    @contextmanager
    def _watched(self, progress: Progress) -> Iterator[None]:
        """Tell of all that a round does, and let it be ended between any two requests."""
        parts = self._parts
        before, asked = self._progress, parts.before
        self._progress, self._told = progress, (0, 0)
        parts.before = lambda: self._progress(*self._told)
        try:
            yield
        finally:
            self._progress, parts.before = before, asked

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            self._setbacks.begin()
            self._sending.begin()

    def tidy(self) -> None:
        """Let edits at the server be put together, if they are many; in a quiet moment."""
        with self._exchange.books.log.turn:
            self._compaction.tidy()

    def _compare_pictures(self) -> None:
        """See now and then which pictures the server has, and whenever it lost something."""
        if self._claims.due or Notice.RESTORED in self._exchange.notices:
            self._claims.compare()

    def _put_out(self) -> None:
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
            self._exchange_all()

    def _exchange_all(self) -> None:
        with self._exchange.books.log.turn:
            self._exchange.begin()
            self._go_on()

    def _go_on(self) -> None:
        exchange = self._exchange
        backlog, tried = exchange.backlog, set[type[Outcome]]()
        while True:
            request = exchange.parcel()
            self._sending.send_small()  # a photo's file is kept before its edit is written
            outcome = self._turn(request, tried)
            if isinstance(outcome, Settled):
                self._forks.forget()  # the server had this device's list
                return
            tried.add(type(outcome))
            done = exchange.came + max(backlog - exchange.backlog, 0)
            self._told = done, done + exchange.backlog + exchange.ahead
            self._progress(*self._told)

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
