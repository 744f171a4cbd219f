"""Limits on how often somebody may ask: a bucket of askings each, filled again at a steady rate."""

import ipaddress
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from shared.protocol.problems import Code
from sync_server.storage.errors import RefusedError

_MOST_BUCKETS = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and so many a second in the long run; 0 a second means any number."""

    burst: int
    per_second: float


@dataclass(slots=True)
class _Bucket:
    rate: Rate
    tokens: float
    filled: float

    def fill(self, rate: Rate, now: float) -> None:
        """Add what has come in since it was last looked at."""
        since = now - self.filled
        self.rate, self.filled = rate, now
        self.tokens = min(rate.burst, self.tokens + since * rate.per_second)

    def is_full(self, now: float) -> bool:
        """Tell whether it is as good as a new one."""
        return self.tokens + (now - self.filled) * self.rate.per_second >= self.rate.burst


class Buckets:
    """One bucket for each who asks. ``now`` returns seconds of a clock that does not go back."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._buckets: dict[str | bytes, _Bucket] = {}

    def require(self, who: str | bytes, rate: Rate) -> None:
        """Raise TOO_MANY with the seconds to wait, if nothing is left for somebody."""
        if who in self._buckets:
            self._filled(who, rate)

    def spend(self, who: str | bytes, rate: Rate) -> None:
        """Count one asking, or raise TOO_MANY."""
        if rate.per_second:
            self._filled(who, rate).tokens -= 1

    def _filled(self, who: str | bytes, rate: Rate) -> _Bucket:
        now = self._now()
        if len(self._buckets) >= _MOST_BUCKETS:
            self._forget(now)
        bucket = self._buckets.setdefault(who, _Bucket(rate, rate.burst, now))
        bucket.fill(rate, now)
        if bucket.tokens < 1 and rate.per_second:
            wait = math.ceil((1 - bucket.tokens) / rate.per_second)
            raise RefusedError(Code.TOO_MANY, retry_after=wait)
        return bucket

    def _forget(self, now: float) -> None:
        """Drop those that are full again; if all are busy, start anew."""
        busy = {who: each for who, each in self._buckets.items() if not each.is_full(now)}
        self._buckets = busy if len(busy) < _MOST_BUCKETS else {}


class Throttle:
    """Limits strangers: each network, and all together."""

    def __init__(self, each: Rate, total: Rate, now: Callable[[], float]) -> None:
        self._each = each
        self._total = total
        self._networks = Buckets(now)
        self._all = Buckets(now)

    def spend(self, address: str) -> None:
        """Count one asking from a network, or raise TOO_MANY with the seconds to wait."""
        self._networks.spend(network_of(address), self._each)
        self._all.spend("all", self._total)


@lru_cache(1024)
def network_of(address: str) -> str:
    """Cut an address to its network, /24 or /48: what one subscriber may have, and logs may say."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    length = 24 if ip.version == 4 else 48  # noqa: PLR2004 - the protocol's own name
    return str(ipaddress.ip_network((ip, length), strict=False).network_address)


@lru_cache(1024)
def is_here(address: str) -> bool:
    """Tell whether an address is this machine's own: a proxy beside us, or the operator."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
