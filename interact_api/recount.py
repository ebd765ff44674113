"""
Counters and what they count: every number that is kept beside rows, and how these give it.

The nouns change a counter in the transaction of its rows, so both always agree. This file proves
it, and sets right what somebody has changed by hand. Those whom moderators have taken out, banned
or shadowed, are not counted.
"""

from typing import NamedTuple

from . import facts
from .db import Reader, Tx


class Counter(NamedTuple):
    """A column that counts; *rows* is SQL for the right number, *fact* the fact that shows it."""

    table: str
    column: str
    rows: str
    fact: str


COUNTERS = (
    Counter(
        "pages",
        "likes",
        "SELECT count(*) FROM likes JOIN users ON users.id = likes.user_id"
        " WHERE likes.page = pages.id AND users.status NOT IN ('banned', 'shadowed')",
        "likes/{0}",
    ),
    Counter(
        "pages",
        "comments",
        "SELECT count(*) FROM comments WHERE page = pages.id AND state = 'approved'",
        "comments/{0}",
    ),
    Counter(
        "pages",
        "views",
        "SELECT coalesce(sum(page_days.views), 0) FROM page_days WHERE page = pages.id",
        "views/{0}",
    ),
    Counter(
        "pages",
        "visitors",
        "SELECT coalesce(sum(page_days.visitors), 0) FROM page_days WHERE page = pages.id",
        "",
    ),
    Counter(
        "comments",
        "likes",
        "SELECT count(*) FROM comment_likes JOIN users ON users.id = comment_likes.user_id"
        " WHERE comment_id = comments.id AND users.status NOT IN ('banned', 'shadowed')",
        "comments/{1}",
    ),
    Counter(
        "comments",
        "replies",
        "SELECT count(*) FROM comments AS reply"
        " WHERE reply.parent_id = comments.id AND reply.state = 'approved'",
        "comments/{1}",
    ),
    Counter(
        "users",
        "followers",
        "SELECT count(*) FROM follows JOIN users AS other ON other.id = follower_id"
        " WHERE followed_id = users.id AND other.status NOT IN ('banned', 'shadowed')",
        "follows/{1}",
    ),
    Counter(
        "users",
        "following",
        "SELECT count(*) FROM follows JOIN users AS other ON other.id = followed_id"
        " WHERE follower_id = users.id AND other.status NOT IN ('banned', 'shadowed')",
        "follows/{1}",
    ),
    Counter(
        "users",
        "comments",
        "SELECT count(*) FROM comments WHERE user_id = users.id AND state = 'approved'",
        "",
    ),
)
_OWNER = {"pages": "id", "comments": "page", "users": "name"}  # what a fact is called after


class Difference(NamedTuple):
    """A counter that is wrong: *found* stands there, *right* would be right."""

    table: str
    column: str
    id: str | int
    owner: str
    found: int
    right: int

    def __str__(self) -> str:
        """Return a line for people."""
        return f"{self.table}.{self.column} of {self.id} is {self.found} instead of {self.right}"


def differences(reader: Reader) -> list[Difference]:
    """Return the counters that are wrong."""
    return [wrong for counter in COUNTERS for wrong in _wrong(reader, counter)]


def recount(tx: Tx) -> list[Difference]:
    """Set every counter right; return what was wrong."""
    found = differences(tx)
    known = {(counter.table, counter.column): counter for counter in COUNTERS}
    for one in found:
        counter = known[one.table, one.column]
        tx.run(
            f"UPDATE {one.table} SET {one.column} = :right WHERE id = :id",  # noqa: S608 - ours
            right=one.right,
            id=one.id,
        )
        if counter.fact:
            facts.touch(tx, counter.fact.format(one.id, one.owner))
    return found


def _wrong(reader: Reader, counter: Counter) -> list[Difference]:
    table, column, rows, _ = counter
    return reader.all(
        lambda *row: Difference(table, column, *row),
        f"SELECT * FROM (SELECT id, {_OWNER[table]}, {column} AS found, ({rows}) AS right"  # noqa: S608
        f" FROM {table}) WHERE found <> right ORDER BY id",
    )
