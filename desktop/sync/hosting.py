"""A device of the collection lets another one in: it answers, and signs once a person has agreed.

The other side, and what carries the messages, is in ``desktop.sync.pairing``.
"""

from collections.abc import Iterable

from desktop.sync.chain import Chain, MissingKeyError, admission, append
from desktop.sync.courier import Courier
from desktop.sync.pairing import OFFER, REVEAL, WELCOME, Mailbox
from desktop.sync.restoring import whole_links
from desktop.vault.identity import add_founding, read_founding, read_identity, read_server
from desktop.vault.vault import Vault
from shared.crypto.boxes import close_epoch_box
from shared.crypto.epochs import Keyring
from shared.crypto.pairing import Code, Greeting, Meeting, Welcome
from shared.crypto.randomness import Random
from shared.ids import DeviceId
from shared.membership import LinkWithBoxes, Membership
from shared.protocol.messages import LinkParcel


class Host:
    """The side of a device that belongs to the collection already.

    ``courier`` is None for a collection without a server: then the chain grows here.
    """

    def __init__(self, courier: Courier | None, vault: Vault, random: Random) -> None:
        self._courier = courier
        self._vault = vault
        self._random = random
        self._made: dict[bytes, LinkWithBoxes] = {}

    def greet(self, code: Code, mailbox: Mailbox) -> "Greeted":
        """Answer a code."""
        return Greeted(self, mailbox, Greeting.answer(code, self._vault.tenant, self._random))

    def admit(self, meeting: Meeting, heads: Iterable[bytes]) -> bytes:
        """Sign the new device into the chain; return the sealed welcome."""
        chain, made = self._sign(meeting)
        (box,) = made.boxes
        membership = chain.membership
        content = Welcome(membership.tenant, membership.head, (), box, tuple(heads))
        return meeting.welcome(content, self._random)

    def admit_afar(self, meeting: Meeting, heads: Iterable[bytes]) -> bytes:
        """Do the same for a device that can ask no server: the welcome tells it everything.

        Raises MissingKeyError if this device itself cannot read all that was written.
        """
        secrets = self._vault.secrets
        identity = read_identity(secrets)
        held = Chain.held(self._vault.log.state())
        if held.lacks_keys(identity.keys.device, identity.keyring):
            raise MissingKeyError
        chain, made = self._sign(meeting)
        (box,) = made.boxes
        membership = chain.membership
        whole = whole_links(chain.links, read_founding(secrets))
        content = Welcome(
            membership.tenant,
            membership.head,
            chain.links,
            box,
            tuple(heads),
            read_server(secrets),
            tuple(one.boxes for one in whole),
            tuple(
                _box_for(meeting, identity.keyring, epoch) for epoch in range(1, membership.epoch)
            ),
        )
        return meeting.welcome(content, self._random)

    def _sign(self, meeting: Meeting) -> tuple[Chain, LinkWithBoxes]:
        """Append the link that adds the new device, at the server if there is one, and keep it."""
        identity = read_identity(self._vault.secrets)

        def sign(now: Membership) -> LinkWithBoxes:
            if now.head not in self._made:  # if an answer was lost, the same link is sent again
                self._made[now.head] = admission(now, identity, meeting.newcomer)
            return self._made[now.head]

        log, courier = self._vault.log, self._courier
        chain = Chain.held(log.state())
        if courier is not None:
            there = [made for made in self._made.values() if made.link in chain.links]
            return (chain, there[0]) if there else self._keep(*append(courier, chain, sign))
        with log.turn:
            chain = Chain.held(log.state())
            made = sign(chain.membership)
            return self._keep(chain.grown((LinkParcel(made.link, made.boxes),)), made)

    def _keep(self, chain: Chain, made: LinkWithBoxes) -> tuple[Chain, LinkWithBoxes]:
        add_founding(self._vault.secrets, (made,))
        self._vault.log.absorb((), chain.links)  # so that a server that loses them gets them back
        return chain, made


class Greeted:
    """The owner's device has an answer to a code."""

    def __init__(self, host: Host, mailbox: Mailbox, greeting: Greeting) -> None:
        self._host = host
        self._mailbox = mailbox
        self._greeting = greeting

    def offer(self) -> None:
        """Leave the answer. Raises SyncError."""
        self._mailbox.leave(OFFER, self._greeting.offer)

    def meet(self) -> "Reception":
        """Wait for the new device; then there are digits. Raises PairingError, SyncError."""
        meeting = self._greeting.meet(self._mailbox.wait_for(REVEAL))
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
        can ask no server. The next sync brings the new link into the vault. If the welcome could
        not be left, call it again. Raises SyncError.
        """
        if not self._welcome:
            admit = self._host.admit_afar if afar else self._host.admit
            self._welcome = admit(self._meeting, heads)
        self._mailbox.leave(WELCOME, self._welcome)


def _box_for(meeting: Meeting, keyring: Keyring, epoch: int) -> bytes:
    """Put an earlier epoch's key in a box for the new device, so that it can read history."""
    return close_epoch_box(
        meeting.newcomer.box_public,
        keyring.epoch_keys[epoch],
        tenant=keyring.tenant,
        epoch=epoch,
        device=meeting.newcomer.device,
    )
