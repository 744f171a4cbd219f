"""A new emergency kit in place of the old one, whose words open nothing from then on.

It is no wish that waits, as a removal is: until the link is at the server the old words count and
the new ones do not, and a sheet that does not work yet would be taken for one that does. So the
server must be reached, and the words are shown only afterwards. The same words again do no harm.
"""

from desktop.sync.books import Books
from desktop.sync.chain import Chain, append, check_manager
from desktop.sync.courier import Courier
from desktop.sync.rotation import next_epoch
from desktop.sync.trunk import fetch_trunk
from desktop.sync.two_lists import demand_one_list
from desktop.vault.identity import Identity, add_founding
from desktop.vault.vault import Vault
from shared.crypto.devices import DeviceKeys
from shared.crypto.randomness import Random
from shared.membership import LinkWithBoxes, Membership, Newcomer, Role, change_recovery
from shared.protocol.messages import LinkParcel


def change_kit(
    vault: Vault, paper: DeviceKeys, random: Random, courier: Courier | None
) -> tuple[bytes, ...]:
    """Let ``paper`` be the paper device, and return the chain that says so.

    ``courier`` is None for a collection without a server.

    With a server, sync afterwards: that brings the link and its key here. Raises SyncError;
    ForkedChainError while there are two lists of devices.
    """
    newcomer = paper.introduce(vault.tenant)
    if courier is None:
        with vault.log.turn:
            return _change_here(Books(vault, random), vault, newcomer, random)
    books = Books(vault, random)
    chain = fetch_trunk(courier, books, vault.secrets)
    if newcomer.device in chain.membership.devices:
        return chain.links  # an earlier try got through, and its answer was lost

    def sign(now: Chain) -> LinkWithBoxes:
        keys, keyring = books.identity.keys, books.identity.keyring
        signer = Identity(keys, now.open_keys(keys, keyring))
        return kit_link(now.membership, signer, newcomer, random)

    chain, made = append(courier, chain, sign)
    _keep(vault, made)
    return chain.links


def _change_here(books: Books, vault: Vault, paper: Newcomer, random: Random) -> tuple[bytes, ...]:
    demand_one_list(vault.secrets)
    if paper.device not in books.membership.devices:
        made = kit_link(books.membership, books.identity, paper, random)
        _keep(vault, made)
        books.grow((LinkParcel(made.link, made.boxes),))
    return books.links


def kit_link(
    membership: Membership, signer: Identity, paper: Newcomer, random: Random
) -> LinkWithBoxes:
    """Make the link that puts the old paper device out and starts the next epoch.

    Raises NotOwnerError, MissingKeyError.
    """
    check_manager(membership, signer.keys.device)
    stay = [member for member in membership.live if member.role is not Role.PAPER]
    epoch = next_epoch(membership, signer, [*stay, paper], random)
    return change_recovery(membership, signer.keys.signer, paper, epoch)


def _keep(vault: Vault, made: LinkWithBoxes) -> None:
    """Keep a link with its boxes: a server that lost its chain gets it back from here."""
    add_founding(vault.secrets, (made,))
