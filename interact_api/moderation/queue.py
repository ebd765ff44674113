"""
The queue: what waits for a moderator, and what moderators decide.

A decision moves a comment, closes its reports, teaches the spam score and is written down; the last
one can be undone. Deciding what is decided already changes nothing.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from interact_api import audit
from interact_api.accounts.actor import Actor
from interact_api.audit import Entry
from interact_api.db import Reader, Tx
from interact_api.errors import Conflict, Gone, Refusal
from interact_api.social import comments, news, reports
from interact_api.social.comments import COLUMNS, SHADOWED, Comment
from interact_api.social.people import HIDDEN

from . import spam

PERMISSION = "moderate_comments"
Decision = Literal["approve", "reject", "spam"]
Act = Literal["approve", "reject", "spam", "delete", "undo"]
Waiting = Literal["pending", "reported", "spam", "rejected"]

STATES: dict[str, str] = {"approve": "approved", "reject": "rejected", "spam": "spam"}
LESSONS: dict[str, spam.Kind] = {"approve": "ham", "spam": "spam"}
MOST = 100  # comments of one bulk


class Outcome(NamedTuple):
    """What came of one comment in a bulk: *code* is empty if it worked."""

    comment_id: int
    code: str
    detail: str


def listed(
    reader: Reader,
    actor: Actor,
    which: Waiting,
    after: int = 0,
    limit: int = 50,
) -> list[Comment]:
    """Return what waits, oldest first, those after the id *after*."""
    actor.must(PERMISSION)
    return reader.all(Comment, statement(which), after=after, limit=limit)


def statement(which: Waiting) -> str:
    """Return the SQL of a part of the queue."""
    if which == "reported":
        some = (
            "SELECT DISTINCT comment_id FROM reports WHERE resolved_at IS NULL"
            " AND comment_id > :after ORDER BY comment_id LIMIT :limit + 0"
        )
        return f"{_SELECT} WHERE c.id IN ({some}) ORDER BY c.id"
    assert which in {"pending", "rejected", "spam"}
    # The first two conditions are those of the index comments_queue, word for word.
    return (
        f"{_SELECT} WHERE c.state IN ('pending', 'rejected', 'spam') AND c.held <> '{SHADOWED}'"
        f" AND c.state = '{which}' AND c.id > :after ORDER BY c.id LIMIT :limit + 0"
    )


_SELECT = f"SELECT {COLUMNS} FROM comments AS c LEFT JOIN users AS u ON u.id = c.user_id"  # noqa: S608


def decide(
    tx: Tx, actor: Actor, comment_id: int, decision: Decision, request_id: str = ""
) -> Comment:
    """Approve or reject a comment, or take it for spam."""
    actor.must(PERMISSION)
    comment = _decidable(tx, comment_id, STATES[decision])
    resolved = reports.resolve(tx, actor, comment.id)
    if comment.state == STATES[decision]:
        if resolved:
            details = {"state": comment.state}
            _record(tx, actor, "comments.dismiss", comment, details, request_id=request_id)
        return comment
    lesson = LESSONS.get(decision, "")
    before = {"from": comment.state, "held": comment.held, "learned": comment.learned}
    _move(tx, comment, STATES[decision], "", lesson)
    details = {**before, "to": STATES[decision]}
    _record(tx, actor, f"comments.{decision}", comment, details, request_id=request_id)
    decided = comments.find(tx, comment.id)
    if decided.is_public:
        news.catch_up(tx, decided)
    return decided


def undo(tx: Tx, actor: Actor, comment_id: int, request_id: str = "") -> Comment:
    """Take the last decision on a comment back."""
    actor.must(PERMISSION)
    last = _last_decision(tx, comment_id)
    comment = _decidable(tx, comment_id, str(last.details["from"]) if last else "")
    if last is None or last.details["to"] != comment.state:
        raise Conflict("There is no decision that could be undone.", code="NOTHING_TO_UNDO")
    state, held = last.details["from"], last.details["held"]
    if held == SHADOWED and comment.status not in HIDDEN:
        state, held = "approved", ""  # its writer was let back in meanwhile
    _move(tx, comment, state, held, last.details["learned"])
    details = {"from": comment.state, "to": state}
    _record(tx, actor, "comments.undo", comment, details, request_id=request_id)
    return comments.find(tx, comment.id)


def decide_all(
    tx: Tx, actor: Actor, ids: Sequence[int], act: Act, request_id: str = ""
) -> list[Outcome]:
    """Do the same to many comments; what can't be done to one says so and spoils nothing."""
    actor.must(PERMISSION)
    return [_decide_one(tx, actor, comment_id, act, request_id) for comment_id in ids]


def unlearn(tx: Tx, comment: Comment) -> None:
    """Forget what a comment taught; its text has changed."""
    _teach(tx, comment, "")


def _decide_one(tx: Tx, actor: Actor, comment_id: int, act: Act, request_id: str) -> Outcome:
    try:
        if act == "delete":
            comments.delete(tx, actor, comment_id, request_id)
        elif act == "undo":
            undo(tx, actor, comment_id, request_id)
        else:
            decide(tx, actor, comment_id, act, request_id)
    except Refusal as refusal:  # raised before anything was changed
        return Outcome(comment_id, refusal.code, refusal.detail)
    return Outcome(comment_id, "", "")


def _decidable(tx: Tx, comment_id: int, state: str) -> Comment:
    """Return a comment that may be moved to *state*."""
    comment = comments.find(tx, comment_id)
    if comment.state == "deleted":
        raise Gone("This comment was taken away.")
    if state == "approved" and comment.status == SHADOWED:
        raise Conflict("Its writer is shadowed; lift that first.", code="WRITER_SHADOWED")
    return comment


def _last_decision(tx: Tx, comment_id: int) -> Entry | None:
    """Return the last decision, unless it was undone."""
    for entry in audit.recent(tx, target=comments.target(comment_id)):
        verb = entry.action.removeprefix("comments.")
        if verb in STATES:
            return entry
        if verb == "undo":
            return None
    return None


def _move(tx: Tx, comment: Comment, state: str, held: str, lesson: str) -> None:
    comments.settle(tx, comment, state, held)
    _teach(tx, comment, lesson)


def _teach(tx: Tx, comment: Comment, lesson: str) -> None:
    """Let a comment teach *lesson* and nothing else from now on."""
    if comment.learned == lesson:
        return
    if comment.learned:
        spam.learn(tx, comment.body, _kind(comment.learned), -1)
    if lesson:
        spam.learn(tx, comment.body, _kind(lesson))
    sql = "UPDATE comments SET learned = :lesson WHERE id = :id"
    tx.run(sql, lesson=lesson, id=comment.id)


def _kind(lesson: str) -> spam.Kind:
    return "spam" if lesson == "spam" else "ham"


def _record(
    tx: Tx, actor: Actor, action: str, comment: Comment, details: dict[str, str], *, request_id: str
) -> None:
    target = comments.target(comment.id)
    audit.record(tx, actor.id or None, actor.name, action, target, details, request_id)
