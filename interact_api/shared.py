"""
Memory that the processes of one service share, so that what they count is one number.

It is a file that has no name and lies in no folder: made by whoever starts the processes, handed to
them as an open file, gone with the last of them. So a process that dies takes nothing along, and
nothing in it reaches a disk. One process alone has it too.
"""

import fcntl
import mmap
import os
import secrets
import tempfile
import time
from contextlib import suppress

KEY = 32  # bytes
OWN = 1 << 18  # bytes that each process has to itself
COMMON = 1 << 24  # bytes for all; what nobody writes to takes no memory
LONGEST = 0.05  # seconds that one waits for others; they need some millionths of one
PAUSE = 0.00005
AGAIN = 1.0  # seconds before one that was stopped while it held the lock is waited for again


class Held(Exception):
    """Another process holds the memory's lock and doesn't give it back: it was stopped."""


class Shared:
    """
    The memory as process *number* of so *many* sees it; in a ``with`` block, for it alone.

    Args:
        descriptor: the open file, if somebody has made it.
        number: which process this is, from 0 on.
        many: how many there are.
    """

    def __init__(self, descriptor: int = -1, number: int = 0, many: int = 1) -> None:
        self.descriptor = make(many) if descriptor < 0 else descriptor
        self.number = number
        self.many = many
        self._taken = 0
        self._memory = mmap.mmap(self.descriptor, COMMON + many * OWN)
        self.key = bytes(self.common(KEY))  # a secret of this memory
        self._not_before = 0.0

    def common(self, size: int) -> memoryview:
        """Return the next *size* bytes of what is common; who asks in the same order shares."""
        begin, self._taken = self._taken, self._taken + -(-size // 64) * 64
        if self._taken > COMMON:
            raise ValueError("so much can't be shared")
        return memoryview(self._memory)[begin : begin + size]

    def own(self, number: int) -> memoryview:
        """Return what belongs to process *number*; others only look at it."""
        begin = COMMON + number * OWN
        return memoryview(self._memory)[begin : begin + OWN]

    def __enter__(self) -> None:
        """Let no other process change what is common; raise Held if that can't be had."""
        if self.many > 1:
            self._take()

    def __exit__(self, *_: object) -> None:
        """Let others change it again."""
        if self.many > 1:
            fcntl.lockf(self.descriptor, fcntl.LOCK_UN, 1)

    def _take(self) -> None:
        began = time.monotonic()
        if began < self._not_before:
            raise Held
        while True:
            with suppress(BlockingIOError, PermissionError):
                fcntl.lockf(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1)
                return
            if time.monotonic() > began + LONGEST:
                self._not_before = time.monotonic() + AGAIN
                raise Held
            time.sleep(PAUSE)


def make(many: int) -> int:
    """Return an open file for the memory of so *many* processes, with a key of its own."""
    descriptor = _nameless()
    os.ftruncate(descriptor, COMMON + many * OWN)
    os.pwrite(descriptor, secrets.token_bytes(KEY), 0)
    return descriptor


def _nameless() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("streamly", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
