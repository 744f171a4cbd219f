"""All secret keys of one device, made together and kept together in the vault."""

from dataclasses import dataclass

from shared.crypto.boxes import BoxKey
from shared.crypto.randomness import Random
from shared.ids import DEVICE_BYTES, DeviceId, TenantId
from shared.membership import Newcomer, Signer
from shared.signing import SigningKey


@dataclass(frozen=True, slots=True)
class DeviceKeys:
    """A device: its id, the key that it signs with, the key that boxes for it are closed to."""

    device: DeviceId
    signing: SigningKey
    box: BoxKey

    @classmethod
    def generate(cls, random: Random) -> "DeviceKeys":
        """Make a new device from fresh random bytes."""
        device = DeviceId(random(DEVICE_BYTES))
        return cls(device, SigningKey.generate(random), BoxKey.generate(random))

    @property
    def signer(self) -> Signer:
        """The device as signer of a link."""
        return Signer(self.device, self.signing)

    def introduce(self, tenant: TenantId) -> Newcomer:
        """Present this device to ``tenant``, so that an owner can add it."""
        return Newcomer.introduce(self.signing, tenant, self.device, self.box.public)
