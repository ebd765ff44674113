"""Keeping the lease: waiting for it, saying that we are there, noticing that somebody has it."""

import logging
import threading
import time
from collections.abc import Callable

from interact_api.db import Database, DatabaseError
from interact_api.errors import Refusal

from . import lease, process
from .lease import Lease, Overtaken

SECONDS = 10.0  # without a sign of life after which a holder is taken for dead
LOOK = 0.25  # seconds between two looks at somebody else's lease
LOG = logging.getLogger(__name__)


class Keeper:
    """The lease as this process holds it, or waits for it."""

    def __init__(self, database: Database, seconds: float = 0) -> None:
        self.number = 0
        self._database = database
        self._seconds = seconds or SECONDS
        self._good_until = 0.0
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    def take(self, is_wanted: Callable[[], bool]) -> bool:
        """Wait until the lease is ours; False if nobody wants it any more."""
        seen, since, has_told = None, time.monotonic(), False
        while is_wanted():
            found = lease.read(self._database.reader)
            if found != seen:
                seen, since = found, time.monotonic()
            if self._is_free(found, time.monotonic() - since) and self._taken(found):
                return True
            if not has_told:
                LOG.info("%s is at work; waiting for it", _named(found))
                has_told = True
            time.sleep(LOOK)
        return False

    def check(self) -> None:
        """Raise Overtaken if the lease isn't ours, or if nobody could be told that it is."""
        if self._done.is_set() or time.monotonic() > self._good_until:
            raise Overtaken

    def give_back(self) -> None:
        """Let the next one have it."""
        self._done.set()
        if self._thread is not None:
            self._thread.join()
        try:
            self._database.write_now(lambda tx: lease.give_back(tx, self.number))
        except Refusal as error:
            LOG.warning("the lease wasn't given back: %s", error.detail)

    def _is_free(self, found: Lease, silent: float) -> bool:
        if not found.holder or found.number == self.number:
            return True
        state = process.state(found.holder)
        if state == process.GONE:
            LOG.warning("%s is gone; going on for it", _named(found))
            return True
        if silent <= self._seconds:
            return False
        LOG.warning("%s has been silent for %.0f s; going on for it", _named(found), silent)
        if state == process.STOPPED:
            # It may hold locks of the database and of the builder, and nobody knows until when.
            # Nothing is lost with it: a worker may die at any moment.
            process.end(found.holder)
        return True

    def _taken(self, found: Lease) -> bool:
        try:
            number = self._database.write_now(lambda tx: lease.take(tx, process.ours(), found))
        except Refusal as error:
            LOG.warning("the lease can't be taken: %s", error.detail)
            return False
        if number:
            self.number = number
            self._good_until = time.monotonic() + self._seconds
            self._done = threading.Event()
            self._thread = threading.Thread(target=self._beat, name="lease", daemon=True)
            self._thread.start()
        return bool(number)

    def _beat(self) -> None:
        """Say now and then that we are there; a database that can't be written now may be later."""
        while not self._done.wait(self._seconds / 4):
            begun = time.monotonic()
            try:
                self._database.write_now(lambda tx: lease.beat(tx, self.number))
            except Overtaken:
                self._done.set()
            except (Refusal, DatabaseError) as error:
                LOG.warning("nobody could be told that this worker is there: %s", error)
            else:
                self._good_until = begun + self._seconds


def _named(found: Lease) -> str:
    return f"the worker in process {found.holder.partition(' ')[0]}"
