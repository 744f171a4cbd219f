"""A device of the collection lets another one in: it answers, and signs once a person has agreed.

The other side, and what carries the messages, is in ``desktop.sync.pairing``.
"""

from collections.abc import Callable, Iterable

from desktop.sync.books import Books
from desktop.sync.chain import Chain, MissingKeyError, admission, append
from desktop.sync.courier import Courier
from desktop.sync.pairing import OFFER, REVEAL, WELCOME, Mailbox
from desktop.sync.restoring import whole_links
from desktop.sync.trunk import fetch_trunk
from desktop.sync.two_lists import demand_one_list
from desktop.sync.visits import demand_rest, forget_visits, note_visit
from desktop.vault.identity import (
    Identity,
    add_founding,
    read_founding,
    read_identity,
    read_server,
)
from desktop.vault.vault import Vault
from shared.crypto.boxes import close_epoch_box
from shared.crypto.epochs import Keyring
from shared.crypto.pairing import Code, Greeting, Meeting, Welcome
from shared.crypto.randomness import Random
from shared.ids import DeviceId
from shared.membership import LinkWithBoxes
from shared.protocol.messages import LinkParcel


class Host:
    """The side of a device that belongs to the collection already.

    ``courier`` is None for a collection without a server: then the chain grows here.
    ``now_millis`` is the wall clock.
    """

    def __init__(
        self,
        courier: Courier | None,
        vault: Vault,
        random: Random,
        now_millis: Callable[[], int],
    ) -> None:
        self._courier = courier
        self._vault = vault
        self._random = random
        self._now_millis = now_millis
        self._made: dict[bytes, LinkWithBoxes] = {}

    def greet(self, code: Code, mailbox: Mailbox) -> "Greeted":
        """Answer a code.

        Raises ForkedChainError while there are two lists of devices, TooManyVisitsError.
        """
        demand_one_list(self._vault.secrets)
        demand_rest(self._vault.secrets, self._now_millis())
        return Greeted(self, mailbox, Greeting.answer(code, self._vault.tenant, self._random))

    def note_visit(self) -> None:
        """Note that there are digits to compare."""
        note_visit(self._vault.secrets, self._now_millis())

    def admit(self, meeting: Meeting, heads: Iterable[bytes]) -> bytes:
        """Sign the new device into the chain; return the sealed welcome."""
        chain, made = self._sign(meeting)
        (box,) = made.boxes
        membership = chain.membership
        content = Welcome(membership.tenant, membership.head, (), box, tuple(heads))
        return meeting.welcome(content, self._random)

    def admit_afar(self, meeting: Meeting, heads: Iterable[bytes]) -> bytes:
        """Do the same for a device that can ask no server: the welcome tells it everything."""
        chain, made = self._sign(meeting)
        (box,) = made.boxes
        secrets, membership = self._vault.secrets, chain.membership
        keyring = _signer(chain, read_identity(secrets)).keyring
        whole = whole_links(chain.links, (*read_founding(secrets), *chain.whole))
        content = Welcome(
            membership.tenant,
            membership.head,
            chain.links,
            box,
            tuple(heads),
            read_server(secrets),
            tuple(one.boxes for one in whole),
            tuple(_box_for(meeting, keyring, epoch) for epoch in range(1, membership.epoch)),
        )
        return meeting.welcome(content, self._random)

    def _sign(self, meeting: Meeting) -> tuple[Chain, LinkWithBoxes]:
        """Append the link that adds the new device, at the server if there is one, and keep it.

        Raises MissingKeyError if this device itself cannot read all that was written.
        """
        vault, courier, books = self._vault, self._courier, Books(self._vault, self._random)
        forget_visits(vault.secrets)

        def sign(now: Chain) -> LinkWithBoxes:
            head = now.membership.head
            if head not in self._made:  # if an answer was lost, the same link is sent again
                signer = _signer(now, books.identity)
                self._made[head] = admission(now.membership, signer, meeting.newcomer)
            return self._made[head]

        if courier is None:
            with vault.log.turn:
                demand_one_list(vault.secrets)
                books.look_again()
                made = sign(Chain.held(books.ledger.state))
                return self._keep(books, made), made
        chain = fetch_trunk(courier, books, vault.secrets)
        there = [made for made in self._made.values() if made.link in chain.links]
        chain, made = (chain, there[0]) if there else append(courier, chain, sign)
        with vault.log.turn:
            books.look_again()
            if chain.links == (*books.links, made.link):
                self._keep(books, made)
        return chain, made

    def _keep(self, books: Books, made: LinkWithBoxes) -> Chain:
        """Take the link in at once: a server that loses it gets it back from here.

        What others signed meanwhile comes with the next round, which takes out and tells what
        their links cut off.
        """
        add_founding(self._vault.secrets, (made,))
        books.grow((LinkParcel(made.link, made.boxes),))
        return Chain.held(books.ledger.state)


class Greeted:
    """The owner's device has an answer to a code."""

    def __init__(self, host: Host, mailbox: Mailbox, greeting: Greeting) -> None:
        self._host = host
        self._mailbox = mailbox
        self._greeting = greeting
        self._met = False

    def offer(self) -> None:
        """Leave the answer. Raises SyncError."""
        self._mailbox.leave(OFFER, self._greeting.offer)

    def meet(self) -> "Reception":
        """Wait for the new device; then there are digits. Raises PairingError, SyncError."""
        meeting = self._greeting.meet(self._mailbox.wait_for(REVEAL))
        if not self._met:  # the digits are the same however often they are asked for
            self._met = True
            self._host.note_visit()
        return Reception(self._host, self._mailbox, meeting)


class Reception:
    """The owner's device, once both screens show ``digits``."""

    def __init__(self, host: Host, mailbox: Mailbox, meeting: Meeting) -> None:
        self._host = host
        self._mailbox = mailbox
        self._meeting = meeting
        self._welcome = b""
        self.digits = meeting.digits

    @property
    def newcomer(self) -> DeviceId:
        """Who wants to join."""
        return self._meeting.newcomer.device

    @property
    def admitted(self) -> bool:
        """Whether the new device is in the chain."""
        return bool(self._welcome)

    def admit(self, heads: Iterable[bytes], *, afar: bool = False) -> None:
        """Add the new device: call this when the person has said that the digits agree.

        ``heads`` are the head lines of what the server has acknowledged; ``afar``: the new device
        can ask no server. If the welcome could not be left, call it again. Raises SyncError.
        """
        if not self._welcome:
            admit = self._host.admit_afar if afar else self._host.admit
            self._welcome = admit(self._meeting, heads)
        self._mailbox.leave(WELCOME, self._welcome)


def _signer(chain: Chain, identity: Identity) -> Identity:
    """Return who signs here, with the keys that came along with the chain."""
    keys, keyring = identity.keys, chain.open_keys(identity.keys, identity.keyring)
    if chain.lacks_keys(keys.device, keyring):
        raise MissingKeyError
    return Identity(keys, keyring)


def _box_for(meeting: Meeting, keyring: Keyring, epoch: int) -> bytes:
    """Put an earlier epoch's key in a box for the new device, so that it can read history."""
    return close_epoch_box(
        meeting.newcomer.box_public,
        keyring.epoch_keys[epoch],
        tenant=keyring.tenant,
        epoch=epoch,
        device=meeting.newcomer.device,
    )
