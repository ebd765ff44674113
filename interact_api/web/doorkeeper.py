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
MOMENT = 0.005  # seconds that others have to go first; one that is at work comes to it that soon
AT_ONCE = 64  # connections that are taken after it, when the others don't seem to come to it
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
        self._seen: list[int] = []  # how many were in elsewhere when others were to go first
        self._most = 1  # that are taken if they don't

    def open(self) -> None:
        """Begin."""
        self._door.settimeout(0)
        self.tell()
        self._watch()

    def tell(self) -> int:
        """Tell the others how many are in, and on their way in; return it."""
        count = self._counts[self._number] = len(self._guests) + len(self._coming)
        return count

    async def leave(self) -> None:
        """Take nobody any more, and let those in who are on their way: they are guests already."""
        self.close()
        await asyncio.gather(*self._coming, return_exceptions=True)

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
        count, others = self.tell(), self._others()
        if count <= min((one for one in others if one != NOBODY), default=count):
            self._most = 1
            self._take(1)
            return
        self._most = min(2 * self._most, AT_ONCE) if others == self._seen else 1
        self._seen = others
        self._pause(MOMENT)

    def _pause(self, seconds: float) -> None:
        self._loop.remove_reader(self._door)
        self._timer = self._loop.call_later(seconds, self._insist)

    def _insist(self) -> None:
        """Take somebody whom nobody else took; more and more, if the others take nobody at all."""
        self._watch()
        if self._others() == self._seen:
            self._take(self._most)

    def _others(self) -> list[int]:
        counts = list(self._counts)
        counts[self._number] = NOBODY
        return counts

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
        guest.settimeout(0)
        guest.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        entry = self._loop.connect_accepted_socket(self._factory, guest)
        coming = self._loop.create_task(entry)
        self._coming.add(coming)
        coming.add_done_callback(self._coming.discard)
        self.tell()
