"""One collection at one server: whole rounds of sync, without threads and without waiting."""

from collections.abc import Callable
from typing import assert_never

from desktop.sync.attachments import Attachments
from desktop.sync.courier import Courier
from desktop.sync.errors import RefusedError
from desktop.sync.event_stream import EventStream
from desktop.sync.exchange import ChainLost, Denied, Exchange, Onward, Settled
from desktop.sync.notices import Notice
from desktop.sync.removal import Removals
from desktop.sync.restoring import ChainLostError, restore_chain
from shared.ids import RecordId
from shared.membership import Role
from shared.protocol.messages import ChainRequest, Event, LinkParcel
from shared.protocol.problems import Code

_TRIES = 5
"""How often a link is signed anew because others were faster, before it waits for the next sync."""

Progress = Callable[[int, int], None]
"""Told how many of how many own edits the server has, or files."""


class Session:
    """Drives the exchange over the courier. One thread uses it; SyncError is what may come."""

    def __init__(
        self, exchange: Exchange, courier: Courier, attachments: Attachments, removals: Removals
    ) -> None:
        self._exchange = exchange
        self._courier = courier
        self._attachments = attachments
        self._removals = removals

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences on what the person should know after the last round, the gravest first."""
        said = [notice.value for notice in self._exchange.notices]
        return (*said, self._attachments.trouble) if self._attachments.trouble else tuple(said)

    @property
    def awaits(self) -> bool:
        """Whether something should come that the server had not when it was asked."""
        return self._attachments.awaits

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
        if not self._exchange.overhear(event):
            return False
        self._attachments.fetch()
        return True

    def sync(self, progress: Progress) -> None:
        """Bring both sides level.

        Small attachments go before the entries that mention them; large ones follow, so that a
        film does not hold up an edit.
        """
        self._attachments.begin()
        self._exchange_all(progress)
        self._put_out(progress)
        if Notice.RESTORED in self._exchange.notices:
            self._attachments.send_again()
        self._attachments.send_large()
        self._attachments.fetch()

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
        self._exchange.begin()
        total = backlog = self._exchange.backlog
        may_restore = True
        while True:
            request = self._exchange.parcel()
            self._attachments.send_small()  # a photo's file is kept before its edit is written
            match self._exchange.receive(self._courier.sync(request)):
                case Settled():
                    return
                case Onward():
                    backlog = self._exchange.backlog
                    progress(total - backlog, total)
                case ChainLost():
                    if not may_restore:
                        raise ChainLostError
                    restore_chain(self._courier, self._exchange.books)
                    may_restore = False
                case Denied(refusal):
                    raise RefusedError(refusal)
                case never:
                    assert_never(never)
