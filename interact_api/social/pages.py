"""Pages, as those who like them and comment on them meet them; the manifest says which are."""

import json
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

from interact_api.accounts.actor import Actor
from interact_api.db import Reader
from interact_api.errors import Forbidden, NotFound

_SAFE = "/%:@!$&'()*+,;=~"  # in a path; the rest is percent-encoded
_COLUMNS = (
    "id, url, title, authors, policy, removed_at, hidden, featured, closed, likes, comments, views"
)


class Page(NamedTuple):
    """A page of the site."""

    id: str
    url: str
    title: str
    authors: str  # names, as JSON
    policy: str
    removed_at: int | None
    hidden: int
    featured: int
    closed: int
    likes: int
    comments: int
    views: int

    @property
    def is_public(self) -> bool:
        """Tell whether anybody can see it."""
        return self.removed_at is None and not self.hidden

    @property
    def is_open(self) -> bool:
        """Tell whether comments can be added."""
        return self.policy == "open" and not self.closed

    def is_by(self, actor: Actor) -> bool:
        """Tell whether *actor* is one of its authors."""
        return actor.is_somebody and actor.name in json.loads(self.authors)


class Written(NamedTuple):
    """Something that somebody wrote for the site."""

    id: str
    url: str
    title: str
    kind: str
    published: int


def find(reader: Reader, page_id: str) -> Page:
    """Return the page, even one that is gone or hidden."""
    found = reader.one(Page, f"SELECT {_COLUMNS} FROM pages WHERE id = :id", id=page_id)  # noqa: S608
    if found is None:
        raise NotFound("There is no such page.")
    return found


def public(reader: Reader, page_id: str) -> Page:
    """Return a page that anybody can see."""
    found = find(reader, page_id)
    if not found.is_public:
        raise NotFound("There is no such page.")
    return found


def permalink(page: Page, comment_id: int) -> str:
    """Return where on the site a comment stands."""
    return f"{_quoted(page.url)}#comment-{comment_id}"


def with_thread(reader: Reader, page_id: str) -> Page:
    """Return a page whose comments can be read."""
    found = public(reader, page_id)
    if found.policy == "off":
        raise NotFound("This page has no comments.", code="COMMENTS_OFF")
    return found


def open_thread(reader: Reader, page_id: str) -> Page:
    """Return a page that can be commented on."""
    found = with_thread(reader, page_id)
    if not found.is_open:
        raise Forbidden("The comments on this page are closed.", code="THREAD_CLOSED")
    return found


def listed(reader: Reader, after: str, limit: int, *, overridden: bool = False) -> list[Page]:
    """Return pages in the order of their ids; only those that moderators changed, if asked."""
    only = "AND hidden + featured + closed > 0" if overridden else ""
    sql = f"SELECT {_COLUMNS} FROM pages WHERE id > :after {only} ORDER BY id LIMIT :limit"  # noqa: S608
    return reader.all(Page, sql, after=after, limit=limit)


def by_author(reader: Reader, name: str, before: tuple[int, str], limit: int) -> list[Written]:
    """Return the posts and notes of somebody, newest first, older than *before* (time and id)."""
    return reader.all(
        Written,
        "SELECT id, url, title, kind, published FROM pages"
        " WHERE instr(authors, :name) AND kind IN ('post', 'note') AND published IS NOT NULL"
        " AND removed_at IS NULL AND hidden = 0 AND (published, id) < (:at, :id)"
        " ORDER BY published DESC, id DESC LIMIT :limit",
        name=json.dumps(name),
        at=before[0],
        id=before[1],
        limit=limit,
    )


@lru_cache(maxsize=1024)
def _quoted(url: str) -> str:
    return quote(url, safe=_SAFE)
