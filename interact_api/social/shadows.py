"""
Shadows: what the shadowed see of their own doing, as if it counted; nobody else sees any of it.

They would find out at once if their own like or reply were missing from a number that they read.
Rankings and numbers of many pages are the same for everybody, and stay so.
"""

from interact_api.accounts.actor import Actor
from interact_api.db import Reader

from .comments import SHADOWED


def own_comments(reader: Reader, viewer: Actor, page: str) -> dict[int, int]:
    """Return how many of their own comments a shadow sees below each comment; 0 is the page."""
    if not viewer.is_shadowed:
        return {}
    return dict(
        reader.all(
            lambda *row: row,
            "SELECT coalesce(parent_id, 0), count(*) FROM comments WHERE user_id = :viewer"
            " AND page = :page AND state = 'pending' AND held = :held GROUP BY parent_id",
            viewer=viewer.id,
            page=page,
            held=SHADOWED,
        )
    )


def own_like(viewer: Actor, *, liked: bool | None) -> int:
    """Return 1 if whoever looks is a shadow that likes this, which nobody counted."""
    return int(viewer.is_shadowed and bool(liked))


def own_follow(reader: Reader, viewer: Actor, user_id: int) -> int:
    """Return 1 if whoever looks is a shadow that follows this person, which nobody counted."""
    if not viewer.is_shadowed:
        return 0
    sql = "SELECT 1 FROM follows WHERE follower_id = :viewer AND followed_id = :id"
    return int(reader.value(sql, viewer=viewer.id, id=user_id) is not None)
