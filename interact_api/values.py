"""
The value of each public fact, as the builder reads it.

`facts` says which facts changed; this file says what they are now. The formats belong to the
builder (`streamly_ssg/inputs/facts.py`): likes/PAGE, views/PAGE, comments/PAGE, settings/PAGE,
profile/NAME, follows/NAME, trending/WINDOW and popular. A value tells nothing but what anybody may
see: approved comments by people who aren't shadowed, active people, no address of anybody. None
takes a fact away.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from .db import Reader
from .facts import Change
from .numbers.views import rounded
from .wire import encode

Value = dict[str, Any]
LEFT = "Former member"  # who wrote what somebody left behind
NAMED = frozenset({"active", "banned"})  # whose name stands beside what they wrote


def value(reader: Reader, key: str) -> Value | None:
    """Return what the fact *key* is now, or None if there is no such thing any more."""
    kind, _, subject = key.partition("/")
    of = KINDS.get(kind)
    return of(reader, subject) if of else None


def line(reader: Reader, change: Change) -> bytes:
    """Return a fact that changed as a line of JSON, as the builder reads them."""
    found = encode(value(reader, change.key))
    digest = sha256(found).hexdigest()[:32]
    key = json.dumps(change.key).encode()
    return b'{"key":%b,"value":%b,"digest":"%b","seq":%d}\n' % (
        key,
        found,
        digest.encode(),
        change.seq,
    )


def iso(at: int) -> str:
    """Return a time as people and programs read it: ISO 8601, UTC, to the second."""
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _likes(reader: Reader, page: str) -> Value | None:
    count = reader.value("SELECT likes FROM pages WHERE id = :page", page=page)
    return None if count is None else {"count": count}


def _views(reader: Reader, page: str) -> Value | None:
    count = reader.value("SELECT views FROM pages WHERE id = :page", page=page)
    return None if count is None else {"count": rounded(count)}


class _Comment(NamedTuple):
    id: int
    parent: int | None
    state: str
    html: str
    likes: int
    at: int
    edited: int | None
    name: str | None
    display: str | None
    status: str | None

    @property
    def is_shown(self) -> bool:
        return self.state == "approved" and self.status != "shadowed"


def _comments(reader: Reader, page: str) -> Value | None:
    """Return what everybody may read; a reply to what nobody may read goes one up."""
    if reader.value("SELECT 1 FROM pages WHERE id = :page", page=page) is None:
        return None
    rows = reader.all(
        _Comment,
        "SELECT c.id, c.parent_id, c.state, c.html, c.likes, c.created_at, c.edited_at, u.name,"
        " u.display, u.status FROM comments AS c LEFT JOIN users AS u ON u.id = c.user_id"
        " WHERE c.page = :page ORDER BY c.id",
        page=page,
    )
    shown: dict[int, int | None] = {}  # each comment, and the one that stands for it as a parent
    items = []
    for row in rows:
        above = None if row.parent is None else shown.get(row.parent)
        shown[row.id] = row.id if row.is_shown else above
        if row.is_shown:
            items.append(_comment(row, above))
    return {"count": len(items), "items": items}


def _comment(row: _Comment, parent: int | None) -> Value:
    is_named = row.status in NAMED
    return {
        "id": str(row.id),
        "author": row.name if is_named else "",
        "name": row.display if is_named else LEFT,
        "at": iso(row.at),
        "html": row.html,
        "parent": None if parent is None else str(parent),
        "likes": row.likes,
        "edited": None if row.edited is None else iso(row.edited),
    }


def _settings(reader: Reader, page: str) -> Value | None:
    def named(hidden: int, featured: int, closed: int) -> Value:
        return {"hidden": bool(hidden), "featured": bool(featured), "closed": bool(closed)}

    return reader.one(
        named, "SELECT hidden, featured, closed FROM pages WHERE id = :page", page=page
    )


def _profile(reader: Reader, name: str) -> Value | None:
    def shown(display: str, bio: str, website: str, location: str, joined: int) -> Value:
        return {
            "name": display,
            "bio": bio,
            "website": website,
            "location": location,
            "joined": iso(joined)[:10],
        }

    return reader.one(
        shown,
        "SELECT display, bio, website, location, created_at FROM users"
        " WHERE name = :name AND status = 'active' AND confirmed_at IS NOT NULL",
        name=name,
    )


def _follows(reader: Reader, name: str) -> Value | None:
    """Return who follows whom, by name; only those whom everybody may see."""
    found = reader.value("SELECT id FROM users WHERE name = :name AND status = 'active'", name=name)
    if found is None:
        return None
    return {
        "followers": reader.all(
            str,
            "SELECT u.name FROM follows AS f JOIN users AS u ON u.id = f.follower_id"
            " WHERE f.followed_id = :id AND u.status = 'active' ORDER BY u.name",
            id=found,
        ),
        "following": reader.all(
            str,
            "SELECT u.name FROM follows AS f JOIN users AS u ON u.id = f.followed_id"
            " WHERE f.follower_id = :id AND u.status = 'active' ORDER BY u.name",
            id=found,
        ),
    }


def _ranking(name: str) -> Callable[[Reader, str], Value | None]:
    def read(reader: Reader, window: str) -> Value | None:
        key = f"{name}/{window}" if window else name
        return reader.one(
            lambda at, items: {"as_of": iso(at), "items": json.loads(items)},
            "SELECT at, items FROM rankings WHERE name = :key",
            key=key,
        )

    return read


KINDS: dict[str, Callable[[Reader, str], Value | None]] = {
    "likes": _likes,
    "views": _views,
    "comments": _comments,
    "settings": _settings,
    "profile": _profile,
    "follows": _follows,
    "trending": _ranking("trending"),
    "popular": _ranking("popular"),
}
