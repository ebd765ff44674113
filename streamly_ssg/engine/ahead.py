"""
Values that are about to be wanted.

A first build reads most of what it has written in the order in which it was written; each reading
from the file costs the same for one value as for many.
"""

from collections import deque
from collections.abc import Callable, Iterable

Read = Callable[[int, int], Iterable[tuple[int, bytes]]]  # from which number on, how many

LOOKED_AT = 16  # numbers that were wanted last: several rows are read by turns
STRIDE = 4  # numbers; of what was written together, somebody may want one thing alone
ROW = 64  # values that are read at once
LARGE = 1_000_000  # bytes of a row that is long enough
MOST = 16 * ROW  # values that are kept; who leaves a row halfway doesn't come back


class Ahead:
    """Values that follow those that were wanted last."""

    def __init__(self) -> None:
        self._values: dict[int, bytes] = {}
        self._last: deque[int] = deque(maxlen=LOOKED_AT)

    def take(self, number: int, read: Read) -> bytes | None:
        """Return the value with *number*, which is wanted once; *read* it with those after it."""
        found = self._values.pop(number, None)
        if found is None:
            is_next = any(number - STRIDE <= last < number for last in self._last)
            row = _row(read(number, ROW if is_next else 1))
            found = row.pop(number, None)
            if len(self._values) + len(row) > MOST:
                self._values.clear()
            self._values.update(row)
        self._last.append(number)
        return found

    def drop(self, number: int) -> None:
        """Forget a value that is another one now."""
        self._values.pop(number, None)

    def clear(self) -> None:
        """Forget everything."""
        self._values.clear()


def _row(values: Iterable[tuple[int, bytes]]) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    size = 0
    for number, data in values:
        found[number] = data
        size += len(data)
        if size > LARGE:
            break
    return found
