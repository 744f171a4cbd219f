"""The first two links of every collection: its first device, and its paper device."""

from dataclasses import dataclass, field

from shared.crypto.boxes import close_epoch_box
from shared.crypto.devices import DeviceKeys
from shared.crypto.epochs import commitment_of
from shared.crypto.paper import PAPER_BYTES, paper_device, words_of
from shared.crypto.randomness import Random, check_random
from shared.crypto.sealing import KEY_BYTES
from shared.ids import TenantId
from shared.membership import LinkWithBoxes, Role, admit, begin_chain, extend, found

FIRST_EPOCH = 1


@dataclass(frozen=True, slots=True)
class Founded:
    """A tenant that did not exist before. ``words`` are shown once and kept nowhere."""

    tenant: TenantId
    keys: DeviceKeys = field(repr=False)
    epoch_key: bytes = field(repr=False)
    links: tuple[LinkWithBoxes, ...]
    words: tuple[str, ...] = field(repr=False)


def found_tenant(random: Random) -> Founded:
    """Make a tenant with this device as its owner, and an emergency kit.

    Raise BrokenRandomnessError if the computer gives no randomness.
    """
    check_random(random)
    keys = DeviceKeys.generate(random)
    epoch_key = random(KEY_BYTES)
    commitment = commitment_of(epoch_key, FIRST_EPOCH)
    genesis = found(keys.signing, keys.device, keys.box.public, commitment)
    membership = begin_chain(genesis)
    secret = random(PAPER_BYTES)
    paper = paper_device(secret).introduce(membership.tenant)
    box = close_epoch_box(
        paper.box_public,
        epoch_key,
        tenant=membership.tenant,
        epoch=FIRST_EPOCH,
        device=paper.device,
    )
    second = admit(membership, keys.signer, paper, Role.PAPER, box)
    extend(membership, second.link)
    links = (LinkWithBoxes(genesis), second)
    return Founded(membership.tenant, keys, epoch_key, links, words_of(secret))
