"""
Edges: who reads what, so that the way from a changed input to its readers costs what is affected.

A first build finds all of them and takes none back; a later one changes a few. So only the changes
are in memory, and who reads a key is asked of the shelf when somebody wants to know.
"""

from collections import defaultdict

from .key import Key
from .shelf import Shelf
from .trace import Dependencies


class Edges:
    """The readers of each key; *shelf* remembers those that the last build knew."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._added: defaultdict[Key, list[Key]] = defaultdict(list)
        self._removed: dict[Key, set[Key]] = {}

    def readers(self, key: Key) -> tuple[Key, ...]:
        """Return the keys whose tasks read *key*."""
        known: tuple[Key, ...] = self._shelf.get(key) or ()
        removed = self._removed.get(key)
        if removed:
            known = tuple(reader for reader in known if reader not in removed)
        return (*known, *self._added.get(key, ()))

    def move(self, reader: Key, old: Dependencies, new: Dependencies) -> None:
        """Take over that *reader*, which read *old*, reads *new*."""
        if not old:
            for key, _ in new:
                self._add(key, reader)
            return
        before, after = {key for key, _ in old}, {key for key, _ in new}
        for key in before - after:
            self._remove(key, reader)
        for key in after - before:
            self._add(key, reader)

    def save(self) -> None:
        """Put what changed on the shelf."""
        if not len(self._shelf):
            while self._added:
                key, added = self._added.popitem()
                if added:
                    self._shelf.set(key, tuple(added))
        for key in self._removed.keys() | self._added.keys():
            readers = self.readers(key)
            if readers:
                self._shelf.set(key, readers)
            else:
                self._shelf.delete(key)
            self._added.pop(key, None)
        self._removed.clear()

    def _add(self, key: Key, reader: Key) -> None:
        if self._removed and reader in self._removed.get(key, ()):
            self._removed[key].remove(reader)
        else:
            self._added[key].append(reader)

    def _remove(self, key: Key, reader: Key) -> None:
        if reader in self._added.get(key, ()):
            self._added[key].remove(reader)
        else:
            self._removed.setdefault(key, set()).add(reader)
