"""
Facts: what the public pages show of the interactions.

A fact is ``{key, value, digest, seq}``. This file owns the format:

    likes/PAGE       {"count": 12}
    views/PAGE       {"count": 1200}, rounded by whoever writes it
    comments/PAGE    {"count": 2, "items": [Comment, …]} in the order of time
    settings/PAGE    {"hidden": false, "featured": false, "closed": false}
    profile/NAME     {"name", "bio", "website", "location", "joined"}
    follows/NAME     {"followers": [NAME, …], "following": [NAME, …]}
    trending/WINDOW  {"as_of", "items": [{"page", "score", "likes", "comments", "views"}, …]}
    popular          the same

``null`` as a value takes a fact away. To the engine they are three kinds of keys: ``facts:PAGE``
is what the page itself shows, ``fact:KEY`` is any other one, ``fact-names:KIND`` is which names
there are.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from streamly_ssg.engine import digest
from streamly_ssg.engine.key import Key, kind, make, name
from streamly_ssg.engine.shelf import Shelf
from streamly_ssg.errors import Problem, SystemProblem, did_you_mean, problem
from streamly_ssg.values import Raw, Record, Unreadable, encode, from_json


class Count(Record):
    """How often."""

    count: int = 0


class Comment(Record):
    """One comment; its HTML was sanitised by whoever wrote the fact."""

    id: str
    author: str
    at: datetime
    html: str
    name: str = ""
    parent: str | None = None
    likes: int = 0
    edited: datetime | None = None


class Comments(Record):
    """The comments of one page, oldest first."""

    count: int = 0
    items: tuple[Comment, ...] = ()


class Settings(Record):
    """What moderators decided about one page."""

    hidden: bool = False
    featured: bool = False
    closed: bool = False


class Profile(Record):
    """What a member shows of themselves."""

    name: str = ""
    bio: str = ""
    website: str = ""
    location: str = ""
    joined: str = ""


class Follows(Record):
    """Who follows whom."""

    followers: tuple[str, ...] = ()
    following: tuple[str, ...] = ()


class Rank(Record):
    """A page's place in a ranking."""

    page: str
    score: float = 0
    likes: int = 0
    comments: int = 0
    views: int = 0


class Ranking(Record):
    """Pages by score, best first."""

    as_of: datetime | None = None
    items: tuple[Rank, ...] = ()


class PageFacts(Record):
    """What one page shows: likes, views and comments."""

    likes: int = 0
    views: int = 0
    comments: Comments = Comments()


TYPES: dict[str, type[Record]] = {
    "likes": Count,
    "views": Count,
    "comments": Comments,
    "settings": Settings,
    "profile": Profile,
    "follows": Follows,
    "trending": Ranking,
    "popular": Ranking,
}
OF_PAGES = ("likes", "views", "comments")
REST = 2_000_000_000  # nanoseconds after which a file counts as written to the end
LISTED = ("settings", "profile", "follows")


class Fact(NamedTuple):
    """One fact: its key and its value as JSON, or None if it is taken away."""

    key: str
    value: bytes | None


SERVICE = "service"  # every way to its facts; a token says which database it belongs to
Token = Any  # up to where a source was read; only the source knows what it means


class Changes(NamedTuple):
    """What a source tells: facts, up to where, and whether these are all there are."""

    facts: Iterable[Fact]
    token: Token
    complete: bool


class Source(Protocol):
    """Where facts come from."""

    identity: str

    def changes(self, since: Token) -> Changes:
        """Return what changed after *since*, which an earlier call returned."""


class Facts:
    """The facts of a site; *shelf* holds the last known value of each."""

    def __init__(self, shelf: Shelf, names: Shelf) -> None:
        self._shelf = shelf
        self._names = names
        self._state = names.get("facts") or ("", None)
        self._listings: dict[Key, set[str]] = {}  # those that change, while we take facts over

    def sync(self, source: Source) -> set[Key]:
        """Take over what changed in *source*; return the keys that this changes."""
        try:
            return self._take_all(source)
        finally:
            for listing, found in self._listings.items():
                self._names.set(listing, tuple(sorted(found)))
            self._listings.clear()

    def _take_all(self, source: Source) -> set[Key]:
        identity, token = self._state
        same = identity == source.identity
        told = source.changes(token if same else None)
        changed: set[Key] = set()
        given: set[str] = set()
        for fact in told.facts:
            given.add(fact.key)
            changed |= self._take(fact)
        if told.complete or not same:
            for key in [key for key, _ in self._shelf.items() if key not in given]:
                changed |= self._take(Fact(key, None))
        if self._state != (source.identity, told.token):
            self._state = (source.identity, told.token)
            self._names.set("facts", self._state)
        return changed

    def look(self, key: Key) -> tuple[bytes, Any]:
        """Return the digest and the value of a key; an absent ``fact:`` is None."""
        match kind(key):
            case "facts":
                return self._look_page(name(key))
            case "fact":
                return self._look_one(name(key))
            case _:
                names = tuple(self._names.get(f"fact-names:{name(key)}") or ())
                return digest.of(encode(names)), names

    def _take(self, fact: Fact) -> set[Key]:
        found = digest.ABSENT if fact.value is None else digest.of(fact.value)
        old = self._shelf.get(fact.key)
        if (old[0] if old else digest.ABSENT) == found:
            return set()
        if fact.value is None:
            self._shelf.delete(fact.key)
        else:
            self._shelf.set(fact.key, (found, fact.value))
        return self._keys(fact.key, appeared=old is None, gone=fact.value is None)

    def _keys(self, fact: str, *, appeared: bool, gone: bool) -> set[Key]:
        group, _, subject = fact.partition("/")
        if group in OF_PAGES:
            return {make("facts", subject)}
        keys = {make("fact", fact)}
        if group in LISTED and (appeared or gone):
            listing = make("fact-names", group)
            if listing not in self._listings:
                self._listings[listing] = set(self._names.get(listing) or ())
            found = self._listings[listing]
            (found.discard if gone else found.add)(subject)
            keys.add(listing)
        return keys

    def _look_page(self, page: str) -> tuple[bytes, PageFacts]:
        found = b""
        values: list[Any] = []
        for group in OF_PAGES:
            record = self._shelf.get(f"{group}/{page}")
            found += record[0] if record else digest.ABSENT
            values.append(from_json(record[1], TYPES[group]) if record else TYPES[group]())
        likes, views, comments = values
        return digest.of(found), PageFacts(likes.count, views.count, comments)

    def _look_one(self, key: str) -> tuple[bytes, Any]:
        record = self._shelf.get(key)
        group = key.partition("/")[0]
        if record is None:
            return digest.ABSENT, None
        return record[0], from_json(record[1], TYPES[group])


class NoFacts:
    """A site without interactions."""

    identity = "none"

    def changes(self, _since: Token) -> Changes:
        """Return that there are none."""
        return Changes((), None, complete=True)


class Line(Record, forbid_unknown_fields=True):
    """One fact as NDJSON has it."""

    key: str
    value: Raw
    digest: str | None = None
    seq: int = 0


class FactsFile:
    """An NDJSON file, one fact a line; the last line of a key counts."""

    def __init__(self, path: Path, *, started: int) -> None:
        self.path = path
        self.identity = f"file:{path}"
        self._started = started
        self.problems: list[Problem] = []

    def changes(self, since: Token) -> Changes:
        """Return every fact of the file, unless it is as it was."""
        try:
            stat = self.path.stat()
            token = (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)
            if token == since:
                return Changes((), token, complete=False)
            facts = {fact.key: fact for fact in self._lines(self.path.read_bytes())}
        except OSError as error:
            text = f"can't be read: {error.strerror}"
            hint = "name another file, or --facts none"
            raise SystemProblem(problem("FACTS", text, path=str(self.path), hint=hint)) from error
        at_rest = max(token[:2]) + REST < self._started
        return Changes(
            facts.values(), token if at_rest and not self.problems else None, complete=True
        )

    def _lines(self, data: bytes) -> Iterator[Fact]:
        for number, line in enumerate(data.split(b"\n"), 1):
            if line.strip():
                try:
                    yield read_fact(line)
                except Unreadable as error:
                    self.problems.append(
                        problem("FACTS", str(error), path=str(self.path), line=number, column=1)
                    )


def read_fact(line: bytes) -> Fact:
    """Return the fact that *line* of NDJSON holds; raise `Unreadable` if it is none."""
    return checked(from_json(line, Line))


def checked(given: Line) -> Fact:
    """Return the fact that a line holds; raise `Unreadable` if it is none."""
    group, _, subject = given.key.partition("/")
    if group not in TYPES or bool(subject) == (group == "popular"):
        hint = did_you_mean(group, TYPES) or f"known are {', '.join(TYPES)}"
        raise Unreadable(f'unknown fact "{given.key}" ({hint})')
    value = bytes(given.value)
    if value == b"null":
        return Fact(given.key, None)
    from_json(value, TYPES[group])
    return Fact(given.key, value)
