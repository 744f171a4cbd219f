"""A new device joins: the steps of shared.crypto.pairing, carried by a mailbox.

On each side a person compares the six digits before the last step is called. Who carries the
messages, a server or a person with files, changes nothing about the steps. The side of the device
that lets it in is in ``desktop.sync.hosting``.
"""

from collections.abc import Callable
from typing import Protocol

from desktop.sync.chain import Chain, FalseChainError, MissingKeyError
from desktop.sync.joined import Joined
from desktop.sync.restoring import is_whole
from desktop.vault.identity import (
    Identity,
)
from shared.crypto.boxes import open_epoch_box
from shared.crypto.devices import DeviceKeys
from shared.crypto.epochs import Keyring
from shared.crypto.pairing import Met, PairingError, Waiting, Welcome
from shared.crypto.randomness import Random
from shared.crypto.sealing import NotOpenedError
from shared.ids import TenantId
from shared.membership import LinkWithBoxes
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
        self._welcome = welcome  # a mailbox keeps it for ten minutes only
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
