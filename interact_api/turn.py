"""
A turn: small steps that an event loop takes itself, while a thread waits for them.

A change that takes a tenth of a millisecond waits longer than that for the interpreter if a thread
makes it beside a busy loop, for SQLite lets go of it at every statement. So the loop makes such
changes between two requests, and leaves to the thread what takes time: the lock and the disk. It
goes on for some milliseconds at most, then others have their turn. If it doesn't come to it,
because it has ended or is held up, the thread does it after all.
"""

import asyncio
import threading
from collections.abc import Callable
from math import inf
from time import perf_counter

SLICE = 0.004  # seconds that a loop goes on without looking at anything else
PATIENCE = 0.5  # seconds that the thread waits for a loop


class Turn:
    """Calls of *step*, until it returns False, made by *loop*."""

    def __init__(self, step: Callable[[], bool], loop: asyncio.AbstractEventLoop) -> None:
        self._step = step
        self._loop = loop
        self._lock = threading.Lock()  # whoever holds it takes steps
        self._over = threading.Event()
        self._error: BaseException | None = None

    def take(self) -> None:
        """Let the loop take all steps, wait for that, and raise what a step has raised."""
        try:
            self._loop.call_soon_threadsafe(self._go_on, SLICE)
        except RuntimeError:  # it is closed
            self._go_on()
        if not self._over.wait(PATIENCE):
            self._go_on()
        if self._error is not None:
            raise self._error

    def hasten(self) -> None:
        """Go on now, if this is called in the loop: it may have much else to do before."""
        if asyncio.get_running_loop() is self._loop:
            self._go_on(SLICE)

    def _go_on(self, seconds: float = inf) -> None:
        """Take all steps that are left; after so many seconds, let the loop do other things."""
        with self._lock:
            until = perf_counter() + seconds
            try:
                while not self._over.is_set() and self._step():
                    if perf_counter() > until:
                        self._loop.call_soon(self._go_on, SLICE)
                        return
            except BaseException as error:  # noqa: BLE001 - raised where it is waited for
                self._error = error
            self._over.set()
