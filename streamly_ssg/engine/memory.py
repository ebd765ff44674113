"""
Memory: the graph of the last build, as the store holds it.

A node is one key's row: what it was, why, where its value lies. What it read and who reads it lie
on shelves of their own, because few who ask for a node want to know that, and some keys have a
hundred thousand readers.
"""

from typing import NamedTuple

from .digest import ABSENT
from .edges import Edges
from .key import Key
from .store import Store
from .trace import Dependencies, Trace


class Node(NamedTuple):
    """One key: its trace, its readers, and the number of its stored value (0: none)."""

    digest: bytes
    dependencies: Dependencies
    readers: tuple[Key, ...]
    reason: str
    value: int


class Memory:
    """Nodes and tables of the last build, updated by this one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._nodes = store.shelf("nodes")
        self._dependencies = store.shelf("dependencies")
        self._edges = Edges(store.shelf("readers"))
        self._tables = store.shelf("tables")
        self.is_empty = store.is_new

    def node(self, key: Key) -> Node | None:
        """Return all that is known of *key*."""
        record, readers = self._nodes.get(key), self.readers(key)
        if record is None and not readers:
            return None
        digest, reason, number = record or (ABSENT, "", 0)
        return Node(digest, self.dependencies(key), readers, reason, number)

    def digest(self, key: Key) -> bytes:
        """Return what the value of *key* was; `ABSENT` if its task must run."""
        record = self._nodes.get(key)
        return record[0] if record else ABSENT

    def dependencies(self, key: Key) -> Dependencies:
        """Return what the task of *key* fetched when it last ran."""
        return self._dependencies.get(key) or ()

    def readers(self, key: Key) -> tuple[Key, ...]:
        """Return the keys whose tasks read *key*."""
        return self._edges.readers(key)

    def parts(self, table: Key) -> dict[Key, bytes]:
        """Return the parts that the table *table* had, with their digests."""
        return self._tables.get(table) or {}

    def value(self, key: Key) -> bytes | None:
        """Return the stored value of *key*, if it is there and whole."""
        record = self._nodes.get(key)
        return self._store.value(record[2], record[0]) if record and record[2] else None

    def record(self, key: Key, trace: Trace, value: bytes | None) -> None:
        """Remember a run of *key*'s task, with its value if that is to be kept."""
        self._edges.move(key, self.dependencies(key), trace.dependencies)
        self._dependencies.set(key, trace.dependencies)
        self._put(key, trace.digest, trace.reason, value)

    def record_parts(self, table: Key, parts: dict[Key, tuple[bytes, bytes]]) -> list[Key]:
        """Remember the parts of a table, as digest and value; return those that changed."""
        old = self.parts(table)
        new = {part: digest for part, (digest, _) in parts.items()}
        changed = [part for part, digest in new.items() if old.get(part) != digest]
        missed = {part: ABSENT for part in old if part not in new and self.readers(part)}
        for part in changed:
            digest, data = parts[part]
            self._put(part, digest, "", data)
        gone = [part for part, digest in old.items() if part not in new and digest != ABSENT]
        for part in gone:
            self._forget_value(part)
        if changed or gone or not old:
            self._tables.set(table, new | missed)
        return changed + gone

    def miss(self, table: Key, part: Key) -> None:
        """Remember that somebody wanted a part that *table* doesn't have, and will if it comes."""
        parts = self.parts(table)
        if part not in parts:
            self._tables.set(table, {**parts, part: ABSENT})

    def forget(self, key: Key) -> None:
        """Forget the last run of *key*'s task with all that it gave."""
        for part in self.parts(key):
            self._forget_value(part)
        self._tables.delete(key)
        self.distrust(key)

    def distrust(self, key: Key) -> None:
        """Forget the last run of *key*'s task; the parts of a table stay, to be compared with."""
        self._edges.move(key, self.dependencies(key), ())
        self._dependencies.delete(key)
        self._forget_value(key)

    def save(self) -> None:
        """Write the edges that changed."""
        self._edges.save()

    def _put(self, key: Key, digest: bytes, reason: str, value: bytes | None) -> None:
        known = self._nodes.get(key)
        number = known[2] if known else 0
        if value is not None:
            number = self._store.put(number, value)
        elif number:
            self._store.drop(number)
            number = 0
        self._nodes.set(key, (digest, reason, number))

    def _forget_value(self, key: Key) -> None:
        known = self._nodes.get(key)
        if known is None:
            return
        if known[2]:
            self._store.drop(known[2])
        self._nodes.delete(key)
