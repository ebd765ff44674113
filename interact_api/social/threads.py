"""
Threads: the comments of a page, a page of them at a time.

Each comment names the one it answers, so a reader can draw a tree of whatever part it has. Every
order goes by an index from where the last part ended, so a part of ten thousand costs what a part
of a hundred does. Tombstones stand where public replies hang below something that isn't public.
"""

import json
from typing import NamedTuple

from interact_api.accounts.actor import Actor
from interact_api.db import Reader
from interact_api.errors import invalid

from . import blocks, comments, pages
from .comments import Comment

ORDERS = ("oldest", "newest", "best")
LAST = 2**62  # beyond every id and count
TOMBSTONE = -1  # likes, when sorting by them


class Place(NamedTuple):
    """Where a part of a thread ended; *likes* matters for the best first."""

    likes: int
    id: int


class Part(NamedTuple):
    """Some comments of a page; *next* is where to go on, None at the end."""

    pinned: list[Comment]
    items: list[Comment]
    next: Place | None


FIRST = {"oldest": Place(0, 0), "newest": Place(0, LAST), "best": Place(LAST, LAST)}


def part(
    reader: Reader,
    page_id: str,
    viewer: Actor,
    *,
    order: str = "oldest",
    after: Place | None = None,
    limit: int = 50,
    parent_id: int | None = None,
) -> Part:
    """
    Return the next *limit* comments of a page, as *viewer* may read them.

    In one of the `ORDERS`, from where the last part ended; the first part has the pinned ones too.
    With a *parent_id*, only direct replies to that one.
    """
    pages.with_thread(reader, page_id)
    if parent_id is not None and order == "best":
        raise invalid("sort", "replies come in the order of time")
    start = after or FIRST[order]
    found = reader.all(
        Comment,
        statement(order, replies=parent_id is not None, somebody=viewer.is_somebody),
        page=page_id,
        parent=parent_id,
        viewer=viewer.id,
        likes=start.likes,
        id=start.id,
        gone=start.id if start.likes == TOMBSTONE else LAST,
        limit=limit + 1,
    )
    begins = after is None and parent_id is None
    pinned = _pinned(reader, page_id) if begins else []
    blocked = blocks.ids(reader, viewer.id) if viewer.is_somebody else frozenset()
    return Part(
        [as_seen(one, viewer, blocked) for one in pinned],
        [as_seen(one, viewer, blocked) for one in found[:limit]],
        place(found[limit - 1]) if len(found) > limit else None,
    )


def as_seen(comment: Comment, viewer: Actor, blocked: frozenset[int] = frozenset()) -> Comment:
    """Return what *viewer* sees of a comment: all, that it is blocked, or that it was there."""
    if comment.is_public and comment.user_id in blocked:
        return _without_text(comment, "blocked")
    if comment.is_public:
        return comment
    if comment.state == "pending" and comment.is_by(viewer):
        state = "approved" if comment.held == comments.SHADOWED else "pending"
        return comment._replace(state=state, held="")
    return _without_text(comment, "deleted")._replace(user_id=None, name=None, display=None)


def place(comment: Comment) -> Place:
    """Return where a part that ends with *comment* goes on."""
    return Place(comment.likes if comment.is_public else TOMBSTONE, comment.id)


def liked(reader: Reader, viewer: Actor, found: list[Comment]) -> frozenset[int]:
    """Return which of the comments *viewer* likes."""
    if not viewer.is_somebody or not found:
        return frozenset()
    return frozenset(
        reader.all(
            int,
            "SELECT comment_id FROM comment_likes WHERE user_id = :viewer"
            " AND comment_id IN (SELECT value FROM json_each(:ids))",
            viewer=viewer.id,
            ids=json.dumps([one.id for one in found]),
        )
    )


def statement(order: str, *, replies: bool, somebody: bool) -> str:
    """Return the SQL of a part: what is public, what left a tombstone, and the viewer's own."""
    time = {"oldest": "id > :id", "newest": "id < :id"}.get(order)
    way = "id" if order == "oldest" else "id DESC"
    if replies:
        sets = [f"parent_id = :parent AND {time}"]
        shown = "state = 'approved' OR replies > 0"
        own = "state = 'pending' AND user_id = :viewer"
        sets[0] += f" AND ({shown} OR {own})" if somebody else f" AND ({shown})"
        return _joined([_set(sets[0], way)], way)
    public = "page = :page AND state = 'approved' AND pinned = 0"
    gone = "page = :page AND state <> 'approved' AND replies > 0"
    own = "user_id = :viewer AND page = :page AND state = 'pending' AND replies = 0"
    if time is None:
        sets = [
            _set(f"{public} AND (likes, id) < (:likes, :id)", "likes DESC, id DESC"),
            _set(f"{gone} AND id < :gone", "id DESC", rank=str(TOMBSTONE)),
        ]
        if somebody:
            sets.append(_set(f"{own} AND id < :gone", "id DESC", rank=str(TOMBSTONE)))
        return _joined(sets, "rank DESC, id DESC")
    sets = [_set(f"{which} AND {time}", way) for which in (public, gone)]
    if somebody:
        sets.append(_set(f"{own} AND {time}", way))
    return _joined(sets, way)


def _without_text(comment: Comment, state: str) -> Comment:
    return comment._replace(
        state=state, html="", body="", held="", likes=0, pinned=0, edited_at=None
    )


def _set(where: str, order: str, rank: str = "likes") -> str:
    # SQLite plans a statement anew at each call if its LIMIT is a parameter and nothing more.
    return (
        f"SELECT * FROM (SELECT id, {rank} AS rank FROM comments WHERE {where}"  # noqa: S608
        f" ORDER BY {order} LIMIT :limit + 0)"
    )


def _joined(sets: list[str], order: str) -> str:
    """Sort ids alone: texts are long, and each step of sorting would copy them."""
    found = " UNION ALL ".join(sets)
    return (
        f"SELECT {comments.COLUMNS}"  # noqa: S608
        f" FROM (SELECT * FROM ({found}) ORDER BY {order} LIMIT :limit + 0) AS f"
        " CROSS JOIN comments AS c ON c.id = f.id LEFT JOIN users AS u ON u.id = c.user_id"
        f" ORDER BY {', '.join('f.' + one for one in order.split(', '))}"
    )


def _pinned(reader: Reader, page_id: str) -> list[Comment]:
    return reader.all(
        Comment,
        f"SELECT {comments.COLUMNS} FROM comments AS c LEFT JOIN users AS u ON u.id = c.user_id"  # noqa: S608
        " WHERE c.page = :page AND c.pinned = 1 ORDER BY c.id",
        page=page_id,
    )
