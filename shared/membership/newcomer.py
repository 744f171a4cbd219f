"""How a device presents itself to the chain."""

import struct
from dataclasses import dataclass

from shared.ids import DeviceId, TenantId
from shared.signing import SigningKey, labelled, verify

MLKEM_PUBLIC_BYTES = 1184
X25519_PUBLIC_BYTES = 32
BOX_PUBLIC_BYTES = MLKEM_PUBLIC_BYTES + X25519_PUBLIC_BYTES
UNBORN_TENANT = TenantId(bytes(32))
"""Stands for the tenant in the proof of the first device, which exists before its tenant's id."""

_LAYOUT = struct.Struct(f">16s32s{BOX_PUBLIC_BYTES}s64s")
NEWCOMER_BYTES = _LAYOUT.size


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A device's id, its two public keys, and its own signature that it joins this tenant.

    ``box_public`` is the HPKE key: ML-KEM-768, 1,184 bytes, then X25519, 32 bytes.
    """

    device: DeviceId
    signing_public: bytes
    box_public: bytes
    proof: bytes

    @classmethod
    def introduce(
        cls, key: SigningKey, tenant: TenantId, device: DeviceId, box_public: bytes
    ) -> "Newcomer":
        """Present the device that owns ``key`` to ``tenant``."""
        return cls(
            device, key.public, box_public, key.sign(_claim(tenant, device, key.public, box_public))
        )

    def proves(self, tenant: TenantId) -> bool:
        """Tell whether the device itself agreed to join ``tenant``."""
        message = _claim(tenant, self.device, self.signing_public, self.box_public)
        return verify(self.signing_public, self.proof, message)

    def encode(self) -> bytes:
        """Return the 1,328 bytes."""
        return _LAYOUT.pack(self.device, self.signing_public, self.box_public, self.proof)

    @classmethod
    def parse(cls, raw: bytes) -> "Newcomer":
        """Read exactly NEWCOMER_BYTES bytes; raise struct.error on any other number."""
        return cls(*_LAYOUT.unpack(raw))


def _claim(tenant: TenantId, device: DeviceId, signing_public: bytes, box_public: bytes) -> bytes:
    return labelled("member", tenant, device, signing_public, box_public)
