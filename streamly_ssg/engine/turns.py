"""Whose turn it is: keys that are ready to be settled, and keys that wait for others."""

from collections import deque
from collections.abc import Collection, Iterable

from .key import Key


class Turns:
    """Keys in the order in which they are settled; one that must wait comes again later."""

    def __init__(self, keys: Iterable[Key] = ()) -> None:
        self.ready = deque(keys)
        self._aside: dict[Key, list[Key]] = {}
        self._missing: dict[Key, int] = {}

    def __bool__(self) -> bool:
        """Tell whether any key is left."""
        return bool(self.ready or self._aside)

    def put_aside(self, key: Key, wanted: Collection[Key]) -> None:
        """Have *key* wait until all that is *wanted* is there."""
        self._missing[key] = len(wanted)
        for other in wanted:
            self._aside.setdefault(other, []).append(key)

    def arrived(self, key: Key) -> None:
        """Make ready what waited for nothing else than *key*."""
        for waiter in self._aside.pop(key, ()):
            self._missing[waiter] -= 1
            if not self._missing[waiter]:
                self.ready.append(waiter)
