"""People doing things to pages, in one line each."""

from interact_api.accounts.actor import Actor
from interact_api.db import Database, Reader, Tx
from interact_api.settings import Comments, Moderation
from interact_api.social import comments, pages, text
from interact_api.social.comments import Comment
from interact_api.social.text import Text

LIMITS = Comments()
NO_RULES = Moderation(first_comments=0, links=0)


def say(
    db: Database,
    actor: Actor,
    page: str,
    body: str = "Well said.",
    *,
    to: Comment | None = None,
    held: str = "",
) -> Comment:
    """Let somebody comment, past every rule."""
    written = text.written(body, LIMITS)
    parent = None if to is None else to.id
    return db.write_now(lambda tx: say_in(tx, actor, page, written, parent_id=parent, held=held))


def say_in(
    tx: Tx, actor: Actor, page: str, said: Text, *, parent_id: int | None = None, held: str = ""
) -> Comment:
    """Let somebody comment, together with what else happens in a transaction."""
    opened = pages.open_thread(tx, page)
    return comments.add(tx, actor, opened, said, LIMITS, parent_id=parent_id, held=held)


def shadowed(db: Database, actor: Actor) -> Actor:
    """Shadow somebody who has written nothing yet; return them as their next request finds them."""
    db.write_now(
        lambda tx: tx.run("UPDATE users SET status = 'shadowed' WHERE id = :i", i=actor.id)
    )
    return actor._replace(is_shadowed=True)


def touched(db: Database, since: int = 0) -> list[str]:
    """Return which facts changed after *since*, in order."""
    return db.reader.all(str, "SELECT key FROM facts WHERE seq > :seq ORDER BY seq", seq=since)


def forget_changes(db: Database) -> None:
    """Begin the facts log anew."""
    db.write_now(lambda tx: tx.run("DELETE FROM facts"))


# What each counter should be, by the rows. Likes and follows of the banned and shadowed don't count.
COUNTERS = {
    "pages.likes": (
        "SELECT p.id, p.likes, (SELECT count(*) FROM likes AS l JOIN users AS u ON u.id = l.user_id"
        " WHERE l.page = p.id AND u.status NOT IN ('banned', 'shadowed')) FROM pages AS p"
    ),
    "pages.comments": (
        "SELECT p.id, p.comments, (SELECT count(*) FROM comments AS c"
        " WHERE c.page = p.id AND c.state = 'approved') FROM pages AS p"
    ),
    "comments.likes": (
        "SELECT c.id, c.likes, (SELECT count(*) FROM comment_likes AS l JOIN users AS u"
        " ON u.id = l.user_id WHERE l.comment_id = c.id AND u.status NOT IN ('banned', 'shadowed'))"
        " FROM comments AS c"
    ),
    "comments.replies": (
        "SELECT c.id, c.replies, (SELECT count(*) FROM comments AS r"
        " WHERE r.parent_id = c.id AND r.state = 'approved') FROM comments AS c"
    ),
    "users.comments": (
        "SELECT u.id, u.comments, (SELECT count(*) FROM comments AS c"
        " WHERE c.user_id = u.id AND c.state = 'approved') FROM users AS u"
    ),
    "users.followers": (
        "SELECT u.id, u.followers, (SELECT count(*) FROM follows AS f JOIN users AS v"
        " ON v.id = f.follower_id WHERE f.followed_id = u.id"
        " AND v.status NOT IN ('banned', 'shadowed')) FROM users AS u"
    ),
    "users.following": (
        "SELECT u.id, u.following, (SELECT count(*) FROM follows AS f JOIN users AS v"
        " ON v.id = f.followed_id WHERE f.follower_id = u.id"
        " AND v.status NOT IN ('banned', 'shadowed')) FROM users AS u"
    ),
}


def wrong_counters(reader: Reader) -> list[str]:
    """Return every counter that isn't what its rows say."""
    return [
        f"{name} of {key}: {counted}, but {rows} rows"
        for name, sql in COUNTERS.items()
        for key, counted, rows in reader.all(lambda *row: row, sql)
        if counted != rows
    ]
