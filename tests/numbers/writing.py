"""Rows that tests of numbers begin with, written as the nouns would write them."""

from interact_api.accounts.actor import Actor
from interact_api.db import Database, Tx
from interact_api.numbers.views import DAY


def like(db: Database, actor: Actor, page: str, at: int | None = None) -> None:
    """Let *actor* like *page*, at another time if one is given."""

    def act(tx: Tx) -> None:
        tx.insert("likes", page=page, user_id=actor.id, at=tx.now if at is None else at)
        tx.run("UPDATE pages SET likes = likes + 1 WHERE id = :page", page=page)

    db.write_now(act)


def comment(
    db: Database,
    actor: Actor,
    page: str,
    *,
    state: str = "approved",
    parent: int | None = None,
    at: int | None = None,
    text: str = "Hello",
) -> int:
    """Let *actor* comment on *page*; return the comment's id."""

    def act(tx: Tx) -> int:
        return tx.insert(
            "comments",
            page=page,
            user_id=actor.id,
            parent_id=parent,
            body=text,
            html=f"<p>{text}</p>",
            state=state,
            created_at=tx.now if at is None else at,
        )

    return db.write_now(act)


def age(db: Database, actor: Actor, days: float) -> None:
    """Let *actor*'s account be as old as that."""
    run(
        db,
        "UPDATE users SET created_at = :at WHERE id = :id",
        at=int(db.clock() - days * DAY),
        id=actor.id,
    )


def run(db: Database, sql: str, **values: object) -> None:
    """Run one statement."""
    db.write_now(lambda tx: tx.run(sql, **values))


def visitors(db: Database, page: str, people: int, days_ago: int = 0) -> None:
    """Let *people* have looked at *page* on a day."""
    day = db.clock() // DAY - days_ago
    run(db, "INSERT INTO page_days VALUES (:page, :day, :n, :n)", page=page, day=day, n=people)
