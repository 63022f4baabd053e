"""Rate limits: token buckets in memory. Each server process counts for itself."""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """`burst` messages at once, then `per_second` of them."""

    burst: float
    per_second: float


# A person types a message every few seconds; a town office or a school stands behind one address.
PER_CONVERSATION = Rate(burst=30, per_second=0.5)
PER_ADDRESS = Rate(burst=240, per_second=4)


class Buckets:
    """Token buckets by key; the least recently used are dropped, so memory is bounded (a dropped bucket is full)."""

    def __init__(self, rate: Rate, size: int = 20_000, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._size, self._clock = rate, size, clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str) -> int:
        """0 and one token taken, or the whole seconds until there is one."""
        now = self._clock()
        level, seen = self._levels.pop(key, (self._rate.burst, now))
        level = min(self._rate.burst, level + (now - seen) * self._rate.per_second)
        allowed = level >= 1
        self._levels[key] = (level - 1 if allowed else level, now)
        if len(self._levels) > self._size:
            self._levels.popitem(last=False)
        return 0 if allowed else max(1, math.ceil((1 - level) / self._rate.per_second))


def address_key(host: str | None) -> str | None:
    """What one address counts as: IPv4 as it is, IPv6 by its /64 (one household). None = not limited.

    Loopback is not limited: it is the operator, or a proxy that hides everyone's address (then one bucket would
    stop the whole county; forward the address, see uvicorn's --proxy-headers).
    """
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return host or "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            address = address.ipv4_mapped
        elif not address.is_loopback:
            return str(ipaddress.ip_network((address, 64), strict=False))
    return None if address.is_loopback else str(address)
