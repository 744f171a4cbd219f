"""How often a tenant and each of its devices may ask, as its plan says."""

import math
from collections.abc import Callable

from shared.ids import DeviceId, TenantId
from sync_server.storage.limits import Limits
from sync_server.tenancy.throttle import Buckets, Rate

_BURST_SECONDS = 10
"""What may come at once: what comes in so many seconds in the long run."""


class Allowances:
    """Counts proven requests. ``now`` returns seconds of a clock that does not go back."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._tenants = Buckets(now)
        self._devices = Buckets(now)

    def require(self, tenant: TenantId, device: DeviceId, limits: Limits) -> None:
        """Raise TOO_MANY if nothing is left: before a signature is checked or a body is read.

        Only what was proven has been counted, so nobody can use up what is another's.
        """
        self._devices.require(device, _rate(limits.device_rate))
        self._tenants.require(tenant, _rate(limits.rate))

    def spend(self, tenant: TenantId, device: DeviceId, limits: Limits) -> None:
        """Count a proven request, or raise TOO_MANY with the seconds to wait."""
        self._devices.spend(device, _rate(limits.device_rate))
        self._tenants.spend(tenant, _rate(limits.rate))


def _rate(per_second: float) -> Rate:
    return Rate(math.ceil(per_second * _BURST_SECONDS), per_second)
