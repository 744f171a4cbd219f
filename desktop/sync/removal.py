"""Devices that are put out or get other rights: wished for at any time, signed when possible.

A wish is kept in the vault, so it outlives a restart. When it is carried out, one link does all:
the device is out, its entries count up to what is known of it here, and a new key is made that
it is not given. Another right needs no new key.
"""

from desktop.sync.books import Books
from desktop.sync.rotation import next_epoch
from desktop.vault.identity import Identity, add_founding
from desktop.vault.vault import Secrets
from shared.crypto.randomness import Random
from shared.ids import DeviceId
from shared.ledger import Heads
from shared.membership import (
    Cut,
    Cuts,
    LinkWithBoxes,
    Membership,
    Role,
    change_role,
    revoke,
)

_WISH = "device to remove/"
_ROLE_WISH = "role to give/"


def wish(secrets: Secrets, device: DeviceId) -> None:
    """Ask that a device be put out as soon as the server can be reached."""
    secrets.put(_WISH + device.hex(), b"")


def withdraw(secrets: Secrets, device: DeviceId) -> None:
    """Take that back, if it was not carried out yet."""
    secrets.drop(_WISH + device.hex())


def is_wished(secrets: Secrets, device: DeviceId) -> bool:
    """Tell whether a device is to be put out."""
    return secrets.get(_WISH + device.hex()) is not None


def wish_role(secrets: Secrets, device: DeviceId, role: Role) -> None:
    """Ask that a device get other rights as soon as the server can be reached."""
    secrets.put(_ROLE_WISH + device.hex(), bytes([role]))


def withdraw_role(secrets: Secrets, device: DeviceId) -> None:
    """Take that back, if it was not carried out yet."""
    secrets.drop(_ROLE_WISH + device.hex())


def wished_role(secrets: Secrets, device: DeviceId) -> Role | None:
    """Tell which rights a device is to get, if other ones than it has."""
    kept = secrets.get(_ROLE_WISH + device.hex())
    return None if kept is None else Role(kept[0])


class Removals:
    """Makes the links that were wished for. One thread uses it."""

    def __init__(self, books: Books, secrets: Secrets, random: Random) -> None:
        self._books = books
        self._secrets = secrets
        self._random = random

    def next_link(self) -> LinkWithBoxes | None:
        """Make the next link that is to be appended; None if no wish is left.

        Wishes that came true are dropped, whoever it was that carried them out; those of a device
        that is no owner wait. Raises MissingKeyError if the chain has a newer key than this device.
        """
        membership = self._books.membership
        me = membership.devices[self._books.identity.keys.device]
        to_remove, roles = self._wished(_WISH), self._wished(_ROLE_WISH)
        for device, member in membership.devices.items():
            if not (device in to_remove or device in roles):
                continue
            role = Role(roles[device][0]) if device in roles else member.role
            if not member.live:
                withdraw(self._secrets, device)
            if not member.live or role is member.role:
                withdraw_role(self._secrets, device)
            if member.live and me.may_manage and device in to_remove:
                return self._kept(self._removal(membership, device))
            if member.live and me.may_manage and role is not member.role:
                return self._kept(self._role_change(membership, device, role))
        return None

    def _wished(self, prefix: str) -> dict[DeviceId, bytes]:
        kept = self._secrets.under(prefix)
        return {DeviceId(bytes.fromhex(device)): wish for device, wish in kept.items()}

    def _role_change(self, membership: Membership, device: DeviceId, role: Role) -> LinkWithBoxes:
        heads = self._books.ledger.state.heads
        cuts = {} if role.writes else cuts_here(heads, device)
        return change_role(membership, self._books.identity.keys.signer, device, role, cuts)

    def _removal(self, membership: Membership, device: DeviceId) -> LinkWithBoxes:
        heads = self._books.ledger.state.heads
        return removal(membership, self._books.identity, device, heads, self._random)

    def _kept(self, link: LinkWithBoxes) -> LinkWithBoxes:
        """Keep a link with its boxes: a server that lost its chain gets it back from here."""
        add_founding(self._secrets, (link,))
        return link


def cuts_here(heads: Heads, device: DeviceId) -> Cuts:
    """Return how far each stream of a device has come here."""
    return {
        origin.incarnation: Cut(head.seq, head.hash)
        for origin, head in heads.items()
        if origin.device == device
    }


def removal(
    membership: Membership, signer: Identity, device: DeviceId, heads: Heads, random: Random
) -> LinkWithBoxes:
    """Make the link that puts a device out and starts the next epoch.

    What the device wrote counts as far as ``heads`` know it. Raises MissingKeyError if the chain
    has a newer epoch than ``signer``.
    """
    stay = [member for member in membership.live if member.device != device]
    epoch = next_epoch(membership, signer, stay, random)
    return revoke(membership, signer.keys.signer, device, cuts_here(heads, device), epoch)
