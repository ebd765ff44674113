"""
The writer: the one thread that changes the database, and acknowledges nothing before it is saved.

It takes what is waiting, up to `GROUP` orders, performs each in a savepoint of one transaction and
commits once; so one fsync serves many, and one order that fails spoils nothing for the others.
Small orders of an event loop are performed by that loop, in its own `turn`.
Nobody is told anything before the commit, not even a refusal: it may rest on what another order of
the group has done.

A transaction can end in three ways. Saved. Undone, by a full disk or a lock that another process
holds: everybody of the group is told "not now", and the writer goes on. Unknown, when the disk
fails during the commit: Linux may have dropped what couldn't be written and call the next fsync
good, so nothing can be believed any more, and only a new process may go on.
"""

import asyncio
import logging
import secrets
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import partial
from time import perf_counter
from typing import Any

from .errors import Unavailable, Unknown
from .sqlite import Connection, DatabaseError, is_busy, is_trouble, is_undone
from .turn import Turn
from .turnstile import Turnstile
from .tx import Tx

GROUP = 64
# A group gathers for twice as long as the last commit took, so that one group is saved while those
# of the next one are listened to, on fast disks and on slow ones. In seconds, at least and at most:
GATHERING = 0.0005, 0.02
WAITING = 4096  # orders that may wait before new ones are told to come back
LOG = logging.getLogger(__name__)


class Order:
    """
    A change, and who waits for it: a thread, or a task of the event loop *loop*.

    One that *is_small* is performed by the loop itself.
    """

    __slots__ = ("act", "error", "future", "has_news", "is_small", "loop", "value")

    def __init__(
        self,
        act: Callable[[Tx], Any],
        future: "Future[Any] | asyncio.Future[Any]",
        loop: asyncio.AbstractEventLoop | None = None,
        *,
        is_small: bool = False,
    ) -> None:
        self.act = act
        self.future = future
        self.loop = loop
        self.is_small = is_small
        self.value: Any = None
        self.error: BaseException | None = None
        self.has_news = False  # public facts have changed

    @property
    def performer(self) -> asyncio.AbstractEventLoop | None:
        """Return the event loop that performs this; None is the writer's thread."""
        return self.loop if self.is_small else None

    def is_wanted(self) -> bool:
        """Tell whether anybody still waits; from now on, nobody can call it off."""
        if isinstance(self.future, Future):
            return self.future.set_running_or_notify_cancel()
        return not self.future.cancelled()

    def settle(self) -> None:
        """Hand over what came of it; in the thread of whoever waits, if that is a task."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.value)
        else:
            self.future.set_exception(self.error)


class Writer:
    """Writes through *connection*, which is its own from now on, as the *turnstile* is."""

    def __init__(
        self,
        connection: Connection,
        turnstile: Turnstile,
        clock: Callable[[], int],
        on_change: Callable[[], None],
        on_failure: Callable[[], None],
    ) -> None:
        self.failed = threading.Event()
        self.on_group: Callable[[int], None] = _unheard  # is told how many were saved at once
        self.turn: Turn | None = None  # of a loop, in the transaction that is open
        self._connection = connection
        self._turnstile = turnstile
        self._life = secrets.token_hex(8)
        self._is_born = False  # facts of this life have been saved
        self._gathering = GATHERING[1]
        self._until = 0.0  # when the group at hand is complete
        self._clock = clock
        self._on_change = on_change
        self._on_failure = on_failure
        self._queue: deque[Order] = deque()
        self._door = threading.Condition(threading.Lock())
        self._is_open = True
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Return how many orders wait for their turn."""
        return len(self._queue)

    def put(self, order: Order) -> None:
        """Let *order* wait for its turn; raise Unavailable if it would wait in vain."""
        with self._door:
            if not self._is_open:
                raise Unavailable("The service is stopping.", retry_after=5)
            if len(self._queue) >= WAITING:
                raise Unavailable("Too much is waiting to be saved.", retry_after=1)
            self._queue.append(order)
            if order.performer is None:
                self._door.notify()
                return
        # The loop performs it itself, so it first listens to whoever else has come: they are one
        # group, and nobody has to wait for the lock while they are being listened to.
        order.performer.call_soon(self._wake)

    def _wake(self) -> None:
        with self._door:
            self._door.notify()

    def stop(self) -> None:
        """Do what is waiting, and end."""
        self._close_door()
        self._thread.join()

    def _close_door(self) -> None:
        with self._door:
            self._is_open = False
            self._door.notify()

    def _work(self) -> None:
        while not self.failed.is_set() and self._has_work():
            group: list[Order] = []
            try:
                self._write(group)
            except BaseException:
                LOG.exception("the writer has a mistake")
                self._fail(group)
            self.on_group(len(group))
            _tell(group)
            self._ring(group)
        self._close_door()
        self._turn_away()
        self._connection.close()
        self._turnstile.close()
        if self.failed.is_set():
            self._on_failure()

    def _has_work(self) -> bool:
        """Wait for an order; False means that none will come any more."""
        with self._door:
            while not self._queue and self._is_open:
                self._door.wait()
            return bool(self._queue)

    def _write(self, group: list[Order]) -> None:
        try:
            self._begin()
        except DatabaseError as error:
            while len(group) < GROUP and (order := self._next()) is not None:
                group.append(order)
            self._undo(group, error)
            return
        try:
            self._gather(group)
        except DatabaseError as error:
            self._undo(group, error)
        else:
            self._commit(group)

    def _begin(self) -> None:
        if not self._turnstile.enter(self._may_begin):
            raise DatabaseError("another process writes, and doesn't end")

    def _may_begin(self) -> bool:
        """Begin a transaction unless another process has one."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except DatabaseError as error:
            if is_busy(error):
                return False
            raise
        return True

    def _gather(self, group: list[Order]) -> None:
        """Perform what waits, each order where it is to be, until nothing does or time is up."""
        while self._queue and self._has_room(group):
            loop = self._queue[0].performer
            step = partial(self._perform_next, group, loop)
            if loop is None:
                step()
            else:
                self._take_turn(Turn(step, loop))

    def _take_turn(self, turn: Turn) -> None:
        self.turn = turn
        try:
            turn.take()
        finally:
            self.turn = None

    def _perform_next(self, group: list[Order], loop: asyncio.AbstractEventLoop | None) -> bool:
        """Perform the next order if it is one for *loop* and belongs to *group*; tell whether."""
        while self._queue and self._queue[0].performer is loop and self._has_room(group):
            order = self._queue.popleft()
            if order.is_wanted():
                if not group:
                    self._until = perf_counter() + self._gathering
                group.append(order)
                self._perform(order)
                return True
        return False

    def _has_room(self, group: list[Order]) -> bool:
        return not group or (len(group) < GROUP and perf_counter() < self._until)

    def _next(self) -> Order | None:
        """Take the next order for which anybody still waits."""
        while self._queue:
            order = self._queue.popleft()
            if order.is_wanted():
                return order
        return None

    def _perform(self, order: Order) -> None:
        """Perform *order* in a savepoint; a DatabaseError says that the transaction is lost."""
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

    def _commit(self, group: list[Order]) -> None:
        began = perf_counter()
        try:
            self._connection.execute("COMMIT")
        except DatabaseError as error:
            if is_undone(error):
                self._undo(group, error)
            else:
                LOG.critical("the disk failed in a commit: %s", error)
                self._fail(group)
        else:
            self._is_born = self._is_born or any(order.has_news for order in group)
            least, most = GATHERING
            self._gathering = min(max(2 * (perf_counter() - began), least), most)

    def _undo(self, group: list[Order], error: DatabaseError) -> None:
        """Take back what the group has done, and say so."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        for order in group:
            order.error, order.has_news = _not_now(error), False

    def _fail(self, group: list[Order]) -> None:
        self.failed.set()
        for order in group:
            order.error, order.has_news = Unknown("The disk failed while saving."), False

    def _ring(self, group: list[Order]) -> None:
        if not any(order.has_news for order in group):
            return
        try:
            self._on_change()
        except Exception:
            LOG.exception("nobody heard that facts have changed")

    def _turn_away(self) -> None:
        """Answer those who came too late."""
        while (order := self._next()) is not None:
            order.error = Unavailable("The service is stopping.", retry_after=5)
            _tell([order])


def _tell(group: Iterable[Order]) -> None:
    """Tell everybody, and wake each event loop once: waking it costs as much as a small change."""
    loops: dict[asyncio.AbstractEventLoop, list[Order]] = {}
    for order in group:
        if order.loop is None:
            order.settle()
        else:
            loops.setdefault(order.loop, []).append(order)
    for loop, orders in loops.items():
        try:
            loop.call_soon_threadsafe(_settle, orders)
        except RuntimeError:
            LOG.warning("%d changes were saved, and whoever asked for them is gone", len(orders))


def _settle(orders: list[Order]) -> None:
    for order in orders:
        order.settle()


def _unheard(_size: int) -> None:
    """Hear what nobody wants to know."""


def _not_now(error: BaseException) -> Unavailable:
    refusal = Unavailable("This can't be saved now: nothing has changed.", retry_after=5)
    refusal.__cause__ = error
    return refusal
