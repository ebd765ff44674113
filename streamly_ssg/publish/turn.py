"""
Whose turn it is: publishers wait for each other, but not for one that has stopped.

The lock is a courtesy, so that two publishers don't do the same work. What keeps readers safe when
somebody stops with the lock in hand is the claim (see `trees.py`).
"""

import fcntl
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SOMEBODY = "another process"
BETWEEN = 0.02  # seconds from one look to the next
LONGEST = 1800  # seconds; no release takes longer


@contextmanager
def turn(path: Path, patience: float, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock at *path*; go on without it if its holder has stopped for so many seconds."""
    with path.open("ab", buffering=0) as file:
        if not _taken(file.fileno()):
            say(f"waiting for {holder(path)}, which is publishing")
            _wait(path, file.fileno(), patience)
        with suppress(OSError):  # on a full disk nobody learns who it is
            file.truncate(0)
            file.write(f"process {os.getpid()}".encode())
        yield


def holder(path: Path) -> str:
    """Return who holds the lock at *path*, as they said themselves."""
    with suppress(FileNotFoundError):
        return path.read_text("utf-8").strip() or SOMEBODY
    return SOMEBODY


def _wait(path: Path, descriptor: int, patience: float) -> None:
    end = time.monotonic() + LONGEST
    seen = time.monotonic()
    while not _taken(descriptor) and time.monotonic() < end:
        if not _is_stopped(holder(path)):
            seen = time.monotonic()
        elif time.monotonic() - seen > patience:
            return
        time.sleep(BETWEEN)


def _is_stopped(named: str) -> bool:
    """Tell whether a process of this machine does nothing because somebody told it to stop."""
    number = re.search(r"\d+", named)
    try:
        text = Path(f"/proc/{number[0] if number else 0}/stat").read_text("utf-8", "replace")
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] in {"T", "t"}


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
