"""
Comments: written, changed, settled, taken away.

A comment is ``approved`` (public), ``pending`` (its writer and moderators see it; ``held`` says
why), ``rejected``, ``spam`` or ``deleted`` (its text is gone). What is no longer public but has
public replies stays in its place as a tombstone. The counters ``pages.comments``,
``users.comments`` and ``comments.replies`` count approved comments, and change here alone.
"""

from typing import Any, NamedTuple

from interact_api import audit, facts, outbox
from interact_api.accounts.actor import Actor
from interact_api.db import Reader, Tx
from interact_api.errors import Conflict, Forbidden, Gone, NotFound, Refusal, invalid
from interact_api.settings import Comments

from . import distance, mentions, pages, people
from .pages import Page
from .people import Author
from .text import Text

SHADOWED = "shadowed"  # why the comments of a shadowed person are held
MOST_PINNED = 3
MINUTE = 60_000

COLUMNS = """
    c.id, c.page, c.user_id, c.parent_id, c.depth, c.body, c.html, c.state, c.held, c.learned,
    c.likes, c.replies, c.pinned, c.created_at, c.edited_at, u.name, u.display, u.status
"""


class Comment(NamedTuple):
    """A comment, and who wrote it."""

    id: int
    page: str
    user_id: int | None
    parent_id: int | None
    depth: int
    body: str
    html: str
    state: str
    held: str
    learned: str
    likes: int
    replies: int
    pinned: int
    created_at: int
    edited_at: int | None
    name: str | None
    display: str | None
    status: str | None

    @property
    def is_public(self) -> bool:
        """Tell whether anybody may read it."""
        return self.state == "approved"

    @property
    def author(self) -> str | None:
        """Return whose name stands beside it; those who left have none."""
        return None if self.status in people.LEFT else self.name

    def is_by(self, actor: Actor) -> bool:
        """Tell whether *actor* wrote it."""
        return actor.is_somebody and self.user_id == actor.id


def find(reader: Reader, comment_id: int) -> Comment:
    """Return a comment in whatever state."""
    found = reader.one(
        Comment,
        f"SELECT {COLUMNS} FROM comments AS c LEFT JOIN users AS u ON u.id = c.user_id"  # noqa: S608
        " WHERE c.id = :id",
        id=comment_id,
    )
    if found is None:
        raise NotFound("There is no such comment.")
    return found


def seen(reader: Reader, comment_id: int, viewer: Actor) -> Comment:
    """Return a comment that *viewer* may read."""
    found = find(reader, comment_id)
    if viewer.may("moderate_comments"):
        return found
    pages.with_thread(reader, found.page)
    if found.is_public or (found.state == "pending" and found.is_by(viewer)):
        return found
    if found.replies:
        raise Gone("This comment was taken away.")
    raise NotFound("There is no such comment.")


def add(
    tx: Tx,
    actor: Actor,
    page: Page,
    text: Text,
    limits: Comments,
    *,
    parent_id: int | None = None,
    held: str = "",
    author: Author | None = None,
) -> Comment:
    """
    Add a comment to a page that is open.

    Args:
        tx: the change.
        actor: who writes.
        page: where.
        text: what.
        limits: how deep and how long.
        parent_id: the comment that is answered.
        held: why it isn't public at once.
        author: who writes, if that was read already.
    """
    actor.must("create_comments")
    author = author or people.author(tx, actor)
    above = None if parent_id is None else _parent(tx, actor, page.id, parent_id)
    if above is not None and above.depth + 1 >= limits.depth:
        parent_id, depth = above.parent_id, above.depth
    else:
        depth = 0 if above is None else above.depth + 1
    why = SHADOWED if actor.is_shadowed else held
    row = {
        "page": page.id,
        "user_id": actor.id,
        "parent_id": parent_id,
        "depth": depth,
        "body": text.source,
        "html": text.html,
        "state": "pending" if why else "approved",
        "held": why,
        "created_at": tx.now,
    }
    made = tx.insert("comments", **row)
    mentions.add(tx, made, actor.id, text.names)
    comment = _new(made, row, author)
    if comment.is_public:
        _count(tx, comment, 1)
    return comment


def edit(
    tx: Tx,
    actor: Actor,
    comment_id: int,
    text: Text,
    limits: Comments,
    *,
    held: str = "",
    request_id: str = "",
) -> Comment:
    """Change what a comment says; if that is to be *held*, it is public no longer."""
    comment = seen(tx, comment_id, actor)
    must_edit(actor, comment, tx.now, limits)
    if comment.body == text.source:
        return comment
    tx.run(
        "UPDATE comments SET body = :body, html = :html, edited_at = :now WHERE id = :id",
        body=text.source,
        html=text.html,
        now=tx.now,
        id=comment.id,
    )
    mentions.replace(tx, comment.id, comment.user_id or 0, text.names)
    if comment.is_public:
        facts.touch(tx, f"comments/{comment.page}")
        if held:
            settle(tx, comment, "pending", held)
    if not comment.is_by(actor):
        who, whom = actor.id or None, target(comment.id)
        audit.record(tx, who, actor.name, "comments.edit", whom, request_id=request_id)
    return find(tx, comment.id)


def is_editable(actor: Actor, comment: Comment, now: int, limits: Comments) -> bool:
    """Tell whether *actor* may still change *comment*."""
    if not comment.is_by(actor) and not actor.may("edit_all_comments"):
        return False  # most readers, most comments: without an exception made for each
    try:
        must_edit(actor, comment, now, limits)
    except Refusal:
        return False
    return True


def must_edit(actor: Actor, comment: Comment, now: int, limits: Comments) -> None:
    """Refuse unless *actor* may still change *comment*."""
    actor.must_for(comment.user_id, "edit_own_comments", "edit_all_comments")
    if comment.state == "deleted":
        raise Gone("This comment was taken away.")
    if actor.may("edit_all_comments"):
        return
    if now - comment.created_at > limits.edit_minutes * MINUTE:
        raise Forbidden(
            f"A comment can be changed for {limits.edit_minutes} minutes.", code="TOO_LATE"
        )


def delete(tx: Tx, actor: Actor, comment_id: int, request_id: str = "") -> None:
    """Take a comment's text away for good; its writer, the page's author and moderators may."""
    comment = find(tx, comment_id)
    if not comment.is_by(actor):
        comment = seen(tx, comment_id, actor)
    page = pages.find(tx, comment.page)
    own = comment.is_by(actor) or page.is_by(actor)
    actor.must("delete_own_comments" if own else "delete_all_comments")
    if comment.state == "deleted":
        raise Gone("This comment was taken away.")
    _erase(tx, comment)
    if not comment.is_by(actor):
        details = {"page": comment.page, "writer": comment.name or "", "from": comment.state}
        audit.record(
            tx,
            actor.id or None,
            actor.name,
            "comments.delete",
            target(comment.id),
            details,
            request_id,
        )


def pin(tx: Tx, actor: Actor, comment_id: int, *, pinned: bool, request_id: str = "") -> bool:
    """Let a comment stand on top of its page, or no longer; return False if it did so already."""
    comment = seen(tx, comment_id, actor)
    if not pages.find(tx, comment.page).is_by(actor):
        actor.must("moderate_comments")
    actor.must("create_comments")
    if comment.pinned == pinned:
        return False
    if pinned:
        _must_be_pinnable(tx, comment)
    tx.run("UPDATE comments SET pinned = :pinned WHERE id = :id", pinned=pinned, id=comment.id)
    action = "comments.pin" if pinned else "comments.unpin"
    whom = target(comment.id)
    audit.record(tx, actor.id or None, actor.name, action, whom, request_id=request_id)
    return True


def settle(tx: Tx, comment: Comment, state: str, held: str = "") -> None:
    """Move a comment to *state* and count it accordingly; who may is asked by those who call."""
    tx.run(
        "UPDATE comments SET state = :state, held = :held,"
        " pinned = pinned AND :state = 'approved' WHERE id = :id",
        state=state,
        held=held,
        id=comment.id,
    )
    change = (state == "approved") - comment.is_public
    if change:
        _count(tx, comment, change)
    if change < 0:
        outbox.withdraw(tx, about=target(comment.id))


def _new(comment_id: int, row: dict[str, Any], author: Author) -> Comment:
    """Return a comment as `find` would, which was just written."""
    return Comment(
        **row,
        id=comment_id,
        learned="",
        likes=0,
        replies=0,
        pinned=0,
        edited_at=None,
        name=author.name,
        display=author.display,
        status=author.status,
    )


def target(comment_id: int) -> str:
    """Return what the audit log calls a comment."""
    return f"comment:{comment_id}"


def _parent(tx: Tx, actor: Actor, page: str, parent_id: int) -> Comment:
    """Return the comment that is answered."""
    try:
        parent = seen(tx, parent_id, actor)
    except (NotFound, Gone):
        raise invalid("parent", "isn't there") from None
    readable = parent.is_public or (parent.state == "pending" and parent.is_by(actor))
    if parent.page != page or not readable:
        raise invalid("parent", "isn't there")
    distance.refuse(tx, actor.id, parent.user_id)
    return parent


def _must_be_pinnable(tx: Tx, comment: Comment) -> None:
    if not comment.is_public or comment.parent_id is not None:
        raise Conflict("Only a public comment that answers no other can be pinned.")
    sql = "SELECT count(*) FROM comments WHERE page = :page AND pinned = 1"
    if tx.value(sql, page=comment.page) >= MOST_PINNED:
        raise Conflict(f"A page has at most {MOST_PINNED} pinned comments.", code="TOO_MANY_PINNED")


def _erase(tx: Tx, comment: Comment) -> None:
    settle(tx, comment, "deleted")
    tx.run(
        "UPDATE comments SET body = '', html = '', learned = '', likes = 0, deleted_at = :now"
        " WHERE id = :id",
        id=comment.id,
        now=tx.now,
    )
    tx.run("DELETE FROM comment_likes WHERE comment_id = :id", id=comment.id)
    tx.run("DELETE FROM mentions WHERE comment_id = :id", id=comment.id)
    tx.run(
        "UPDATE reports SET resolved_at = :now WHERE comment_id = :id AND resolved_at IS NULL",
        id=comment.id,
        now=tx.now,
    )


def _count(tx: Tx, comment: Comment, by: int) -> None:
    """Count one public comment more or less, wherever it is counted."""
    tx.run("UPDATE pages SET comments = comments + :by WHERE id = :id", by=by, id=comment.page)
    tx.run("UPDATE users SET comments = comments + :by WHERE id = :id", by=by, id=comment.user_id)
    if comment.parent_id is not None:
        sql = "UPDATE comments SET replies = replies + :by WHERE id = :id"
        tx.run(sql, by=by, id=comment.parent_id)
    facts.touch(tx, f"comments/{comment.page}")
