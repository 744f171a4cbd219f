"""Plans: named sets of limits. Every tenant has one."""

from collections.abc import Mapping
from typing import Final

from shared.protocol.limits import MIB
from sync_server.storage.tenant_store import Limits

GIB = 1024 * MIB
STANDARD: Final = "standard"
Plans = Mapping[str, Limits]
PLANS: Final[Plans] = {
    STANDARD: Limits(log_bytes=2 * GIB, file_bytes=50 * GIB, devices=32),
}
