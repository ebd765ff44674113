"""
Seclusion: somebody who was banned or shadowed no longer counts, and may come back.

Their likes and follows stay where they are, but the counters and lists that others see go on
without them. So coming back restores exactly what was there.
"""

from interact_api import facts, outbox
from interact_api.db import Tx

from . import comments


def withdraw(tx: Tx, user_id: int) -> None:
    """Let somebody's likes and follows no longer count, and no letter tell of them."""
    _shift(tx, user_id, -1)
    outbox.withdraw(tx, by=user_id)


def restore(tx: Tx, user_id: int) -> None:
    """Let somebody's likes and follows count again."""
    _shift(tx, user_id, 1)


def hide_comments(tx: Tx, user_id: int) -> int:
    """Let nobody else see what somebody wrote; return how many comments that were."""
    return _settle_all(tx, user_id, ("approved", ""), ("pending", comments.SHADOWED))


def show_comments(tx: Tx, user_id: int) -> int:
    """Let everybody see again what `hide_comments` hid, and what was written since."""
    return _settle_all(tx, user_id, ("pending", comments.SHADOWED), ("approved", ""))


def remove_comments(tx: Tx, user_id: int) -> int:
    """Take everything that somebody wrote for spam; return how many comments that were."""
    return sum(
        _settle_all(tx, user_id, before, ("spam", ""))
        for before in (("approved", ""), ("pending", comments.SHADOWED))
    )


def _settle_all(tx: Tx, user_id: int, before: tuple[str, str], after: tuple[str, str]) -> int:
    found = tx.all(
        int,
        "SELECT id FROM comments WHERE user_id = :user AND state = :state"
        " AND (state = 'approved' OR held = :held)",
        user=user_id,
        state=before[0],
        held=before[1],
    )
    for comment_id in found:
        comments.settle(tx, comments.find(tx, comment_id), *after)
    return len(found)


def _shift(tx: Tx, user_id: int, by: int) -> None:
    for page in tx.all(str, "SELECT page FROM likes WHERE user_id = :id", id=user_id):
        tx.run("UPDATE pages SET likes = likes + :by WHERE id = :page", by=by, page=page)
        facts.touch(tx, f"likes/{page}")
    _shift_comments(tx, user_id, by)
    _shift_follows(tx, user_id, by)


def _shift_comments(tx: Tx, user_id: int, by: int) -> None:
    liked = "SELECT comment_id FROM comment_likes WHERE user_id = :id"
    tx.run(f"UPDATE comments SET likes = likes + :by WHERE id IN ({liked})", by=by, id=user_id)  # noqa: S608
    shown = f"SELECT DISTINCT page FROM comments WHERE state = 'approved' AND id IN ({liked})"  # noqa: S608
    for page in tx.all(str, shown, id=user_id):
        facts.touch(tx, f"comments/{page}")


def _shift_follows(tx: Tx, user_id: int, by: int) -> None:
    for counter, one, other in (
        ("followers", "followed_id", "follower_id"),
        ("following", "follower_id", "followed_id"),
    ):
        ends = f"SELECT {one} FROM follows WHERE {other} = :id"  # noqa: S608 - the names are ours
        tx.run(
            f"UPDATE users SET {counter} = {counter} + :by WHERE id IN ({ends})",  # noqa: S608
            by=by,
            id=user_id,
        )
        names = f"SELECT name FROM users WHERE status = 'active' AND id IN ({ends})"  # noqa: S608
        for name in tx.all(str, names, id=user_id):
            facts.touch(tx, f"follows/{name}")
