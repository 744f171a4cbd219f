"""Plans: named sets of limits. Every tenant has one."""

from collections.abc import Mapping
from typing import Final

from shared.protocol.limits import MIB
from sync_server.storage.tenant_store import Limits

GIB = 1024 * MIB
STANDARD: Final = "standard"
SMALL: Final = "small"
LARGE: Final = "large"
Plans = Mapping[str, Limits]
PLANS: Final[Plans] = {
    SMALL: Limits(log_bytes=256 * MIB, file_bytes=2 * GIB, devices=8),
    STANDARD: Limits(log_bytes=2 * GIB, file_bytes=50 * GIB, devices=32),
    LARGE: Limits(log_bytes=16 * GIB, file_bytes=500 * GIB, devices=128),
}
