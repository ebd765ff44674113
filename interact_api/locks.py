"""
Locks between processes: places in a file that the kernel frees when their holder ends, however.

Nothing is ever written into the file, and who has opened it twice is two to it.
"""

import fcntl
import os
import struct
import sys
from pathlib import Path

OWNER_ONLY = 0o600
# Who writes next; who does what one process does for all; who writes now.
NEXT, DUTY, WRITING = 0, 1, 2
_IS_OF_FILES = hasattr(fcntl, "F_OFD_SETLK") and sys.maxsize > 2**32


class Locks:
    """The locks of the file at *path*, which is made if it isn't there."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_ONLY)

    def take(self, place: int) -> bool:
        """Take the lock at *place* if nobody has it; tell whether it is ours."""
        try:
            self._set(place, fcntl.F_WRLCK)
        except (BlockingIOError, PermissionError):
            return False
        return True

    def give_back(self, place: int) -> None:
        """Let somebody else have the lock at *place*."""
        self._set(place, fcntl.F_UNLCK)

    def close(self) -> None:
        """Give back every lock."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _set(self, place: int, kind: int) -> None:
        if _IS_OF_FILES:
            # What belongs to the open file isn't lost when another one of the same name is closed.
            wish = struct.pack("hhqqi4x", kind, os.SEEK_SET, place, 1, 0)
            fcntl.fcntl(self._file, fcntl.F_OFD_SETLK, wish)
        elif kind == fcntl.F_UNLCK:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, place)
        else:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)


def beside(database: Path) -> Path:
    """Return the file with the locks of those who use *database*."""
    return database.with_name(f"{database.name}-locks")
