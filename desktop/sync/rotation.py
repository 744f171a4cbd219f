"""A new tenant key, for the devices that stay and nobody else."""

from collections.abc import Iterable

from desktop.sync.chain import MissingKeyError
from desktop.vault.identity import Identity
from shared.crypto.boxes import close_epoch_box
from shared.crypto.epochs import close_previous, commitment_of
from shared.crypto.randomness import Random
from shared.crypto.sealing import KEY_BYTES
from shared.envelope.entries import SALT_BYTES
from shared.membership import Member, Membership, Newcomer, NextEpoch


def next_epoch(
    membership: Membership, signer: Identity, stay: Iterable[Member | Newcomer], random: Random
) -> NextEpoch:
    """Make a key, in a box for everybody who stays; the key before lies in one under it.

    Raises MissingKeyError if the chain has a newer epoch than ``signer``.
    """
    if not signer.keyring.has(membership.epoch):
        raise MissingKeyError
    tenant, number, key = membership.tenant, membership.epoch + 1, random(KEY_BYTES)
    before = signer.keyring.epoch_keys[membership.epoch]
    boxes = {
        one.device: close_epoch_box(
            one.box_public, key, tenant=tenant, epoch=number, device=one.device
        )
        for one in stay
    }
    previous = close_previous(key, number, before, tenant, random(SALT_BYTES))
    return NextEpoch(commitment_of(key, number), previous, boxes)
