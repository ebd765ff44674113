"""
The ledger: orders that are saved together, each in a savepoint of one transaction.

One fsync serves many, and one order that fails spoils nothing for the others. Nobody is told
anything before the commit, not even a refusal: it may rest on what another order has done.

A transaction can end in three ways. Saved. Undone, by a full disk or a lock that another process
holds: everybody in it is told "not now", and writing goes on. Unknown, when the disk fails during
the commit: Linux may have dropped what couldn't be written and call the next fsync good, so nothing
can be believed any more, and only a new process may go on.
"""

import logging
import secrets
import threading
from collections.abc import Callable, Iterable
from time import perf_counter

from .errors import Unavailable, Unknown
from .order import Order
from .sqlite import Connection, DatabaseError, is_busy, is_trouble, is_undone
from .turnstile import Turnstile
from .tx import Tx

LOG = logging.getLogger(__name__)


class Ledger:
    """
    Writes through *connection*, which is its own from now on, as the *turnstile* is.

    `enter` or `look` begins a transaction, each of the others but `perform` ends it and returns the
    orders that were in it.
    """

    def __init__(
        self, connection: Connection, turnstile: Turnstile, clock: Callable[[], int]
    ) -> None:
        self.failed = threading.Event()
        self.saving = 0.0  # seconds that commits took lately
        self.group: list[Order] = []  # what the transaction holds
        self._connection = connection
        self._turnstile = turnstile
        self._clock = clock
        self._life = secrets.token_hex(8)
        self._is_born = False  # facts of this life have been saved

    def enter(self) -> None:
        """Begin as soon as no other process writes; a DatabaseError says that it went on."""
        if not self._turnstile.enter(self._may_begin):
            raise DatabaseError("another process writes, and doesn't end")

    def look(self) -> bool:
        """Begin if no other process writes now."""
        return self._turnstile.look(self._may_begin)

    def perform(self, order: Order) -> None:
        """Perform *order*; a DatabaseError says that the transaction is lost."""
        self.group.append(order)
        self._connection.execute("SAVEPOINT act")
        try:
            tx = Tx(self._connection, self._clock(), self._life, is_born=self._is_born)
            order.value = order.act(tx)
            order.has_news = bool(tx.changed)
        except BaseException as error:
            if not self._connection.in_transaction:
                raise DatabaseError("SQLite took everything back") from error
            self._connection.execute("ROLLBACK TO act")
            order.error = _not_now(error) if is_trouble(error) else error
        self._connection.execute("RELEASE act")

    def save(self) -> list[Order]:
        """Commit."""
        began = perf_counter()
        try:
            self._connection.execute("COMMIT")
        except DatabaseError as error:
            if is_undone(error):
                return self.undo(error)
            LOG.critical("the disk failed in a commit: %s", error)
            return self.fail()
        self.saving += (perf_counter() - began - self.saving) / 8
        self._is_born = self._is_born or any(order.has_news for order in self.group)
        return self._end()

    def undo(self, error: Exception, more: Iterable[Order] = ()) -> list[Order]:
        """Take everything back, and what was to come as well."""
        self.group.extend(more)
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        for order in self.group:
            order.error, order.has_news = _not_now(error), False
        return self._end()

    def fail(self) -> list[Order]:
        """Give up for good: nobody knows what is on the disk."""
        self.failed.set()
        for order in self.group:
            order.error, order.has_news = Unknown("The disk failed while saving."), False
        return self._end()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        self._turnstile.close()

    def _may_begin(self) -> bool:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except DatabaseError as error:
            if is_busy(error):
                return False
            raise
        return True

    def _end(self) -> list[Order]:
        group, self.group = self.group, []
        try:
            self._turnstile.leave()
        except OSError:
            LOG.exception("the next one can't be let in")
        return group


def _not_now(error: BaseException) -> Unavailable:
    refusal = Unavailable("This can't be saved now: nothing has changed.", retry_after=5)
    refusal.__cause__ = error
    return refusal
