"""
The doorkeeper: takes connections from a socket that several processes listen to, each its share.

The kernel wakes all of them, and whoever comes first would take all that wait; with connections
that stay open, one process would then do the work of two. So each takes one at a time, and who has
more than another one lets the others go first for a moment.
"""

import asyncio
import logging
import socket
from collections.abc import Callable, Sized

from interact_api.shared import Shared

LOG = logging.getLogger(__name__)
MOMENT = 0.002  # seconds that others have to go first
AT_ONCE = 16  # connections that are taken after it: the others don't come to it
PAUSE = 0.1  # seconds after which one that couldn't be taken is tried again
NOBODY = -1  # is there


class Doorkeeper:
    """
    Stands at *door* for one process.

    Args:
        door: the socket; it listens.
        factory: makes what speaks with whoever came in.
        guests: who is in.
        shared: what the processes share.
    """

    def __init__(
        self,
        door: socket.socket,
        factory: Callable[[], asyncio.Protocol],
        guests: Sized,
        shared: Shared,
    ) -> None:
        self._door = door
        self._factory = factory
        self._guests = guests
        self._number = shared.number
        self._counts = shared.common(8 * shared.many).cast("q")
        self._loop = asyncio.get_running_loop()
        self._coming: set[asyncio.Task[object]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def open(self) -> None:
        """Begin."""
        self._door.setblocking(False)
        self.tell()
        self._watch()

    def tell(self) -> int:
        """Tell the others how many are in, and on their way in; return it."""
        count = self._counts[self._number] = len(self._guests) + len(self._coming)
        return count

    def close(self) -> None:
        """Take nobody any more."""
        self._loop.remove_reader(self._door)
        if self._timer is not None:
            self._timer.cancel()
        self._counts[self._number] = NOBODY

    def _watch(self) -> None:
        self._loop.add_reader(self._door, self._look)

    def _look(self) -> None:
        """Take one who waits, or let the others do it."""
        count = self.tell()
        if count > min(one for one in self._counts if one != NOBODY):
            self._pause(MOMENT)
        else:
            self._take(1)

    def _pause(self, seconds: float) -> None:
        self._loop.remove_reader(self._door)
        self._timer = self._loop.call_later(seconds, self._insist)

    def _insist(self) -> None:
        """Take those whom nobody else took."""
        self._watch()
        self._take(AT_ONCE)

    def _take(self, most: int) -> None:
        """Take those who wait, at most so many."""
        try:
            for _ in range(most):
                self._let_in(self._door.accept()[0])
        except (BlockingIOError, ConnectionAbortedError):
            pass
        except OSError:
            LOG.exception("nobody can come in")
            self._pause(PAUSE)

    def _let_in(self, guest: socket.socket) -> None:
        guest.setblocking(False)
        guest.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        entry = self._loop.connect_accepted_socket(self._factory, guest)
        coming = self._loop.create_task(entry)
        self._coming.add(coming)
        coming.add_done_callback(self._coming.discard)
        self.tell()
