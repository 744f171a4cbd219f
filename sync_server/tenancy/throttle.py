"""Limits on how often strangers may ask: by address, and all together."""

import ipaddress
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from shared.protocol.problems import Code
from sync_server.storage.errors import RefusedError

_MOST_ADDRESSES = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and so many a second in the long run."""

    burst: int
    per_second: float


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled: float


class Throttle:
    """Counts askings. ``now`` returns seconds of a clock that does not go back."""

    def __init__(self, each: Rate, total: Rate, now: Callable[[], float]) -> None:
        self._each = each
        self._total = total
        self._now = now
        self._all = _Bucket(total.burst, now())
        self._buckets: dict[str, _Bucket] = {}

    def spend(self, address: str) -> None:
        """Count one asking from a network, or raise TOO_MANY with the seconds to wait."""
        now = self._now()
        network = network_of(address)
        if len(self._buckets) >= _MOST_ADDRESSES:
            self._forget(now)
        bucket = self._buckets.setdefault(network, _Bucket(self._each.burst, now))
        _spend(bucket, self._each, now)
        _spend(self._all, self._total, now)

    def _forget(self, now: float) -> None:
        """Drop those that would be full again; if all are busy, start anew: the total holds."""
        refill = self._each.burst / self._each.per_second
        self._buckets = {
            network: bucket
            for network, bucket in self._buckets.items()
            if now - bucket.filled < refill
        }
        if len(self._buckets) >= _MOST_ADDRESSES:
            self._buckets = {}


@lru_cache(1024)
def network_of(address: str) -> str:
    """Cut an address to its network, /24 or /48: what one subscriber may have, and logs may say."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    length = 24 if ip.version == 4 else 48  # noqa: PLR2004 - the protocol's own name
    return str(ipaddress.ip_network((ip, length), strict=False).network_address)


def _spend(bucket: _Bucket, rate: Rate, now: float) -> None:
    bucket.tokens = min(rate.burst, bucket.tokens + (now - bucket.filled) * rate.per_second)
    bucket.filled = now
    if bucket.tokens < 1:
        wait = math.ceil((1 - bucket.tokens) / rate.per_second)
        raise RefusedError(Code.TOO_MANY, retry_after=wait)
    bucket.tokens -= 1
