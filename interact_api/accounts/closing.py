"""
Closing an account: for a while, or for good.

For good means that nothing leads to the person any more: likes, follows, sessions, tokens and
letters go, comments lose their author or their text, as the person chooses. Only the name stays,
with nobody behind it, so that nobody else can pass for them.
"""

from typing import Literal

from interact_api import audit, facts, outbox
from interact_api.db import Tx
from interact_api.errors import Conflict

from . import attempts, names, users
from .actor import Actor

Leaving = Literal["anonymise", "remove"]

_GONE = (
    "DELETE FROM likes WHERE user_id = :id",
    "DELETE FROM comment_likes WHERE user_id = :id",
    "DELETE FROM follows WHERE follower_id = :id OR followed_id = :id",
    "DELETE FROM blocks WHERE blocker_id = :id OR blocked_id = :id",
    "DELETE FROM mentions WHERE user_id = :id",
    "DELETE FROM sessions WHERE user_id = :id",
    "DELETE FROM tokens WHERE user_id = :id",
    "DELETE FROM letters WHERE user_id = :id",
    "DELETE FROM places WHERE user_id = :id",
    "DELETE FROM answers WHERE user_id = :id",
    "UPDATE reports SET text = '' WHERE user_id = :id",
)
_ERASED = (
    "DELETE FROM comment_likes WHERE comment_id",
    "DELETE FROM mentions WHERE comment_id",
    "UPDATE reports SET resolved_at = coalesce(resolved_at, :now) WHERE comment_id",
    "UPDATE comments SET state = 'deleted', deleted_at = coalesce(deleted_at, :now) WHERE id",
    "UPDATE comments SET body = '', html = '', learned = '', held = '' WHERE id",
    "UPDATE comments SET likes = 0, pinned = 0 WHERE id",
)


def deactivate(tx: Tx, actor: Actor) -> None:
    """Close the actor's own account until an administrator opens it again."""
    users.suspend(tx, actor, actor.id)


def delete(tx: Tx, actor: Actor, user_id: int, comments: Leaving) -> None:
    """Close an account for good: the actor's own, or that of somebody they manage."""
    if actor.id != user_id:
        users.must_manage(tx, actor, user_id)
    user = users.by_id(tx, user_id)
    if user.status == users.DELETED:
        raise Conflict("This account is closed for good already.")
    users.must_not_be_last(tx, user_id)
    names.touch_all(tx, user_id)
    if user.status not in users.SECLUDED:
        _uncount(tx, user_id)
    attempts.clear(tx, user_id)
    for statement in _GONE:
        tx.run(statement, id=user_id)
    _leave_comments(tx, user_id, comments)
    outbox.withdraw(tx, by=user_id)
    _empty(tx, user_id)
    if user.email is not None:
        outbox.forget(tx, user.email)
        outbox.post(tx, user.email, "deleted", name=user.name)
    who = actor.id or None
    audit.record(tx, who, actor.name, "users.delete", f"user:{user_id}", {"comments": comments})


def _uncount(tx: Tx, user_id: int) -> None:
    """Take what is about to go out of every counter."""
    for page in tx.all(str, "SELECT page FROM likes WHERE user_id = :id", id=user_id):
        tx.run("UPDATE pages SET likes = likes - 1 WHERE id = :page", page=page)
        facts.touch(tx, f"likes/{page}")
    liked = "SELECT comment_id FROM comment_likes WHERE user_id = :id"
    pages = f"SELECT DISTINCT page FROM comments WHERE id IN ({liked})"  # noqa: S608 - ours
    for page in tx.all(str, pages, id=user_id):
        facts.touch(tx, f"comments/{page}")
    tx.run(f"UPDATE comments SET likes = likes - 1 WHERE id IN ({liked})", id=user_id)  # noqa: S608
    tx.run(
        "UPDATE users SET followers = followers - 1 WHERE id IN"
        " (SELECT followed_id FROM follows WHERE follower_id = :id)",
        id=user_id,
    )
    tx.run(
        "UPDATE users SET following = following - 1 WHERE id IN"
        " (SELECT follower_id FROM follows WHERE followed_id = :id)",
        id=user_id,
    )


def _leave_comments(tx: Tx, user_id: int, comments: Leaving) -> None:
    """Take the author, or all, from what somebody wrote; what isn't public goes in any case."""
    if comments == "remove":
        _uncount_comments(tx, user_id)
    doomed = "SELECT id FROM comments WHERE user_id = :id AND (:all = 1 OR state <> 'approved')"
    for statement in _ERASED:
        tx.run(
            f"{statement} IN ({doomed})",
            id=user_id,
            all=int(comments == "remove"),
            now=tx.now,
        )
    tx.run("UPDATE comments SET user_id = NULL WHERE user_id = :id", id=user_id)


def _uncount_comments(tx: Tx, user_id: int) -> None:
    tx.run(
        "UPDATE pages SET comments = comments - (SELECT count(*) FROM comments AS c"
        " WHERE c.page = pages.id AND c.user_id = :id AND c.state = 'approved')"
        " WHERE id IN (SELECT page FROM comments WHERE user_id = :id)",
        id=user_id,
    )
    tx.run(
        "UPDATE comments SET replies = replies - (SELECT count(*) FROM comments AS c"
        " WHERE c.parent_id = comments.id AND c.user_id = :id AND c.state = 'approved')"
        " WHERE id IN (SELECT parent_id FROM comments WHERE user_id = :id)",
        id=user_id,
    )


def _empty(tx: Tx, user_id: int) -> None:
    tx.run(
        "UPDATE users SET status = 'deleted', email = NULL, email_key = NULL, password = NULL,"
        " display = '', bio = '', location = '', website = '', links = '[]', settings = '{}',"
        " followers = 0, following = 0, comments = 0, seen_at = NULL,"
        " role_id = (SELECT id FROM roles WHERE is_default = 1) WHERE id = :id",
        id=user_id,
    )
