"""
Tallies: how often each of many things has happened in its time, over all processes.

A table of fixed size in shared memory. Each thing is known by 64 bits that are made with a key of
this memory alone, so nobody outside can choose two that meet; its row is in the one bunch of rows
that these bits name. When a bunch is full, what is over makes room.
"""

import struct
from hashlib import blake2b

from .shared import Shared

BUNCH = 32  # rows
ROW = struct.Struct("=dq")  # until when; how often
NAME = 8  # bytes
NAMES = BUNCH * NAME
SIZE = NAMES + BUNCH * ROW.size
ROWS = struct.Struct("=" + "dq" * BUNCH)


class Full(Exception):
    """More is being counted than we want to remember."""


class Tallies:
    """
    Tallies of about *most* things at once.

    Args:
        shared: where they are.
        most: twice as many have room, so that few bunches are ever full.
        forgets: in a full bunch, let go of what would be over first, instead of raising `Full`.
    """

    def __init__(self, shared: Shared, most: int, *, forgets: bool = False) -> None:
        self._shared = shared
        self._bunches = max(1, 2 * most // BUNCH)
        self._forgets = forgets
        self._memory = shared.common(self._bunches * SIZE)

    def add(
        self, key: str | bytes, now: float, lasting: float, amount: int = 1
    ) -> tuple[int, float]:
        """
        Count *amount* more of *key*; return how many that makes, and until when they count.

        Raises:
            Full: if too much is counted at this time.
            Held: if a process was stopped in the midst of this.
        """
        begin, name = self._place(key)
        with self._shared:
            row = self._row(begin, name)
            count, until = 0, 0.0
            if row is not None:
                until, count = ROW.unpack_from(self._memory, begin + NAMES + row * ROW.size)
            if until <= now:
                count, until = 0, now + lasting
            if row is None:
                row = self._new_row(begin, name, now)
            ROW.pack_into(self._memory, begin + NAMES + row * ROW.size, until, count + amount)
        return count + amount, until

    def find(self, key: str | bytes) -> tuple[int, float]:
        """Return how many there are of *key*, and until when they count."""
        begin, name = self._place(key)
        with self._shared:
            row = self._row(begin, name)
            if row is None:
                return 0, 0.0
            until, count = ROW.unpack_from(self._memory, begin + NAMES + row * ROW.size)
        return count, until

    def clear(self, key: str | bytes) -> None:
        """Forget one thing."""
        begin, name = self._place(key)
        with self._shared:
            row = self._row(begin, name)
            if row is not None:
                ROW.pack_into(self._memory, begin + NAMES + row * ROW.size, 0.0, 0)

    def reset(self) -> None:
        """Forget everything."""
        with self._shared:
            self._memory[:] = bytes(len(self._memory))

    def _place(self, key: str | bytes) -> tuple[int, bytes]:
        data = key.encode() if isinstance(key, str) else key
        name = blake2b(data, key=self._shared.key, digest_size=NAME).digest()
        return int.from_bytes(name, "little") % self._bunches * SIZE, name

    def _row(self, begin: int, name: bytes) -> int | None:
        names = bytes(self._memory[begin : begin + NAMES])
        at = names.find(name)
        while at % NAME and at >= 0:
            at = names.find(name, at + 1)
        return None if at < 0 else at // NAME

    def _new_row(self, begin: int, name: bytes, now: float) -> int:
        """Give *name* a row that nobody needs; what was counted there is forgotten first."""
        untils = ROWS.unpack_from(self._memory, begin + NAMES)[::2]
        first = min(untils)
        if first > now and not self._forgets:
            raise Full
        row = untils.index(first)
        ROW.pack_into(self._memory, begin + NAMES + row * ROW.size, 0.0, 0)
        self._memory[begin + row * NAME : begin + (row + 1) * NAME] = name
        return row
