"""
The turnstile: the writers of several processes come in one by one, none before those who wait.

SQLite lets one transaction write at a time, and has whoever waits sleep for up to a tenth of a
second between two looks, so that others pass. Here one waits at a time, the next one, and looks
often; who has just written and has more to write becomes the next one only when the one before has
its turn. The turn itself is SQLite's own lock, so whatever happens here, no two ever write at once.
"""

import time
from collections.abc import Callable
from pathlib import Path

from .locks import NEXT, Locks, beside

PATIENCE = 5.0  # seconds that others may take
SHORTEST, LONGEST = 0.0001, 0.01  # seconds between two looks
GROWTH = 1.2  # by which they become rarer
MOST_OF_IT = 0.5  # of what the last waits took goes by before the first look


class Turnstile:
    """The way to the database at *path*; for one thread."""

    def __init__(self, path: Path, patience: float = PATIENCE) -> None:
        self._locks = Locks(beside(path))
        self._patience = patience
        self._usual = 0.0  # seconds that waiting took lately

    def enter(self, begin: Callable[[], bool]) -> bool:
        """Wait until *begin* returns True; return False if others took too long."""
        until = time.monotonic() + self._patience
        # A place that somebody holds who was stopped doesn't keep us from asking SQLite itself.
        has_place = self._wait(self._take_place, until)
        try:
            return self._wait(begin, until)
        finally:
            if has_place:
                self._locks.give_back(NEXT)

    def close(self) -> None:
        """Let go of the file."""
        self._locks.close()

    def _take_place(self) -> bool:
        return self._locks.take(NEXT)

    def _wait(self, is_open: Callable[[], bool], until: float) -> bool:
        """Look until it *is_open*, and once more when time is up."""
        if is_open():
            return True
        began = time.monotonic()
        time.sleep(min(max(self._usual * MOST_OF_IT, SHORTEST), LONGEST))
        pause = SHORTEST
        while not is_open():
            if time.monotonic() > until:
                return is_open()
            time.sleep(pause)
            pause = min(pause * GROWTH, LONGEST)
        self._usual += (time.monotonic() - began - self._usual) / 8
        return True
