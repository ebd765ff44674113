"""
Undelivered letters: what waits, what couldn't be sent, and what becomes of it.

A letter is dead when its server refused it for good, or didn't take it in three days. It is kept
for a month, for whoever looks after the post to send it once more or throw it away.
"""

from typing import Literal, NamedTuple

from interact_api import audit
from interact_api.accounts.actor import Actor
from interact_api.db import Reader, Tx
from interact_api.errors import NotFound

State = Literal["waiting", "sent", "dead"]


class Posted(NamedTuple):
    """A letter as those see it who look after the post."""

    id: int
    recipient: str
    template: str
    state: State
    attempts: int
    next_at: int
    error: str
    created_at: int


def listed(reader: Reader, state: State, limit: int = 100) -> list[Posted]:
    """Return letters in *state*, the newest first; what they say is nobody's business."""
    return reader.all(
        Posted,
        "SELECT id, recipient, template, state, attempts, next_at, error, created_at FROM outbox"
        " WHERE state = :state ORDER BY id DESC LIMIT :limit + 0",
        state=state,
        limit=limit,
    )


def retry(tx: Tx, actor: Actor, number: int | None = None) -> int:
    """Let a dead letter leave once more, or all of them; return how many these are."""
    actor.must("admin_access")
    again = tx.run(
        "UPDATE outbox SET state = 'waiting', attempts = 0, next_at = :now, error = ''"
        " WHERE state = 'dead' AND (:id IS NULL OR id = :id)",
        now=tx.now,
        id=number,
    )
    return _noted(tx, actor, "outbox.retry", number, again)


def drop(tx: Tx, actor: Actor, number: int | None = None) -> int:
    """Throw a dead letter away, or all of them; return how many these were."""
    actor.must("admin_access")
    sql = "DELETE FROM outbox WHERE state = 'dead' AND (:id IS NULL OR id = :id)"
    return _noted(tx, actor, "outbox.drop", number, tx.run(sql, id=number))


def _noted(tx: Tx, actor: Actor, action: str, number: int | None, count: int) -> int:
    if number is not None and not count:
        raise NotFound(f"There is no dead letter {number}.")
    if count:
        target = "outbox" if number is None else f"letter:{number}"
        audit.record(tx, actor.id or None, actor.name, action, target, {"letters": count})
    return count
