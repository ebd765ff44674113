"""
Pulling: what was pushed somewhere comes into the folder of the site.

It is fetched in a thread of its own, for readers don't wait for another machine. The files change
between two builds, so that no build sees half of a commit. What can't be pulled is tried again,
less and less often: the net may be down, or somebody has yet to tidy up here.
"""

import logging
import threading
from time import monotonic

from interact_api.db import Database

from . import pulls
from .checkout import Checkout, GitError
from .keeper import Keeper
from .pulls import Pulls

FIRST, LONGEST = 2.0, 300.0  # seconds until it is tried again
LOG = logging.getLogger(__name__)


class Pulling:
    """Pulls into *checkout* what *database* says was pushed."""

    def __init__(self, database: Database, checkout: Checkout, keeper: Keeper) -> None:
        self._database = database
        self._checkout = checkout
        self._keeper = keeper
        self._thread: threading.Thread | None = None
        self._error: GitError | None = None
        self._known = Pulls()
        self._pause = FIRST
        self._not_before = 0.0

    def take(self) -> str:
        """Take over what was fetched, and return its commit; start fetching if it's time to."""
        if self._thread is None:
            self._begin()
        elif not self._thread.is_alive():
            self._thread = None
            return self._advance()
        return ""

    def _begin(self) -> None:
        found = pulls.read(self._database.reader)
        if not found.is_due or (found.wanted == self._known.wanted and self._must_wait):
            return
        self._known, self._error = found, None
        self._thread = threading.Thread(target=self._fetch, name="fetch", daemon=True)
        self._thread.start()

    @property
    def _must_wait(self) -> bool:
        return monotonic() < self._not_before

    def _fetch(self) -> None:
        try:
            self._checkout.fetch()
        except GitError as error:
            self._error = error

    def _advance(self) -> str:
        try:
            if self._error is not None:
                raise self._error
            commit = self._checkout.advance()
        except GitError as error:
            self._fail(str(error))
            return ""
        self._pause, self._not_before = FIRST, 0.0
        self._note(Pulls(pulled=self._known.wanted, commit_id=commit))
        return commit

    def _fail(self, text: str) -> None:
        self._not_before = monotonic() + self._pause
        LOG.error("what was pushed can't be pulled: %s; again in %g s", text, self._pause)
        self._pause = min(2 * self._pause, LONGEST)
        self._note(self._known._replace(problem=text))

    def _note(self, known: Pulls) -> None:
        self._database.write_now(lambda tx: pulls.end(tx, self._keeper.number, known))
