"""The tenant's key of each epoch, and the keys that follow from it.

A new epoch starts whenever a device is put out. Everything written later is sealed under the
new key; the key before lies in a box under it, so that newcomers can read the history.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.crypto.sealing import KEY_BYTES, NotOpenedError, derive, open_sealed, seal
from shared.ids import TenantId
from shared.signing import labelled

EPOCH_BYTES = 4


def commitment_of(epoch_key: bytes, epoch: int) -> bytes:
    """Return the 32 bytes that stand for an epoch's key in the signed chain."""
    return derive(epoch_key, "epoch/commitment", epoch.to_bytes(EPOCH_BYTES))


def close_previous(
    epoch_key: bytes, epoch: int, previous_key: bytes, tenant: TenantId, salt: bytes
) -> bytes:
    """Put the key of ``epoch - 1`` into a box under the key of ``epoch``."""
    return seal(epoch_key, "box/previous", _previous_context(tenant, epoch), previous_key, salt)


def open_previous(
    epoch_key: bytes, epoch: int, box: bytes, tenant: TenantId, commitment: bytes
) -> bytes:
    """Return the key of ``epoch - 1``, or raise NotOpenedError.

    ``commitment`` is that of ``epoch - 1`` in the signed chain.
    """
    previous_key = open_sealed(epoch_key, "box/previous", _previous_context(tenant, epoch), box)
    if not hmac.compare_digest(commitment_of(previous_key, epoch - 1), commitment):
        raise NotOpenedError
    return previous_key


@dataclass(frozen=True, slots=True)
class Keyring:
    """The epoch keys that this device has. Not every epoch of the chain needs to be here."""

    tenant: TenantId
    epoch_keys: Mapping[int, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        if any(len(key) != KEY_BYTES for key in self.epoch_keys.values()):
            raise ValueError("an epoch's key has 32 bytes")

    def has(self, epoch: int) -> bool:
        """Tell whether the key of this epoch is here."""
        return epoch in self.epoch_keys

    def with_key(self, epoch: int, key: bytes) -> "Keyring":
        """Return a keyring that has this key, too."""
        return Keyring(self.tenant, {**self.epoch_keys, epoch: key})

    def space_key(self, epoch: int, space: bytes) -> bytes:
        """Return the key that entries of ``space`` are sealed under. The epoch must be here."""
        epoch_bytes = epoch.to_bytes(EPOCH_BYTES)
        return derive(self.epoch_keys[epoch], "space", self.tenant, epoch_bytes, space)


def _previous_context(tenant: TenantId, epoch: int) -> bytes:
    return labelled("box/previous", tenant, epoch.to_bytes(EPOCH_BYTES))
