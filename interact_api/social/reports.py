"""
Reports: somebody thinks that a comment shouldn't be there.

Each person reports a comment once. Moderators are told by mail of the first open report of a
comment, as often as the outbox allows. When enough trusted people reported it, the comment is taken
back until a moderator has looked at it.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from interact_api import audit, outbox
from interact_api.accounts.actor import Actor
from interact_api.db import Reader, Tx
from interact_api.errors import NotFound, invalid
from interact_api.settings import Moderation

from . import comments, pages
from .comments import Comment
from .text import quote

Reason = Literal["spam", "abuse", "offtopic", "other"]
REPORTED = "reported"  # why a comment is held
DAY = 86_400_000
MOST_MODERATORS = 20
LONGEST = 1_000  # characters of what is told beside the reason


class Report(NamedTuple):
    """Who reported a comment, and why."""

    id: int
    comment_id: int
    name: str
    reason: str
    text: str
    at: int


def report(
    tx: Tx, actor: Actor, comment_id: int, reason: Reason, text: str, *, rules: Moderation
) -> bool:
    """Record that *actor* finds fault with a comment; return False if they did so before."""
    actor.must("create_comments")
    comment = comments.seen(tx, comment_id, actor)
    if not comment.is_public:
        raise NotFound("There is no such comment.")
    if comment.is_by(actor):
        raise invalid("comment", "is your own")
    is_first = not _open(tx, comment.id)
    added = tx.insert_or_ignore(
        "reports", comment_id=comment.id, user_id=actor.id, reason=reason, text=text, at=tx.now
    )
    if not added or actor.is_shadowed:
        return added
    if is_first:
        _tell_moderators(tx, comment, reason)
    if rules.reports and _trusted(tx, comment.id, rules) >= rules.reports:
        comments.settle(tx, comment, "pending", REPORTED)
        details = {"from": "approved", "to": "pending"}
        audit.record(tx, None, "", "comments.hold", comments.target(comment.id), details)
    return True


def of(reader: Reader, comment_id: int) -> list[Report]:
    """Return the open reports of a comment, oldest first."""
    sql = f"{_SELECT} WHERE r.comment_id = :id AND r.resolved_at IS NULL ORDER BY r.id"
    return reader.all(Report, sql, id=comment_id)


def of_many(reader: Reader, ids: Iterable[int]) -> dict[int, list[Report]]:
    """Return the open reports of several comments, by comment."""
    found: dict[int, list[Report]] = {comment_id: [] for comment_id in ids}
    some = ", ".join(str(comment_id) for comment_id in found)
    sql = f"{_SELECT} WHERE r.comment_id IN ({some}) AND r.resolved_at IS NULL ORDER BY r.id"
    for one in reader.all(Report, sql):
        found[one.comment_id].append(one)
    return found


def listed(reader: Reader, actor: Actor, after: int = 0, limit: int = 50) -> list[Report]:
    """Return open reports of all comments, oldest first, those after the id *after*."""
    actor.must("moderate_comments")
    return reader.all(
        Report,
        f"{_SELECT} WHERE r.id > :after AND r.resolved_at IS NULL ORDER BY r.id LIMIT :limit",
        after=after,
        limit=limit,
    )


def close(tx: Tx, actor: Actor, report_id: int, request_id: str = "") -> bool:
    """Close one report without touching the comment; return False if it was closed already."""
    actor.must("moderate_comments")
    comment_id = tx.value("SELECT comment_id FROM reports WHERE id = :id", id=report_id)
    if comment_id is None:
        raise NotFound("There is no such report.")
    closed = tx.run(
        "UPDATE reports SET resolved_at = :now, resolved_by = :by"
        " WHERE id = :id AND resolved_at IS NULL",
        now=tx.now,
        by=actor.id or None,
        id=report_id,
    )
    if closed:
        target = comments.target(comment_id)
        details = {"report": report_id}
        who = actor.id or None
        audit.record(tx, who, actor.name, "reports.close", target, details, request_id)
    return bool(closed)


def resolve(tx: Tx, actor: Actor, comment_id: int) -> int:
    """Close the open reports of a comment; return how many there were."""
    return tx.run(
        "UPDATE reports SET resolved_at = :now, resolved_by = :by"
        " WHERE comment_id = :id AND resolved_at IS NULL",
        now=tx.now,
        by=actor.id or None,
        id=comment_id,
    )


def _open(tx: Tx, comment_id: int) -> int:
    """Return how many open reports there are of a comment, of people who count."""
    sql = (
        "SELECT count(*) FROM reports AS r JOIN users AS u ON u.id = r.user_id"
        " WHERE r.comment_id = :id AND r.resolved_at IS NULL AND u.status = 'active'"
    )
    return int(tx.value(sql, id=comment_id))


def _trusted(tx: Tx, comment_id: int, rules: Moderation) -> int:
    """Return how many open reports are from people who have been here for a while and wrote."""
    return int(
        tx.value(
            "SELECT count(*) FROM reports AS r JOIN users AS u ON u.id = r.user_id"
            " WHERE r.comment_id = :id AND r.resolved_at IS NULL AND u.status = 'active'"
            " AND u.created_at <= :before AND u.comments > 0",
            id=comment_id,
            before=tx.now - rules.trusted_days * DAY,
        )
    )


def _tell_moderators(tx: Tx, comment: Comment, reason: str) -> None:
    page = pages.find(tx, comment.page)
    for address, name in tx.all(lambda *row: row, _MODERATORS, limit=MOST_MODERATORS):
        outbox.post(
            tx,
            address,
            "reported",
            name=name,
            title=page.title,
            author=comment.name or "",
            reason=reason,
            quote=quote(comment.html),
            path=pages.permalink(page, comment.id),
        )


_SELECT = (
    "SELECT r.id, r.comment_id, u.name, r.reason, r.text, r.at FROM reports AS r"
    " JOIN users AS u ON u.id = r.user_id"
)
_MODERATORS = """
SELECT u.email, u.name FROM users AS u JOIN roles AS r ON r.id = u.role_id
WHERE u.status = 'active' AND u.email IS NOT NULL AND u.confirmed_at IS NOT NULL
    AND ' ' || r.effective || ' ' LIKE '% moderate_comments %'
ORDER BY u.id LIMIT :limit
"""
