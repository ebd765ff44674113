"""
The turnstile: the writers of several processes come in one by one, none before those who wait.

SQLite lets one transaction write at a time, and has whoever waits sleep for up to a tenth of a
second between two looks, so that others pass. Here one waits at a time, the next one, and looks
often; who has just written and has more to write becomes the next one only when the one before has
its turn. To look for a moment, without becoming the next one, costs next to nothing.

The turn itself is SQLite's own lock, so whatever happens here, no two ever write at once.
"""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from .locks import NEXT, WRITING, Locks, beside

PATIENCE = 5.0  # seconds that others may take
SHORTEST, LONGEST = 0.0001, 0.01  # seconds between two looks
GROWTH = 1.2  # by which they become rarer
MOST_OF_IT = 0.5  # of what the last waits took goes by before the first look


class Turnstile:
    """The way to the database at *path*; for one at a time."""

    def __init__(self, path: Path, patience: float = PATIENCE) -> None:
        self._locks = Locks(beside(path))
        self._patience = patience
        self._usual = 0.0  # seconds that waiting took lately

    def enter(self, begin: Callable[[], bool]) -> bool:
        """Wait until *begin* returns True; return False if others took too long."""
        until = time.monotonic() + self._patience
        # What somebody holds who was stopped doesn't keep us from asking SQLite itself.
        has_place = self._wait(self._take_place, until)
        try:
            return self._wait(partial(self._pass, begin), until) or begin()
        finally:
            if has_place:
                self._locks.give_back(NEXT)

    def look(self, begin: Callable[[], bool]) -> bool:
        """Return what *begin* returns if nobody is in, nor waits."""
        if not self._take_place():
            return False
        try:
            return self._pass(begin)
        finally:
            self._locks.give_back(NEXT)

    def leave(self) -> None:
        """Let the next one in."""
        self._locks.give_back(WRITING)

    def close(self) -> None:
        """Let go of the file."""
        self._locks.close()

    def _take_place(self) -> bool:
        return self._locks.take(NEXT)

    def _pass(self, begin: Callable[[], bool]) -> bool:
        """Try to begin, but don't trouble SQLite while somebody is in."""
        if not self._locks.take(WRITING):
            return False
        has_begun = False
        try:
            has_begun = begin()
        finally:
            if not has_begun:
                self.leave()
        return has_begun

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
