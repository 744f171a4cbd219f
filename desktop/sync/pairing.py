"""A second device joins: the steps of shared.crypto.pairing, carried by a mailbox.

On each side a person compares the six digits before the last step is called. Who carries the
messages, a server or a person with files, changes nothing about the steps.
"""

from collections.abc import Callable, Iterable
from typing import Protocol

from desktop.sync.chain import Chain, FalseChainError, MissingKeyError, admission, append
from desktop.sync.courier import Courier
from desktop.sync.joined import Joined
from desktop.sync.restoring import is_whole, whole_links
from desktop.vault.identity import (
    Identity,
    add_founding,
    read_founding,
    read_identity,
    read_server,
)
from desktop.vault.vault import Vault
from shared.crypto.boxes import close_epoch_box, open_epoch_box
from shared.crypto.devices import DeviceKeys
from shared.crypto.epochs import Keyring
from shared.crypto.pairing import Code, Greeting, Meeting, Met, PairingError, Waiting, Welcome
from shared.crypto.randomness import Random
from shared.crypto.sealing import NotOpenedError
from shared.ids import DeviceId, TenantId
from shared.membership import LinkWithBoxes, Membership
from shared.protocol.messages import LinkParcel

OFFER, REVEAL, WELCOME = range(3)

Fetch = Callable[[TenantId, DeviceKeys], Chain]
"""Gets the chain of devices, for a welcome that does not bring it along."""


class Mailbox(Protocol):
    """Carries the messages of one pairing, by their slots."""

    def leave(self, slot: int, message: bytes) -> None:
        """Leave a message for the other device."""

    def wait_for(self, slot: int) -> bytes:
        """Return the other device's message."""


class Newcomer:
    """The new device's side. ``code`` is the text to carry to a device of the collection."""

    def __init__(self, waiting: Waiting, mailbox: Mailbox, random: Random) -> None:
        self._random = random
        self._waiting = waiting
        self._mailbox = mailbox
        self._keys = DeviceKeys.generate(random)
        self._met: Met | None = None
        self.code = waiting.code.text

    @property
    def met(self) -> bool:
        """Whether an offer was taken: this device answers to no other one."""
        return self._met is not None

    def meet(self) -> "Guest":
        """Wait until the code was answered by the other device; then there are digits to show.

        If the answer could not be left, call it again: it is for the first offer and no other, or
        somebody in the middle could try offers until the digits agree. Raises PairingError,
        SyncError.
        """
        if self._met is None:
            offer = self._mailbox.wait_for(OFFER)
            self._met = self._waiting.meet(offer, self._keys, self._random)
        self._mailbox.leave(REVEAL, self._met.reveal)
        return Guest(self._mailbox, self._met, self._keys)


class Guest:
    """The new device, once both screens show ``digits``."""

    def __init__(self, mailbox: Mailbox, met: Met, keys: DeviceKeys) -> None:
        self._mailbox = mailbox
        self._met = met
        self._keys = keys
        self._welcome: Welcome | None = None
        self.digits = met.digits

    def join(self, server: str, fetch: Fetch | None) -> Joined:
        """Take the keys: call this when the person has said that the digits agree.

        Without ``fetch`` there is no server, and the welcome must bring everything along.
        Waits for the owner's consent. If the line broke, call it again. Raises PairingError,
        SyncError.
        """
        welcome = self._welcome or self._met.join(self._mailbox.wait_for(WELCOME))
        if welcome.links:
            return self._joined_by(welcome)
        if fetch is None:
            raise PairingError
        self._welcome = welcome  # a server hands it out once
        return self._joined_at(server, welcome, fetch(self._met.tenant, self._keys))

    def _joined_at(self, server: str, welcome: Welcome, chain: Chain) -> Joined:
        """Join with the chain that the server shows."""
        if not self._is_in(chain, welcome):
            raise FalseChainError
        keyring = chain.open_keys(self._keys, Keyring(chain.membership.tenant, {}))
        if chain.lacks_keys(self._keys.device, keyring):
            raise MissingKeyError
        identity = Identity(self._keys, keyring)
        return Joined(server, identity, chain.links, welcome.heads, chain.whole)

    def _joined_by(self, welcome: Welcome) -> Joined:
        """Join with nothing but the welcome."""
        boxes = (*welcome.boxes, *((),) * len(welcome.links))
        made = [LinkWithBoxes(*each) for each in zip(welcome.links, boxes, strict=False)]
        try:
            chain = Chain.read([LinkParcel(one.link, ()) for one in made], self._met.tenant)
            keyring = self._open(chain, welcome)
        except (FalseChainError, MissingKeyError, NotOpenedError) as error:
            raise PairingError from error
        if not self._is_in(chain, welcome) or chain.lacks_keys(self._keys.device, keyring):
            raise PairingError
        return Joined(
            welcome.server,
            Identity(self._keys, keyring),
            chain.links,
            welcome.heads,
            tuple(one for one in made if is_whole(one)),
        )

    def _open(self, chain: Chain, welcome: Welcome) -> Keyring:
        """Open the key of each epoch; what a key must be stands in the chain."""
        membership, keys = chain.membership, self._keys
        keyring = Keyring(membership.tenant, {})
        earlier = welcome.earlier[: membership.epoch - 1]
        for epoch, box in [*enumerate(earlier, 1), (membership.epoch, welcome.box)]:
            key = open_epoch_box(
                keys.box,
                box,
                tenant=membership.tenant,
                epoch=epoch,
                device=keys.device,
                commitment=membership.epochs[epoch - 1].commitment,
            )
            keyring = keyring.with_key(epoch, key)
        return keyring

    def _is_in(self, chain: Chain, welcome: Welcome) -> bool:
        member = chain.membership.devices.get(self._keys.device)
        return welcome.head in chain.hashes and member is not None and member.live


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
