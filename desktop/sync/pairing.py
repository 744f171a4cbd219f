"""A second device joins: the steps of shared.crypto.pairing, carried by a mailbox.

On each side a person compares the six digits before the last step is called.
"""

from collections.abc import Callable, Iterable

from desktop.sync.chain import Chain, FalseChainError, MissingKeyError, admission, append
from desktop.sync.courier import Courier
from desktop.sync.joined import Joined
from desktop.sync.mailbox import Mailbox
from desktop.vault.identity import Identity, keep_founding, read_founding, read_identity
from desktop.vault.vault import Vault
from shared.crypto.devices import DeviceKeys
from shared.crypto.epochs import Keyring
from shared.crypto.pairing import Code, Greeting, Meeting, Met, Waiting, Welcome
from shared.crypto.randomness import Random
from shared.ids import PairId, TenantId

OFFER, REVEAL, WELCOME = range(3)

OpenMailbox = Callable[[PairId], Mailbox]


class Newcomer:
    """The new device's side. ``code`` is the text to carry to a device of the collection."""

    def __init__(self, open_mailbox: OpenMailbox, random: Random) -> None:
        self._random = random
        self._waiting = Waiting.start(random)
        self._mailbox = open_mailbox(self._waiting.code.pair)
        self._keys = DeviceKeys.generate(random)
        self.code = self._waiting.code.text

    def meet(self) -> "Guest":
        """Wait until the code was entered on the other device; then there are digits to show.

        Raises PairingError, SyncError.
        """
        met = self._waiting.meet(self._mailbox.wait_for(OFFER), self._keys, self._random)
        self._mailbox.leave(REVEAL, met.reveal)
        return Guest(self._mailbox, met, self._keys)


class Guest:
    """The new device, once both screens show ``digits``."""

    def __init__(self, mailbox: Mailbox, met: Met, keys: DeviceKeys) -> None:
        self._mailbox = mailbox
        self._met = met
        self._keys = keys
        self._welcome: Welcome | None = None
        self.digits = met.digits

    def join(self, server: str, courier: Callable[[TenantId, DeviceKeys], Courier]) -> Joined:
        """Take the keys: call this when the person has said that the digits agree.

        Waits for the owner's consent. If the line broke, call it again. Raises PairingError,
        SyncError.
        """
        if self._welcome is None:
            self._welcome = self._met.join(self._mailbox.wait_for(WELCOME))
        welcome = self._welcome
        tenant = self._met.tenant
        chain = Chain.fetch(courier(tenant, self._keys), tenant)
        member = chain.membership.devices.get(self._keys.device)
        if welcome.head not in chain.hashes or member is None or not member.live:
            raise FalseChainError
        keyring = chain.open_keys(self._keys, Keyring(tenant, {}))
        if chain.lacks_keys(self._keys.device, keyring):
            raise MissingKeyError
        return Joined(server, Identity(self._keys, keyring), chain.links, welcome.heads)


class Host:
    """The side of a device that belongs to the collection already."""

    def __init__(self, courier: Courier, vault: Vault, random: Random) -> None:
        self._courier = courier
        self._log = vault.log
        self._secrets = vault.secrets
        self._identity = read_identity(vault.secrets)
        self._chain = Chain.held(vault.log.state())
        self._random = random

    def greet(self, text: str, open_mailbox: OpenMailbox) -> "Reception":
        """Answer a code and wait for the new device; then there are digits to show.

        Raises PairingError for a code that is none, SyncError.
        """
        greeting = Greeting.answer(Code.parse(text), self._chain.membership.tenant, self._random)
        mailbox = open_mailbox(greeting.code.pair)
        mailbox.leave(OFFER, greeting.offer)
        return Reception(self, mailbox, greeting.meet(mailbox.wait_for(REVEAL)))

    def admit(self, meeting: Meeting, heads: Iterable[bytes]) -> bytes:
        """Sign the new device into the chain; return the sealed welcome."""
        chain, made = append(
            self._courier,
            self._chain,
            lambda now: admission(now, self._identity, meeting.newcomer),
        )
        keep_founding(self._secrets, (*read_founding(self._secrets), made))
        self._log.absorb((), chain.links)  # so that a server that loses them gets them back
        (box,) = made.boxes
        membership = chain.membership
        content = Welcome(membership.tenant, membership.head, (), box, tuple(heads))
        return meeting.welcome(content, self._random)


class Reception:
    """The owner's device, once both screens show ``digits``."""

    def __init__(self, host: Host, mailbox: Mailbox, meeting: Meeting) -> None:
        self._host = host
        self._mailbox = mailbox
        self._meeting = meeting
        self.digits = meeting.digits

    def admit(self, heads: Iterable[bytes]) -> None:
        """Add the new device: call this when the person has said that the digits agree.

        ``heads`` are the head lines of what the server has acknowledged. The next sync brings
        the new link into the vault. Raises SyncError.
        """
        self._mailbox.leave(WELCOME, self._host.admit(self._meeting, heads))
