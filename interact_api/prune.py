"""What has had its time: everything that may be forgotten, forgotten in one place."""

from collections.abc import Callable

from . import answers, outbox
from .accounts import attempts, letters, sessions, tokens, users
from .db import Tx
from .numbers import views

DAY = 86_400_000  # milliseconds
PRUNED: dict[str, Callable[[Tx], int]] = {
    "sessions": sessions.prune,
    "tokens": tokens.prune,
    "letters": letters.prune,
    "attempts": attempts.prune,
    "registrations": users.prune,
    "answers": answers.prune,
    "outbox": outbox.prune,
}
# What hangs on a page, each before what it refers to.
ON_A_PAGE = (
    "DELETE FROM comment_likes WHERE comment_id IN (SELECT id FROM comments WHERE page = :page)",
    "DELETE FROM reports WHERE comment_id IN (SELECT id FROM comments WHERE page = :page)",
    "DELETE FROM mentions WHERE comment_id IN (SELECT id FROM comments WHERE page = :page)",
    "UPDATE comments SET parent_id = NULL WHERE page = :page",
    "DELETE FROM comments WHERE page = :page",
    "DELETE FROM likes WHERE page = :page",
    "DELETE FROM view_days WHERE page = :page",
    "DELETE FROM page_days WHERE page = :page",
    "DELETE FROM pages WHERE id = :page",
)


def prune(tx: Tx) -> dict[str, int]:
    """Forget what has expired; return how much that was, by kind."""
    found = {name: forget(tx) for name, forget in PRUNED.items()}
    return {**found, "view digests": _view_digests(tx)}


def prune_orphans(tx: Tx, days: int) -> list[str]:
    """
    Remove pages that have been gone for *days*, with all that hangs on them; return their ids.

    This is the only thing here that people have written, so it is done only if somebody asks.
    """
    before = tx.now - days * DAY
    gone = tx.all(str, "SELECT id FROM pages WHERE removed_at < :before", before=before)
    for page in gone:
        _uncount(tx, page)
        for sql in ON_A_PAGE:
            tx.run(sql, page=page)
    return gone


def _uncount(tx: Tx, page: str) -> None:
    tx.run(
        "UPDATE users SET comments = comments - (SELECT count(*) FROM comments"
        " WHERE user_id = users.id AND page = :page AND state = 'approved')"
        " WHERE id IN (SELECT user_id FROM comments WHERE page = :page)",
        page=page,
    )


def _view_digests(tx: Tx) -> int:
    """Forget all that are due: `views.forget` takes some at a time."""
    total = 0
    while found := views.forget(tx, tx.now // DAY):
        total += found
    return total
