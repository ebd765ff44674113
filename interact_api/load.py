"""
Loading facts: what pages showed before there was a service becomes rows of the database.

Facts tell less than rows know. Whoever comes this way has no address and no password, so nobody can
sign in as them. A like has no time of its own: those of a page are spread over the time since it
was published, and those that none of the people can have given are left out. Comments are made
harmless, whoever wrote them. What is there already stays as it is.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from streamly_ssg.inputs.facts import Fact

from . import facts, recount
from .accounts.names import PATTERN
from .db import Tx
from .errors import Invalid
from .social import text

DAY = 86_400_000
NAME = re.compile(PATTERN)
Values = Mapping[str, Any]


class Loaded(NamedTuple):
    """How much was new, and how many likes nobody can have given."""

    people: int = 0
    follows: int = 0
    comments: int = 0
    likes: int = 0
    nobodys: int = 0


def load(tx: Tx, given: Iterable[Fact]) -> Loaded:
    """Make rows of facts; pages have to be known, and those that aren't are left out."""
    return _Loading(tx, given).loaded()


class _Loading:
    def __init__(self, tx: Tx, given: Iterable[Fact]) -> None:
        self._tx = tx
        self._values: dict[str, dict[str, Any]] = {}
        for fact in given:
            kind, _, subject = fact.key.partition("/")
            if fact.value is not None:
                self._values.setdefault(kind, {})[subject] = json.loads(fact.value)
        self._pages = dict(tx.all(lambda *row: row, "SELECT id, coalesce(published, 0) FROM pages"))
        self._people = dict(tx.all(lambda *row: row, "SELECT name, id FROM users"))

    def loaded(self) -> Loaded:
        people = sum(self._add_person(*one) for one in self._of("profile"))
        follows = sum(self._add_follows(*one) for one in self._of("follows"))
        comments = sum(self._add_comments(*one) for one in self._of_pages("comments"))
        likes = [self._add_likes(*one) for one in self._of_pages("likes")]
        for page, value in self._of_pages("views"):
            self._add_views(page, value)
        for page, value in self._of_pages("settings"):
            self._set(page, value)
        recount.recount(self._tx)
        given, nobodys = sum(one[0] for one in likes), sum(one[1] for one in likes)
        return Loaded(people, follows, comments, given, nobodys)

    def _of(self, kind: str) -> Iterator[tuple[str, Values]]:
        yield from sorted(self._values.get(kind, {}).items())

    def _of_pages(self, kind: str) -> Iterator[tuple[str, Values]]:
        for page, value in self._of(kind):
            if page in self._pages:
                facts.touch(self._tx, f"{kind}/{page}")
                yield page, value

    def _add_person(self, name: str, value: Values) -> bool:
        if name in self._people:
            return False
        if not NAME.fullmatch(name):
            raise Invalid(detail=f"profile/{name} names nobody: such a name can't be had here.")
        at = _moment(value.get("joined")) or self._tx.now
        shown = {one: value.get(one, "") for one in ("bio", "website", "location")}
        self._people[name] = self._tx.insert(
            "users",
            name=name,
            display=value.get("name", ""),
            role_id=self._tx.value("SELECT id FROM roles WHERE is_default = 1"),
            created_at=at,
            confirmed_at=at,
            **shown,
        )
        facts.touch(self._tx, f"profile/{name}")
        return True

    def _add_follows(self, name: str, value: Values) -> int:
        pairs = [(name, other) for other in value.get("following", ())]
        pairs += [(other, name) for other in value.get("followers", ())]
        facts.touch(self._tx, f"follows/{name}")
        return sum(self._follow(*pair) for pair in pairs if self._people.keys() >= set(pair))

    def _follow(self, follower: str, followed: str) -> bool:
        pair = {"follower_id": self._people[follower], "followed_id": self._people[followed]}
        return self._tx.insert_or_ignore("follows", at=self._tx.now, **pair)

    def _add_comments(self, page: str, value: Values) -> int:
        if self._tx.value("SELECT 1 FROM comments WHERE page = :page", page=page):
            return 0
        known: dict[str, tuple[int, int]] = {}  # the number of each here, and how deep it is
        for item in value.get("items", ()):
            above, depth = known.get(item.get("parent") or "", (None, -1))
            number = self._tx.insert(
                "comments",
                page=page,
                user_id=self._people.get(item["author"]),
                parent_id=above,
                depth=depth + 1,
                body=item["html"],
                html=text.harmless(item["html"]),
                state="approved",
                created_at=_moment(item["at"]),
                edited_at=_moment(item.get("edited")),
            )
            known[item["id"]] = number, depth + 1
            for person in self._some(f"{page} {item['id']}", item.get("likes", 0)):
                row = {"comment_id": number, "user_id": person, "at": self._tx.now}
                self._tx.insert_or_ignore("comment_likes", **row)
        return len(known)

    def _add_likes(self, page: str, value: Values) -> tuple[int, int]:
        """Return how many likes were given, and how many nobody can have given."""
        people = self._some(page, value["count"])
        begin = self._pages[page] or self._tx.now
        step = max(0, self._tx.now - begin) // (len(people) + 1)
        given = 0
        for number, person in enumerate(people, 1):
            at = begin + number * step
            given += self._tx.insert_or_ignore("likes", page=page, user_id=person, at=at)
        return given, value["count"] - len(people)

    def _some(self, what: str, count: int) -> list[int]:
        """Return *count* people, always the same for the same thing."""
        drawn = sorted(self._people, key=lambda name: sha256(f"{what} {name}".encode()).digest())
        return [self._people[name] for name in drawn[:count]]

    def _add_views(self, page: str, value: Values) -> None:
        day = (self._pages[page] or self._tx.now) // DAY
        row = {"page": page, "day": day, "views": value["count"], "visitors": value["count"]}
        self._tx.insert_or_ignore("page_days", **row)

    def _set(self, page: str, value: Values) -> None:
        named = {one: int(value.get(one, False)) for one in ("hidden", "featured", "closed")}
        self._tx.run(
            "UPDATE pages SET hidden = :hidden, featured = :featured, closed = :closed"
            " WHERE id = :page",
            page=page,
            **named,
        )


def _moment(iso: str | None) -> int | None:
    """Return a time in milliseconds; None if there is none."""
    if not iso:
        return None
    found = datetime.fromisoformat(iso)
    return round((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)
