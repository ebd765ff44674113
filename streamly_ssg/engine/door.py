"""The door: the one way in which a task learns anything, and the record of what it learned."""

from collections.abc import Collection, Iterable
from typing import Any, Protocol

from .key import Key


class Known(Protocol):
    """What the door leads to; what many ask for lies in front of it, with its digest."""

    hot: dict[Key, tuple[bytes, Any]]
    encoded: dict[Key, tuple[bytes, bytes]]

    def learn(self, key: Key) -> tuple[bytes, Any]:
        """Return the digest and the value of *key*."""

    def learn_encoded(self, key: Key) -> tuple[bytes, bytes]:
        """Return the digest and the bytes of the value of *key*."""

    def settle_all(self, keys: Collection[Key]) -> None:
        """See to it that *keys* can be learned."""


class Door:
    """What one run of a task learns from; whatever passes is written down."""

    __slots__ = ("_known", "passed")

    def __init__(self, known: Known) -> None:
        self._known = known
        self.passed: dict[Key, bytes] = {}

    def __call__(self, key: Key) -> Any:
        """Return the value of *key*."""
        self.passed[key], value = self._known.hot.get(key) or self._known.learn(key)
        return value

    def encoded(self, key: Key) -> bytes:
        """Return the bytes of the value of *key*."""
        known = self._known
        self.passed[key], data = known.encoded.get(key) or known.learn_encoded(key)
        return data

    def many(self, keys: Iterable[Key], *, encoded: bool = False) -> list[Any]:
        """Return the values of *keys*; those that must be made are made side by side."""
        keys = list(keys)
        self._known.settle_all(keys)
        return list(map(self.encoded if encoded else self, keys))
