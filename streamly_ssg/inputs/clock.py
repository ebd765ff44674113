"""
The clock: ``now:``, the moment a build is for.

Nearly always nothing depends on it: between two moments at which a post appears or disappears, any
two builds are the same. So the last build leaves the span in which its answer stays true, and the
key counts as changed only outside of it.
"""

from datetime import UTC, datetime
from typing import Any

from streamly_ssg.engine import digest
from streamly_ssg.engine.key import Key, make
from streamly_ssg.engine.shelf import Shelf

NOW = make("now")


class Clock:
    """One moment, *now*; *shelf* remembers the span of the last build."""

    def __init__(self, now: datetime, shelf: Shelf) -> None:
        self.now = now.astimezone(UTC)
        self._shelf = shelf

    def changed(self) -> set[Key]:
        """Return the key of the clock if its last answer may no longer be true."""
        span = self._shelf.get("clock")
        if span is None:
            return {NOW}
        since, until = span
        moment = self.now.isoformat()
        return set() if since <= moment and (not until or moment < until) else {NOW}

    def look(self, _key: Key) -> tuple[bytes, Any]:
        """Return the digest and the value of now."""
        return digest.of(self.now.isoformat().encode()), self.now

    def keep(self, since: str, until: str) -> None:
        """Remember that every moment from *since* up to *until* would give the same site."""
        span = (since, until)
        if self._shelf.get("clock") != span:
            self._shelf.set("clock", span)
