"""
Announcing: other places get each release, and a cache in front of the site hears of it.

Either may be slow, or away; so this happens in a thread of its own, and what didn't arrive is tried
again. The journal of the releases knows how far each has come, whoever brought it there.
"""

import logging
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from streamly_ssg.errors import StreamlyError
from streamly_ssg.publish.purges import Purges
from streamly_ssg.publish.releases import Releases
from streamly_ssg.publish.targets import Place

GRACE = 2.0  # seconds that it may go on when the worker ends
AGAIN = 5.0  # seconds until somebody who was away is tried again
LOG = logging.getLogger(__name__)


class Listener(Protocol):
    """Somebody who wants to know of each release."""

    def hear(self, releases: Releases) -> bool:
        """Learn of the release that readers see; False: not all of it arrived."""


class Target:
    """A place that each release is sent to."""

    def __init__(self, name: str, place: Place) -> None:
        self._name = name
        self._place = place

    def hear(self, releases: Releases) -> bool:
        """Send what the place lacks."""
        sent = self._place.send(releases)
        LOG.info("%s shows release %d: %d files sent", self._name, sent.release, sent.written)
        return True


class Cache:
    """A cache at *address* that is told what it has to forget."""

    def __init__(self, address: str, token: str) -> None:
        self._address = address
        self._token = token

    def hear(self, releases: Releases) -> bool:
        """Tell the cache what it doesn't know."""
        late = Purges(releases, self._address, self._token).send()
        if late:
            LOG.warning("the cache doesn't know %d keys yet", late)
        return not late


class Announcer:
    """
    Tells *listeners* of each release in *root*, one after the other.

    Nobody is told before all earlier ones know: a cache that forgets a page asks a place for it,
    which has to have the new one.
    """

    def __init__(self, root: Path, listeners: Sequence[Listener]) -> None:
        self._root = root
        self._listeners = listeners
        self._news = threading.Event()
        self._is_done = False

    def tell(self) -> None:
        """Say that there may be a new release."""
        self._news.set()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Announce for as long as the block runs."""
        if not self._listeners:
            yield
            return
        thread = threading.Thread(target=self._work, name="announcer", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._is_done = True
            self._news.set()
            thread.join(GRACE)  # what has not arrived by then is tried by whoever comes next

    def _work(self) -> None:
        releases = Releases(self._root)
        try:
            is_told = True
            while not self._is_done:
                self._news.wait(None if is_told else AGAIN)
                self._news.clear()
                is_told = self._tell_all(releases)
        finally:
            releases.close()

    def _tell_all(self, releases: Releases) -> bool:
        try:
            return all(one.hear(releases) for one in self._listeners)
        except (StreamlyError, sqlite3.Error, OSError) as error:
            LOG.warning("a release didn't arrive: %s; trying again in %g s", error, AGAIN)
        except Exception:
            LOG.exception("telling of a release has a mistake; trying again in %g s", AGAIN)
        return False
