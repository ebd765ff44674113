"""
Announcing: a cache in front of the site hears of each release.

A cache may be slow, or away; so this happens in a thread of its own, and what it didn't hear it is
told again. The journal of the releases knows how far it has heard, whoever told it.
"""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streamly_ssg.errors import StreamlyError
from streamly_ssg.publish.purges import Purges
from streamly_ssg.publish.releases import Releases

GRACE = 2.0  # seconds that it may go on when the worker ends
AGAIN = 5.0  # seconds until the cache is asked whether it listens now
LOG = logging.getLogger(__name__)


class Announcer:
    """Tells the cache at *address* of the releases in *root*; without an address, nobody."""

    def __init__(self, root: Path, address: str, token: str) -> None:
        self._root = root
        self._address = address
        self._token = token
        self._news = threading.Event()
        self._is_done = False

    def tell(self) -> None:
        """Say that there may be a new release."""
        self._news.set()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Announce for as long as the block runs."""
        if not self._address:
            yield
            return
        thread = threading.Thread(target=self._work, name="announcer", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._is_done = True
            self._news.set()
            thread.join(GRACE)  # what the cache has not answered by then, it is told again

    def _work(self) -> None:
        releases = Releases(self._root)
        try:
            purges = Purges(releases, self._address, self._token)
            late = 0
            while not self._is_done:
                self._news.wait(AGAIN if late else None)
                self._news.clear()
                late = self._send(purges)
        finally:
            releases.close()

    def _send(self, purges: Purges) -> int:
        try:
            late = purges.send()
        except (StreamlyError, sqlite3.Error) as error:
            LOG.warning("the cache isn't told: %s", error)
            return 1
        if late:
            LOG.warning("the cache doesn't know %d keys yet", late)
        return late
