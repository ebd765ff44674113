"""
How often is too often. The only door to `limits`.

Reads, writes and beacons are counted for an account, or for a block of addresses if nobody is
signed in; what touches passwords or sends mail is counted for the block and the route, whoever
asks, and for the account besides. Windows are fixed, so at their border twice the number may pass.
If the counters fail, the latter is refused and everything else let through. All processes of the
service count together.
"""

import logging
import time
from typing import NamedTuple

import limits
from limits.storage import Storage

from interact_api.errors import TooMany, Unavailable
from interact_api.settings import Limits
from interact_api.shared import Shared
from interact_api.tallies import Full, Tallies

from .headers import Headers
from .routing import Route

LOG = logging.getLogger(__name__)
CLASSES = ("read", "write", "auth", "mail", "beacon")
CAREFUL = frozenset({"auth", "mail"})  # refused if the counters fail
MOST = 100_000  # counters; nobody makes us remember more


class Counters(Storage):
    """
    Counters in the memory that the processes share.

    The library's own are one process's, start a thread each hundredth of a second and look at every
    counter there. The clock is the machine's, which all processes have.
    """

    STORAGE_SCHEME = None

    def __init__(self, shared: Shared | None = None, most: int = MOST) -> None:
        super().__init__()
        self._tallies = Tallies(shared or Shared(), most)

    @property
    def base_exceptions(self) -> type[Exception]:
        """Return what goes wrong here."""
        return Full

    def add(self, key: str, expiry: int) -> tuple[int, float]:
        """Count one; return the sum since the window began, and when the window ends."""
        return self._tallies.add(key, time.monotonic(), expiry)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count *amount*; return the sum since the window began."""
        return self._tallies.add(key, time.monotonic(), expiry, amount)[0]

    def get(self, key: str) -> int:
        """Return the sum since the window began."""
        count, until = self._tallies.find(key)
        return count if until > time.monotonic() else 0

    def get_expiry(self, key: str) -> float:
        """Return when the window ends, by the monotonic clock."""
        return self._tallies.find(key)[1] or time.monotonic()

    def check(self) -> bool:
        """Tell that memory is there."""
        return True

    def reset(self) -> None:
        """Forget everything."""
        self._tallies.reset()

    def clear(self, key: str) -> None:
        """Forget one counter."""
        self._tallies.clear(key)


class Window(NamedTuple):
    """What is left of a limit: *reset* is in seconds."""

    limit: int
    remaining: int
    reset: int

    @property
    def headers(self) -> Headers:
        """Return the headers that tell it."""
        return [
            (b"ratelimit-limit", b"%d" % self.limit),
            (b"ratelimit-remaining", b"%d" % self.remaining),
            (b"ratelimit-reset", b"%d" % self.reset),
        ]


class Exceeded(TooMany):
    """One request too many in *window*."""

    def __init__(self, window: Window) -> None:
        super().__init__(f"Too many requests; again in {window.reset} s.", retry_after=window.reset)
        self.window = window


class Limiter:
    """Counts requests, and refuses those that are too many."""

    def __init__(self, rates: Limits, counters: Counters | None = None) -> None:
        self._rates = {name: limits.parse(getattr(rates, name)) for name in CLASSES}
        self._counters = counters or Counters()

    def take(self, route: Route, user_id: int, place: str) -> Window | None:
        """
        Count one request of *route*; return what is left.

        Raises:
            Exceeded: if it is one too many.
            Unavailable: if that can't be known, and it matters.
        """
        name = route.limit
        try:
            if name not in CAREFUL:
                return self._hit(name, f"u{user_id}" if user_id else place)
            window = self._hit(name, f"{place} {route.name}")
            return self._hit(name, f"u{user_id} {route.name}") if user_id else window
        except Exceeded:
            raise
        except Exception as error:
            LOG.exception("the counters of limits fail")
            if name in CAREFUL:
                raise Unavailable("This can't be done now.", retry_after=5) from error
            return None

    def _hit(self, name: str, who: str) -> Window:
        rate = self._rates[name]
        # What the library's strategy of fixed windows does, with one key made instead of three.
        key = f"{name}/{who}"
        count, until = self._counters.add(key, rate.get_expiry())
        seconds = int(until - time.monotonic()) + 1
        if count > rate.amount:
            raise Exceeded(Window(rate.amount, 0, seconds))
        return Window(rate.amount, rate.amount - count, seconds)
