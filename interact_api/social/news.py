"""
News: who is written to when a comment can be read, and when somebody is followed.

Whoever was answered, was called by name or wrote the page gets one letter, of the first of these
kinds that they want. Nobody hears of themselves, nor of somebody whom they keep apart from. A
comment that waits for a moderator is news once it is approved, and one that never was public isn't.
"""

import json
from collections.abc import Iterator
from typing import NamedTuple

from interact_api import outbox
from interact_api.accounts import subscriptions
from interact_api.accounts.actor import Actor
from interact_api.db import Tx

from . import comments, pages
from .comments import Comment
from .pages import Page
from .people import HIDDEN, LEFT, PRESENT, Person
from .text import quote


class Hearer(NamedTuple):
    """Somebody who may be written to."""

    id: int
    name: str
    email: str
    settings: str  # JSON

    def wants(self, kind: str) -> bool:
        """Tell whether they want letters of this *kind*."""
        return subscriptions.wants(json.loads(self.settings), kind)


def of_comment(
    tx: Tx, comment: Comment, answered: int | None = None, page: Page | None = None
) -> None:
    """
    Tell of a public comment.

    Args:
        tx: the change that makes it public.
        comment: the comment.
        answered: the one it answers, if that isn't the one above it.
        page: its page, if that is known.
    """
    if comment.user_id is None or comment.status in {*HIDDEN, *LEFT}:
        return
    page = page or pages.find(tx, comment.page)
    told = {comment.user_id}
    for kind, who in _concerned(tx, page, comment, answered or comment.parent_id):
        if who.id in told or not who.wants(kind):
            continue
        told.add(who.id)
        outbox.tell(
            tx,
            who.email,
            kind,
            name=who.name,
            reader=str(who.id),
            author=comment.name or "",
            title=page.title,
            quote=quote(comment.html),
            path=pages.permalink(page, comment.id),
            about=comments.target(comment.id),
            by=str(comment.user_id),
        )


def postpone(tx: Tx, comment: Comment) -> None:
    """Note that nobody was told of *comment*, which waits for a moderator."""
    if comment.held != comments.SHADOWED:
        tx.run("UPDATE comments SET untold = 1 WHERE id = :id", id=comment.id)


def catch_up(tx: Tx, comment: Comment) -> None:
    """Tell of a comment that was approved, if nobody was told before."""
    if tx.run("UPDATE comments SET untold = 0 WHERE id = :id AND untold = 1", id=comment.id):
        of_comment(tx, comment)


def of_follow(tx: Tx, actor: Actor, followed: Person) -> None:
    """Tell somebody who follows them."""
    who = None if actor.is_shadowed else _hearer(tx, "id", followed.id, actor.id)
    if who is None or not who.wants("follow"):
        return
    outbox.tell(
        tx,
        who.email,
        "follow",
        name=who.name,
        reader=str(who.id),
        author=actor.name,
        path=f"/users/{actor.name}/",
        about=f"user:{actor.id}",
        by=str(actor.id),
    )


def _concerned(
    tx: Tx, page: Page, comment: Comment, answered: int | None
) -> Iterator[tuple[str, Hearer]]:
    """Yield who might be told of a comment, and as what, what matters most first."""
    wanted: list[tuple[str, str, object]] = []
    if answered is not None:
        sql = "SELECT user_id FROM comments WHERE id = :id"
        wanted.append(("reply", "id", tx.value(sql, id=answered)))
    if "@" in comment.body:
        mentioned = "SELECT user_id FROM mentions WHERE comment_id = :id"
        wanted += [("mention", "id", who) for who in tx.all(int, mentioned, id=comment.id)]
    wanted += [("comment", "name", name) for name in json.loads(page.authors)]
    for kind, column, value in wanted:
        who = _hearer(tx, column, value, comment.user_id)
        if who is not None:
            yield kind, who


def _hearer(tx: Tx, column: str, value: object, writer: int | None) -> Hearer | None:
    """Return whom *value* names, if they may be written to of what *writer* did."""
    return tx.one(Hearer, _HEARERS[column], value=value, writer=writer)


_HEARERS = {
    column: f"""
SELECT id, name, email, settings FROM users WHERE {column} = :value AND status IN {PRESENT}
    AND email IS NOT NULL AND confirmed_at IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = users.id AND blocked_id = :writer)
    AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = :writer AND blocked_id = users.id)
"""  # noqa: S608 - the names are ours
    for column in ("id", "name")
}
