"""
Memory: the graph of the last build, as the store holds it.

A node is one key's row: what it was, what it read, who reads it, where its value lies. Edges are
kept on both sides, so that the way from a changed input to its readers costs what is affected and
not what exists.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from .digest import ABSENT
from .key import Key
from .shelf import Shelf
from .store import Store
from .trace import Dependencies, Trace


class Node(NamedTuple):
    """One key: its trace, its readers, and the number of its stored value (0: none)."""

    digest: bytes
    dependencies: Dependencies
    readers: tuple[Key, ...]
    reason: str
    value: int


NOTHING = Node(ABSENT, (), (), "", 0)


class _Readers(dict[Key, dict[Key, None]]):
    """Who reads each key, by this build's knowledge; begins with that of the last build."""

    def __init__(self, nodes: Shelf) -> None:
        super().__init__()
        self._nodes = nodes

    def __missing__(self, key: Key) -> dict[Key, None]:
        record = self._nodes.get(key)
        readers = self[key] = dict.fromkeys(record[2]) if record else {}
        return readers


class Memory:
    """Nodes and tables of the last build, updated by this one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._nodes = store.shelf("nodes")
        self._tables = store.shelf("tables")
        self._readers = _Readers(self._nodes)
        self.is_empty = store.is_new

    def node(self, key: Key) -> Node | None:
        """Return what is known of *key*."""
        record = self._nodes.get(key)
        return None if record is None else Node(*record)

    def digest(self, key: Key) -> bytes:
        """Return what the value of *key* was."""
        record = self._nodes.get(key)
        return record[0] if record else ABSENT

    def trace(self, key: Key) -> Trace | None:
        """Return the last run of *key*'s task, or None if it must run."""
        record = self._nodes.get(key)
        return (
            None
            if record is None or record[0] == ABSENT
            else Trace(record[0], record[1], record[3])
        )

    def readers(self, key: Key) -> Iterable[Key]:
        """Return the keys whose tasks read *key*."""
        return tuple(self._readers[key])

    def parts(self, table: Key) -> dict[Key, bytes]:
        """Return the parts that the table *table* had, with their digests."""
        return self._tables.get(table) or {}

    def value(self, key: Key) -> bytes | None:
        """Return the stored value of *key*, if it is there and whole."""
        record = self._nodes.get(key)
        return self._store.value(record[4], record[0]) if record and record[4] else None

    def record(self, key: Key, trace: Trace, value: bytes | None) -> None:
        """Remember a run of *key*'s task, with its value if that is to be kept."""
        old = self.node(key) or NOTHING
        self._move_edges(key, old.dependencies, trace.dependencies)
        self._put(key, old, trace, value)

    def record_parts(self, table: Key, parts: dict[Key, tuple[bytes, bytes]]) -> list[Key]:
        """Remember the parts of a table, as digest and value; return those that changed."""
        old = self.parts(table)
        new = {part: digest for part, (digest, _) in parts.items()}
        changed = [part for part, digest in new.items() if old.get(part) != digest]
        missed = {part: ABSENT for part in old if part not in new and self._readers[part]}
        for part in changed:
            known = self.node(part) or NOTHING
            self._put(part, known, Trace(new[part], (), ""), parts[part][1])
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
        node = self.node(key)
        if node is None:
            return
        self._move_edges(key, node.dependencies, ())
        self._forget_value(key)

    def save(self) -> None:
        """Write the edges that changed to their nodes."""
        for key, readers in self._readers.items():
            known = self._nodes.get(key) or NOTHING
            names = tuple(readers)
            if names != known[2]:
                self._write(key, (*known[:2], names, *known[3:]))
        self._readers.clear()

    def _put(self, key: Key, old: Node, trace: Trace, value: bytes | None) -> None:
        number = old.value
        if value is not None:
            number = self._store.put(number, value)
        elif number:
            self._store.drop(number)
            number = 0
        node = (trace.digest, trace.dependencies, old.readers, trace.reason, number)
        self._nodes.set(key, node)

    def _forget_value(self, key: Key) -> None:
        node = self.node(key)
        if node is None:
            return
        if node.value:
            self._store.drop(node.value)
        self._write(key, tuple(NOTHING._replace(readers=node.readers)))

    def _move_edges(self, key: Key, old: Dependencies, new: Dependencies) -> None:
        readers = self._readers
        if not old:
            for dependency, _ in new:
                readers[dependency][key] = None
            return
        before, after = {k for k, _ in old}, {k for k, _ in new}
        for dependency in before - after:
            readers[dependency].pop(key, None)
        for dependency in after - before:
            readers[dependency][key] = None

    def _write(self, key: Key, node: tuple[Any, ...]) -> None:
        if node[0] == ABSENT and not node[2]:
            self._nodes.delete(key)
        else:
            self._nodes.set(key, node)
