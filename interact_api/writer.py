"""
The writer: the only one who changes the database, and acknowledges nothing before it is saved.

It takes what is waiting, up to `GROUP` orders, and saves it at once, in a `ledger`. Small orders of
an event loop are performed by that loop. Where the disk is quick and nobody else writes, the loop
saves them itself, for to wake a thread takes longer; otherwise the writer's thread waits for the
lock, lets the loop have its `turn`, and waits for the disk.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from time import perf_counter

from .errors import Unavailable
from .ledger import Ledger
from .listener import Listener
from .order import Order, tell
from .sqlite import DatabaseError
from .turn import SLICE, Turn

GROUP = 64
# The thread's groups gather for twice as long as commits took lately, so that one group is saved
# while those of the next one are listened to. In seconds, at least and at most:
GATHERING = 0.0005, 0.02
QUICK = 0.002  # seconds that a commit may take if an event loop is to wait for it
WAITING = 4096  # orders that may wait before new ones are told to come back
LOG = logging.getLogger(__name__)


class Writer:
    """Writes into *ledger*, in a thread of its own and in the event loops that ask for it."""

    def __init__(
        self, ledger: Ledger, on_change: Callable[[], None], on_failure: Callable[[], None]
    ) -> None:
        self.on_group: Callable[[int], None] = _unheard  # is told how many were saved at once
        self.turn: Turn | None = None  # of a loop, in the transaction that is open
        self._ledger = ledger
        self._lasting = 0.0  # seconds from the first order of a group to the last one
        self._until = 0.0  # when the group at hand is complete
        self._on_change = on_change
        self._on_failure = on_failure
        self._queue: deque[Order] = deque()
        self._listener: Listener | None = None  # in the loop that asked last
        self._door = threading.Condition(threading.Lock())
        self._pen = threading.Lock()  # whoever has it uses the ledger
        self._is_open = True
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    @property
    def failed(self) -> threading.Event:
        """Return what is set when the disk has failed."""
        return self._ledger.failed

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
        self._listener_in(order.performer).hear()

    def stop(self) -> None:
        """Do what is waiting, and end."""
        self._close_door()
        self._thread.join()

    def _listener_in(self, loop: asyncio.AbstractEventLoop) -> Listener:
        listener = self._listener
        if listener is None or listener.loop is not loop:
            listener = Listener(loop, self._queue.__len__, self._save_at_once, self._wake)
            self._listener = listener
        return listener

    def _wake(self) -> None:
        with self._door:
            self._door.notify()

    def _close_door(self) -> None:
        with self._door:
            self._is_open = False
            self._door.notify()

    # In an event loop

    def _save_at_once(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Save what waits if nobody else writes; return False if that is to be tried again."""
        if not self._is_for(loop) or not self._pen.acquire(blocking=False):
            self._wake()
            return True
        try:
            if not self._ledger.look():
                return False
            group = self._saved(partial(self._perform_soon, loop))
        except (DatabaseError, OSError):
            self._wake()  # the thread will meet it too, and tell it
            return True
        finally:
            self._pen.release()
        self._announce(group, loop)
        return not self._queue

    def _is_for(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Tell whether what waits is for *loop*, and saving it wouldn't hold up others there."""
        is_own = bool(self._queue) and self._queue[0].performer is loop
        return is_own and self._ledger.saving < QUICK and not self.failed.is_set()

    def _perform_soon(self, loop: asyncio.AbstractEventLoop) -> None:
        """Perform orders of *loop* for as long as it may do nothing else."""
        self._lasting = SLICE
        while self._perform_next(loop):
            pass

    # In the thread

    def _work(self) -> None:
        while self._has_work():
            with self._pen:
                group = self._saved(self._fill) if self._queue else []  # a loop may be quicker
            self._announce(group)
        self._close_door()
        self._turn_away()
        with self._pen:
            self._ledger.close()
        if self.failed.is_set():
            self._on_failure()

    def _has_work(self) -> bool:
        """Wait for an order; False means that none will come any more."""
        with self._door:
            while not self._queue and self._is_open and not self.failed.is_set():
                self._door.wait()
            return bool(self._queue) and not self.failed.is_set()

    def _fill(self) -> None:
        """Perform what waits, once no other process writes."""
        self._ledger.enter()
        self._gather()

    def _gather(self) -> None:
        """Perform what waits, each order where it is to be, until nothing does or time is up."""
        least, most = GATHERING
        self._lasting = min(max(2 * self._ledger.saving, least), most)
        while self._queue and self._has_room():
            loop = self._queue[0].performer
            if loop is None:
                self._perform_next(loop)
            else:
                self._take_turn(Turn(partial(self._perform_next, loop), loop))

    def _take_turn(self, turn: Turn) -> None:
        self.turn = turn
        try:
            turn.take()
        finally:
            self.turn = None

    def _turn_away(self) -> None:
        """Answer those who came too late."""
        for order in self._wanted():
            order.error = Unavailable("The service is stopping.", retry_after=5)
            tell([order])

    # In either

    def _saved(self, fill: Callable[[], None]) -> list[Order]:
        """Let *fill* perform what waits in a transaction, end that, and return what was in it."""
        try:
            try:
                fill()
            except (DatabaseError, OSError) as error:
                # If it couldn't even begin, those who wait hear of it.
                return self._ledger.undo(error, () if self._ledger.group else self._wanted(GROUP))
            return self._ledger.save()
        except BaseException:
            LOG.exception("the writer has a mistake")
            return self._ledger.fail()

    def _perform_next(self, loop: asyncio.AbstractEventLoop | None) -> bool:
        """Perform the next order if it is one for *loop* and there is room; tell whether."""
        while self._queue and self._queue[0].performer is loop and self._has_room():
            order = self._queue.popleft()
            if order.is_wanted():
                if not self._ledger.group:
                    self._until = perf_counter() + self._lasting
                self._ledger.perform(order)
                return True
        return False

    def _has_room(self) -> bool:
        taken = len(self._ledger.group)
        return not taken or (taken < GROUP and perf_counter() < self._until)

    def _wanted(self, most: int = WAITING) -> Iterator[Order]:
        """Take orders for which somebody still waits, at most so many."""
        while self._queue and most:
            order = self._queue.popleft()
            if order.is_wanted():
                most -= 1
                yield order

    def _announce(self, group: list[Order], here: asyncio.AbstractEventLoop | None = None) -> None:
        """Tell everybody what came of it."""
        _let_hear(self.on_group, len(group))
        tell(group, here)
        if self.failed.is_set():
            self._wake()
        if any(order.has_news for order in group):
            _let_hear(self._on_change)


def _let_hear(who: Callable[..., None], *values: int) -> None:
    """Tell somebody whose mistakes are no reason to stop."""
    try:
        who(*values)
    except Exception:
        LOG.exception("somebody didn't hear what was saved")


def _unheard(_size: int) -> None:
    """Hear what nobody wants to know."""
