"""
The site manifest: which pages exist, for the interaction service.

It lies beside the output tree as ``public.manifest.ndjson``: a first line with the number of its
generation, then one line a page, ``{seq, id, url, title, …}``, or ``{seq, id, removed}``. A build
appends what changed, so a reader goes on from where it was; when too many lines are outdated, a
new generation begins, and readers read it whole. The last line of an id counts.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .engine import digest
from .engine.key import Key, kind, make, name
from .engine.memory import Memory
from .engine.shelf import Shelf
from .pages.rules import RULES
from .values import Record, Unreadable, from_json, to_json

SLACK = 1000  # outdated lines that are not worth a new generation
STATE = "\0state"
TOUCHING = {"card", "place"}

Entry = dict[str, Any]


class _Header(Record):
    generation: int


class Manifest:
    """The manifest of one output tree; *shelf* remembers ``path -> (id, seq, digest)``."""

    def __init__(self, output: Path, shelf: Shelf, memory: Memory, comments: Any) -> None:
        self.path = path_beside(output)
        self._shelf = shelf
        self._memory = memory
        self._comments = comments
        self._policies = {"post": comments.posts, "note": comments.notes}
        self._state = dict(shelf.get(STATE) or {"generation": 0, "seq": 0, "size": -2, "lines": 0})

    def update(self, changed: Iterable[Key], *, everything: bool) -> None:
        """Write down what the documents behind the keys *changed* are now."""
        touched = {name(key) for key in changed if kind(key) in TOUCHING}
        damaged = self._size() != self._state["size"]
        if everything or damaged:
            touched |= {path for path, _ in self._shelf.items() if path != STATE}
        removals = self._removals(sorted(touched))
        lines = self._changes(sorted(touched))
        outdated = self._state["lines"] + len(removals) + len(lines) - len(self._shelf)
        if damaged or outdated > len(self._shelf) + SLACK:
            self._rewrite(lines)
        elif removals or lines:
            self._append([*removals, *lines.values()])

    def _removals(self, paths: list[str]) -> list[bytes]:
        """Return the lines of ids that are gone; one that moved to another document stays."""
        known = {record[0] for record in map(self._shelf.get, paths) if record}
        given = {entry["id"] for entry in map(self._entry, paths) if entry} if known else set()
        return [self._line({"id": one, "removed": True}) for one in sorted(known - given)]

    def _changes(self, paths: list[str]) -> dict[str, bytes]:
        """Return the lines that say what the documents *paths* are, if that is new, by path."""
        lines: dict[str, bytes] = {}
        for path in paths:
            entry, known = self._entry(path), self._shelf.get(path)
            if entry is None:
                self._shelf.delete(path)
                continue
            found = digest.of(to_json(entry))
            if not known or known[2] != found:
                lines[path] = self._line(entry)
                self._shelf.set(path, (entry["id"], self._state["seq"], found))
        return lines

    def _line(self, entry: Entry) -> bytes:
        self._state["seq"] += 1
        return to_json({"seq": self._state["seq"], **entry}) + b"\n"

    def _entry(self, path: str) -> Entry | None:
        place, card = self._value(make("place", path)), self._value(make("card", path))
        if place is None or card is None or not place.id:
            return None
        return {
            "id": place.id,
            "url": place.url,
            "kind": card.kind,
            "title": card.title,
            "authors": card.authors,
            "categories": card.categories,
            "tags": card.tags,
            "lang": card.lang,
            "published": card.date,
            "comments": card.comments or self._policies.get(card.kind, self._comments.pages),
        }

    def _value(self, key: Key) -> Any:
        data = self._memory.value(key)
        return None if data is None else RULES[kind(key)].codec.decode(data)

    def _append(self, lines: list[bytes]) -> None:
        with self.path.open("ab") as file:
            file.write(b"".join(lines))
            file.flush()
            os.fsync(file.fileno())
        self._keep(lines=self._state["lines"] + len(lines))

    def _rewrite(self, changed: dict[str, bytes]) -> None:
        generation = max(self._state["generation"], self._written_generation()) + 1
        lines = [to_json({"generation": generation}) + b"\n"]
        known = [(record[1], path) for path, record in self._shelf.items() if path != STATE]
        for seq, path in sorted(known):
            entry = None if path in changed else self._entry(path)
            if path in changed:
                lines.append(changed[path])
            elif entry is not None:
                lines.append(to_json({"seq": seq, **entry}) + b"\n")
        draft = self.path.with_suffix(".draft")
        with draft.open("wb") as file:
            file.write(b"".join(lines))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)
        self._keep(lines=len(lines) - 1, generation=generation)

    def _written_generation(self) -> int:
        """Return the generation that readers may have seen, even if the cache forgot it."""
        try:
            with self.path.open("rb") as file:
                return from_json(file.readline(), _Header).generation
        except (OSError, Unreadable):
            return 0

    def _keep(self, **numbers: int) -> None:
        self._state |= {**numbers, "size": self._size()}
        self._shelf.set(STATE, dict(self._state))

    def _size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else -1


def path_beside(output: Path) -> Path:
    """Return where the manifest of the tree *output* lies."""
    return output.with_name(f"{output.name}.manifest.ndjson")
