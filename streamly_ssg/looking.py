"""
Looking: what a build would find now, without making a file or remembering anything.

The same tasks run as in a build, on the same memory, so what they say is what the next build does.
"""

from collections.abc import Iterable
from typing import Any

from .engine.build import Build
from .engine.key import Key, kind
from .engine.outcome import Failed
from .errors import Problem


class Look(Build):
    """A build that stops before the files."""

    def begin(self, changed: Iterable[Key]) -> None:
        """Find out what is no longer what it was."""
        self._doubt(changed)
        self._settle_wide_tables()

    def __call__(self, key: Key) -> Any:
        """Return the value of *key*, or None if there is none."""
        return self.many([key])[0]

    def many(self, keys: Iterable[Key]) -> list[Any]:
        """Return the values of *keys*; those that must be made are made side by side."""
        wanted = list(keys)
        self._drive([key for key in wanted if kind(key) in self._rules])
        return [self._value_or_none(key) for key in wanted]

    def _value_or_none(self, key: Key) -> Any:
        try:
            return self.learn(key)[1]
        except Failed:
            return None

    @property
    def problems(self) -> list[Problem]:
        """What couldn't be made so far, and why."""
        return [one for told in self.outcome.failed.values() for one in told]
