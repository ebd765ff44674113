"""
Likes of pages and of comments.

``pages.likes`` and ``comments.likes`` count the likes that anybody may know of: those of people who
are banned or shadowed don't count. A shadowed person sees their own.
"""

from typing import NamedTuple

from interact_api import facts
from interact_api.accounts.actor import Actor
from interact_api.db import Reader, Tx
from interact_api.errors import Forbidden, NotFound

from . import distance, pages, people
from .pages import Page
from .people import Connection


class Liked(NamedTuple):
    """How many like something now, and whether that was new."""

    likes: int
    changed: bool


class LikedPage(NamedTuple):
    """A page that somebody likes, and since when."""

    page: str
    url: str
    title: str
    at: int


def like(tx: Tx, actor: Actor, page_id: str) -> Liked:
    """Record that *actor* likes a page; a second time changes nothing."""
    actor.must("create_comments")
    page = pages.public(tx, page_id)
    added = tx.insert_or_ignore("likes", page=page.id, user_id=actor.id, at=tx.now)
    return Liked(_count(tx, actor, page, int(added)), added)


def unlike(tx: Tx, actor: Actor, page_id: str) -> Liked:
    """Take a like back, also from a page that is gone."""
    actor.must("create_comments")
    page = pages.find(tx, page_id)
    sql = "DELETE FROM likes WHERE page = :page AND user_id = :user"
    removed = bool(tx.run(sql, page=page.id, user=actor.id))
    return Liked(_count(tx, actor, page, -int(removed)), removed)


def is_liked(reader: Reader, actor: Actor, page_id: str) -> bool:
    """Tell whether *actor* likes a page."""
    sql = "SELECT 1 FROM likes WHERE page = :page AND user_id = :user"
    return reader.value(sql, page=page_id, user=actor.id) is not None


def who(
    reader: Reader, page_id: str, viewer: Actor, before: tuple[int, int], limit: int
) -> list[Connection]:
    """Return who likes a page, newest first, older than *before*; who hides it is left out."""
    page = pages.public(reader, page_id)
    return reader.all(
        Connection,
        "SELECT u.id, u.name, u.display, l.at FROM likes AS l JOIN users AS u ON u.id = l.user_id"
        " WHERE l.page = :page AND (l.at, l.user_id) < (:at, :id) AND (u.id = :viewer"
        " OR u.status = 'active' AND NOT coalesce(u.settings ->> 'hide_likes', 0))"
        " ORDER BY l.at DESC, l.user_id DESC LIMIT :limit",
        page=page.id,
        viewer=viewer.id,
        at=before[0],
        id=before[1],
        limit=limit,
    )


def who_of_comment(
    reader: Reader, comment_id: int, viewer: Actor, before: int, limit: int
) -> list[Connection]:
    """Return who likes a comment, newest members first; who hides it is left out."""
    page = reader.value(
        "SELECT page FROM comments WHERE id = :id AND state = 'approved'", id=comment_id
    )
    if page is None:
        raise NotFound("There is no such comment.")
    pages.with_thread(reader, page)
    return reader.all(
        Connection,
        "SELECT u.id, u.name, u.display, l.at FROM comment_likes AS l"
        " JOIN users AS u ON u.id = l.user_id"
        " WHERE l.comment_id = :comment AND l.user_id < :before AND (u.id = :viewer"
        " OR u.status = 'active' AND NOT coalesce(u.settings ->> 'hide_likes', 0))"
        " ORDER BY l.user_id DESC LIMIT :limit",
        comment=comment_id,
        viewer=viewer.id,
        before=before,
        limit=limit,
    )


def by(
    reader: Reader, name: str, viewer: Actor, before: tuple[int, str], limit: int
) -> list[LikedPage]:
    """Return which pages somebody likes, newest first, unless they keep that to themselves."""
    person = people.named(reader, name, viewer)
    if person.id != viewer.id and people.hides_likes(reader, person.id):
        raise Forbidden("This person keeps to themselves what they like.", code="LIKES_HIDDEN")
    return reader.all(
        LikedPage,
        "SELECT p.id, p.url, p.title, l.at FROM likes AS l JOIN pages AS p ON p.id = l.page"
        " WHERE l.user_id = :person AND (l.at, l.page) < (:at, :page)"
        " AND p.removed_at IS NULL AND p.hidden = 0"
        " ORDER BY l.at DESC, l.page DESC LIMIT :limit",
        person=person.id,
        at=before[0],
        page=before[1],
        limit=limit,
    )


def like_comment(tx: Tx, actor: Actor, comment_id: int) -> Liked:
    """Record that *actor* likes a comment; a second time changes nothing."""
    actor.must("create_comments")
    comment = _comment(tx, actor, comment_id)
    if comment.state != "approved":
        raise NotFound("There is no such comment.")
    pages.with_thread(tx, comment.page)
    distance.refuse(tx, actor.id, comment.user_id)
    added = tx.insert_or_ignore("comment_likes", comment_id=comment.id, user_id=actor.id, at=tx.now)
    if added:
        _count_comment(tx, actor, comment, 1)
    return Liked(_comment_likes(tx, actor, comment.id), added)


def unlike_comment(tx: Tx, actor: Actor, comment_id: int) -> Liked:
    """Take a like of a comment back."""
    actor.must("create_comments")
    comment = _comment(tx, actor, comment_id)
    sql = "DELETE FROM comment_likes WHERE comment_id = :id AND user_id = :user"
    removed = bool(tx.run(sql, id=comment.id, user=actor.id))
    if removed:
        _count_comment(tx, actor, comment, -1)
    return Liked(_comment_likes(tx, actor, comment.id), removed)


class _Comment(NamedTuple):
    id: int
    page: str
    user_id: int | None
    state: str


def _comment(tx: Tx, actor: Actor, comment_id: int) -> _Comment:
    """Return a comment that is public, or that *actor* has liked when it was."""
    found = tx.one(
        _Comment,
        "SELECT id, page, user_id, state FROM comments WHERE id = :id AND (state = 'approved' OR"
        " EXISTS (SELECT 1 FROM comment_likes WHERE comment_id = :id AND user_id = :user))",
        id=comment_id,
        user=actor.id,
    )
    if found is None:
        raise NotFound("There is no such comment.")
    return found


def _count(tx: Tx, actor: Actor, page: Page, by: int) -> int:
    """Count likes of *page*, unless a shadow's; return how many *actor* sees."""
    if actor.is_shadowed:
        return page.likes + is_liked(tx, actor, page.id)
    if by:
        tx.run("UPDATE pages SET likes = likes + :by WHERE id = :page", by=by, page=page.id)
        facts.touch(tx, f"likes/{page.id}")
    return page.likes + by


def _count_comment(tx: Tx, actor: Actor, comment: _Comment, by: int) -> None:
    if actor.is_shadowed:
        return
    tx.run("UPDATE comments SET likes = likes + :by WHERE id = :id", by=by, id=comment.id)
    if comment.state == "approved":
        facts.touch(tx, f"comments/{comment.page}")


def _comment_likes(tx: Tx, actor: Actor, comment_id: int) -> int:
    count: int = tx.value("SELECT likes FROM comments WHERE id = :id", id=comment_id)
    if not actor.is_shadowed:
        return count
    sql = "SELECT 1 FROM comment_likes WHERE comment_id = :id AND user_id = :user"
    return count + (tx.value(sql, id=comment_id, user=actor.id) is not None)
