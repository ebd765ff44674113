"""
The listener: an event loop that does what was asked of it once nobody else speaks.

Several requests come in one round of a loop, the next ones while these are being read. So it goes
on listening as long as each round brings another one, and only then tries to do what they want. If
somebody is in the way, it tries again in each of its next rounds, for a moment: to be woken by a
thread, or to wake one, takes longer than most of what is waited for. After that, it leaves it to
the thread, which can wait for long.
"""

import asyncio
import os
from collections.abc import Callable
from time import perf_counter

MOMENT = 0.006  # seconds of trying; what another process writes takes half of it
MOST = 64  # that are listened to


class Listener:
    """
    Listens in *loop*.

    Args:
        loop: where.
        waiting: tells how many have come.
        attempt: does what they want; returns False if that is to be tried again.
        leave: leaves it to somebody else.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        waiting: Callable[[], int],
        attempt: Callable[[asyncio.AbstractEventLoop], bool],
        leave: Callable[[], None],
    ) -> None:
        self.loop = loop
        self._waiting = waiting
        self._attempt = attempt
        self._leave = leave
        self._is_listening = False
        self._heard = 0
        self._until = 0.0  # tries begin when this is set

    def hear(self) -> None:
        """Begin to listen, as somebody has spoken in this loop."""
        if not self._is_listening:
            self._is_listening = True
            self._heard, self._until = 0, 0.0
            self.loop.call_soon(self._listen)

    def _listen(self) -> None:
        waiting = self._waiting()
        if self._heard < waiting < MOST:
            self._heard = waiting
            self.loop.call_soon(self._listen)
            return
        self._is_listening = False  # whatever becomes of it
        if not self._attempt(self.loop):
            self._try_again()

    def _try_again(self) -> None:
        now = perf_counter()
        self._until = self._until or now + MOMENT
        if now < self._until:
            os.sched_yield()  # whoever is in the way may wait for this very processor
            self._is_listening = True
            self.loop.call_soon(self._listen)
        else:
            self._leave()
