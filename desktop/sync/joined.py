"""What a device has in its hands when it has become one of a collector's devices."""

from dataclasses import dataclass, field

from shared.crypto.devices import DeviceKeys
from shared.crypto.epochs import Keyring
from shared.ids import TenantId


@dataclass(frozen=True, slots=True)
class Joined:
    """Enough to make a vault and sync it for the first time.

    ``heads`` are head lines (device 16 | incarnation 8 | seq 8 | hash 32) of what the device
    that welcomed this one had sent to the server: the first sync must bring at least these.
    """

    tenant: TenantId
    server: str
    keys: DeviceKeys = field(repr=False)
    keyring: Keyring = field(repr=False)
    links: tuple[bytes, ...]
    heads: tuple[bytes, ...] = ()
