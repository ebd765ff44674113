"""
From a request to an answer, without HTTP's sockets.

    redirect → prefix → file → folder with a page → the site's own page about its absence
"""

import logging
from collections.abc import Callable, Mapping
from typing import Generic, NamedTuple, TypeVar

from interact_api.settings import Settings

from . import labels, paths
from .encodings import PLAIN, endings_for
from .paths import Steps
from .replies import Replies, Reply
from .rules import ABSENT, HeaderRules, RedirectRules
from .tree import INDEX, Opened, Shown, Tree

LOG = logging.getLogger(__name__)
FOUND, MOVED = 302, 301
HEADERS, REDIRECTS = "_headers", "_redirects"
OURS = ((HEADERS,), (REDIRECTS,))  # they are for whoever serves the files

R = TypeVar("R")


class Asked(NamedTuple):
    """A request for a page or a file."""

    path: bytes
    query: bytes = b""
    headers: Mapping[bytes, bytes] = {}

    @property
    def endings(self) -> tuple[str, ...]:
        """Return the endings of compressed files that are taken."""
        return endings_for(self.headers.get(b"accept-encoding", b""))


class Finder:
    """Finds what is asked for in what readers see."""

    def __init__(self, settings: Settings, tree: Tree) -> None:
        self._tree = tree
        self._prefix = labels.prefix_of(settings)
        self._replies = Replies(settings)
        self._headers = Written(HEADERS, HeaderRules)
        self._redirects = Written(REDIRECTS, RedirectRules)

    def find(self, asked: Asked) -> Reply:
        """Return the answer to a request."""
        return self._tree.ask(lambda shown: self._answer(shown, asked))

    def broken(self) -> Reply:
        """Return the answer when something went wrong on our side."""
        try:
            return self._tree.ask(lambda shown: self._told(shown, 500, Asked(b"")))
        except OSError:  # so wrong that not even the page about it can be read
            return self._replies.bare(500)

    def other_method(self, method: str) -> Reply:
        """Return the answer to what isn't a question: OPTIONS, or a refusal."""
        return self._replies.other_method(204 if method == "OPTIONS" else 405)

    def _answer(self, shown: Shown | None, asked: Asked) -> Reply:
        steps = paths.steps_of(asked.path)
        if steps is None or shown is None:
            return self._told(shown, 404, asked)
        address = paths.address_of(steps)
        redirect = self._redirects.of(shown).of(address)
        if redirect is not None and redirect.status in ABSENT:
            return self._told(shown, redirect.status, asked, address)
        if redirect is not None:
            return self._onward(redirect.status, redirect.target, asked)
        if self._prefix and address in {"/", self._prefix}:
            return self._onward(FOUND, f"{self._prefix}/", asked)
        if not address.startswith(f"{self._prefix}/"):
            return self._told(shown, 404, asked, address)
        return self._below(shown, steps[self._prefix.count("/") :], asked, address)

    def _below(self, shown: Shown, steps: Steps, asked: Asked, address: str) -> Reply:
        rules = self._headers.of(shown).of(address)
        may_be_compressed = labels.may_be_compressed(steps[-1] or INDEX)
        # A part is a part of the file as it is: what clients put together later has to fit.
        is_plain = b"range" in asked.headers or not may_be_compressed
        endings = PLAIN if is_plain else asked.endings
        file = shown.file(steps, endings) if steps not in OURS else None
        if file is not None:
            return self._replies.of_file(file, asked.headers, rules)
        if steps[-1] and shown.has_page(steps):
            return self._onward(MOVED, f"{address}/", asked)
        return self._told(shown, 404, asked, address)

    def _told(self, shown: Shown | None, status: int, asked: Asked, address: str = "/") -> Reply:
        page = self._nearest(shown, f"{status}.html", asked) if shown is not None else None
        if shown is None or page is None:
            return self._replies.bare(status)
        return self._replies.of_page(status, page, self._headers.of(shown).of(address))

    def _nearest(self, shown: Shown, name: str, asked: Asked) -> Opened | None:
        """Return the page *name* of the top folder that is asked in, or of the site."""
        steps = paths.steps_of(asked.path) or ()
        below = steps[self._prefix.count("/") :]
        # Pages in another language than the site's have a folder of their own.
        folders = [below[:1]] if len(below) > 1 else []
        found = (shown.file((*folder, name), asked.endings) for folder in (*folders, ()))
        return next((page for page in found if page is not None), None)

    def _onward(self, status: int, target: str, asked: Asked) -> Reply:
        more = asked.query.decode("ascii", "replace") if "?" not in target else ""
        return self._replies.onward(status, f"{target}?{more}" if more else target)


class Written(Generic[R]):
    """What a small file of the site says, read again when it is another one."""

    def __init__(self, name: str, read: Callable[[str], R]) -> None:
        self._name = name
        self._read = read
        self._stamp: tuple[int, int, int] | None = None
        self._rules = read("")

    def of(self, shown: Shown) -> R:
        """Return what it says now."""
        stamp = shown.stamp(self._name)
        if stamp != self._stamp:
            self._rules = self._read(shown.text(self._name))
            self._stamp = stamp
        return self._rules
