"""
Whose turn it is: publishers wait for each other, but not for ever.

The lock is a courtesy, so that two publishers don't do the same work. What keeps readers safe when
somebody stops with the lock in hand is the claim (see `trees.py`).
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

BETWEEN = 0.02  # seconds from one look to the next


@contextmanager
def turn(path: Path, patience: float, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock at *path*; go on without it if its holder doesn't stir for so many seconds."""
    with path.open("a+") as file:
        if not _taken(file.fileno()):
            say(f"waiting for {holder(path)}, which is publishing")
            deadline = time.monotonic() + patience
            while not _taken(file.fileno()) and time.monotonic() < deadline:
                time.sleep(BETWEEN)
        file.truncate(0)
        file.write(f"process {os.getpid()}")
        file.flush()
        yield


def holder(path: Path) -> str:
    """Return who holds the lock at *path*, as they said themselves."""
    return path.read_text("utf-8").strip() or "another process"


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
