"""Everything back from 24 words: the paper device adds a new one."""

from collections.abc import Callable

from desktop.sync.chain import Chain, MissingKeyError, admission, append
from desktop.sync.courier import Courier
from desktop.sync.errors import RefusedError, SyncError
from desktop.sync.joined import Joined
from desktop.vault.identity import Identity
from shared.crypto.devices import DeviceKeys
from shared.crypto.epochs import Keyring
from shared.crypto.paper import paper_device, secret_of
from shared.crypto.randomness import Random
from shared.ids import TenantId
from shared.membership import Membership, Role
from shared.protocol.problems import Code


class OtherKitError(SyncError):
    """These words are no emergency kit of this collection, or one that was replaced since.

    Compare the collection's number and the date on the sheet.
    """


def recover(
    words: str,
    tenant: TenantId,
    server: str,
    courier: Callable[[TenantId, DeviceKeys], Courier],
    random: Random,
) -> Joined:
    """Make this computer a device of the collection that an emergency kit belongs to.

    Raises WrongWordsError for mistyped words, SyncError.
    """
    paper = paper_device(secret_of(words))
    line = courier(tenant, paper)
    try:
        chain = Chain.fetch(line, tenant)
    except RefusedError as error:
        if error.refusal.code is Code.REVOKED:
            raise OtherKitError from error
        raise
    if not is_kit(paper, chain.membership):
        raise OtherKitError
    kit, keys = open_kit(paper, chain), DeviceKeys.generate(random)
    newcomer = keys.introduce(tenant)
    chain, _ = append(line, chain, lambda now: admission(now.membership, kit, newcomer))
    return Joined(server, Identity(keys, kit.keyring), chain.links, founding=chain.whole)


def is_kit(paper: DeviceKeys, membership: Membership) -> bool:
    """Tell whether these keys are a collection's emergency kit, not replaced since."""
    member = membership.devices.get(paper.device)
    return member is not None and member.live and member.role is Role.PAPER


def open_kit(paper: DeviceKeys, chain: Chain) -> Identity:
    """Open the boxes of the paper device, so that it can let another one in; MissingKeyError."""
    keyring = chain.open_keys(paper, Keyring(chain.membership.tenant, {}))
    if chain.lacks_keys(paper.device, keyring):
        raise MissingKeyError
    return Identity(paper, keyring)
