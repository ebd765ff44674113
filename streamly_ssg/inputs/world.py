"""The world as one: every input of a build, by the kind of its key."""

import os
from collections.abc import Callable
from typing import Any

from streamly_ssg.engine import digest
from streamly_ssg.engine.key import Key, kind, make, name
from streamly_ssg.engine.shelf import Shelf
from streamly_ssg.values import encode

from .clock import Clock
from .config import Settings
from .facts import Facts, Source
from .files import FOLDERS, Files

Look = Callable[[Key], tuple[bytes, Any]]


class World:
    """Files, settings, facts and the clock, as the engine sees them."""

    def __init__(
        self, files: Files, settings: Settings, facts: Facts, clock: Clock, cache: str = ""
    ) -> None:
        """Bind the inputs; *cache* is where tasks may keep what took long, by content."""
        self.files = files
        self.settings = settings
        self.facts = facts
        self.clock = clock
        self._cache = cache
        self._listings: dict[Key, tuple[bytes, tuple[str, ...]]] = {}
        self._looks: dict[str, Look] = {
            "listing": self._look_listing,
            "config": settings.look,
            "now": clock.look,
            "cache": self._look_cache,
            **dict.fromkeys(("facts", "fact", "fact-names"), facts.look),
            **dict.fromkeys(FOLDERS, files.look),
        }

    def look(self, key: Key) -> tuple[bytes, Any]:
        """Return the digest and the value of an input."""
        return self._looks[kind(key)](key)

    def changes(self, source: Source, shelf: Shelf) -> set[Key]:
        """Return every input that may differ from what the last build saw."""
        changed = self.files.scan()
        for section in FOLDERS:
            key = make("listing", section)
            found = self._look_listing(key)[0]
            if shelf.get(key) != found:
                changed.add(key)
                shelf.set(key, found)
        return changed | self.settings.changed() | self.facts.sync(source) | self.clock.changed()

    def _look_cache(self, key: Key) -> tuple[bytes, str]:
        """A place to look, and no fact: wherever it is, no byte of the output differs."""
        return digest.of(key.encode()), os.path.join(self._cache, name(key))

    def _look_listing(self, key: Key) -> tuple[bytes, tuple[str, ...]]:
        if key not in self._listings:
            paths = self.files.listing(name(key))
            self._listings[key] = digest.of(encode(paths)), paths
        return self._listings[key]
