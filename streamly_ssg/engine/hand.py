"""
Values at hand: those that were put last, which somebody will ask for soon.

A site has many small ones that are asked for again and again, in any order; they have a hand of
their own, so that no page of text pushes them out.
"""

SMALL, LARGE = 512, 64 * 1024  # bytes of a value; more isn't worth it
OVERHEAD = 100  # bytes that each value costs besides
ROOM_FOR_SMALL, ROOM_FOR_LARGE = 208 * 1024 * 1024, 192 * 1024 * 1024  # bytes


class Hand:
    """Values of so many bytes; when the newer half is full, the older one goes."""

    def __init__(self, room: int) -> None:
        self._half = room // 2
        self.clear()

    def clear(self) -> None:
        """Let go of everything."""
        self._newer: dict[int, bytes] = {}
        self._older: dict[int, bytes] = {}
        self._room = self._half

    def get(self, number: int) -> bytes | None:
        """Return the value with *number*, if it is at hand."""
        return self._newer.get(number) or self._older.get(number)

    def put(self, number: int, data: bytes) -> None:
        """Keep a new value at hand."""
        size = len(data) + OVERHEAD
        if self._room < size:
            self._older, self._newer, self._room = self._newer, {}, self._half
        self._room -= size
        self._newer[number] = data

    def drop(self, number: int) -> None:
        """Let go of one value."""
        self._newer.pop(number, None)
        self._older.pop(number, None)


class Hands:
    """A hand of small values, and one of larger ones."""

    def __init__(self) -> None:
        self._small, self._large = Hand(ROOM_FOR_SMALL), Hand(ROOM_FOR_LARGE)

    def clear(self) -> None:
        """Let go of everything."""
        self._small.clear()
        self._large.clear()

    def get(self, number: int) -> bytes | None:
        """Return the value with *number*, if it is at hand."""
        return self._small.get(number) or self._large.get(number)

    def put(self, number: int, data: bytes) -> None:
        """Keep a new value at hand, if that is worth it."""
        if len(data) <= LARGE:
            (self._small if len(data) <= SMALL else self._large).put(number, data)

    def drop(self, number: int) -> None:
        """Let go of one value."""
        self._small.drop(number)
        self._large.drop(number)
