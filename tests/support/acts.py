"""
One write of each kind, always the same: what a fault in the middle of it is judged by.

Everything that a write depends on is fixed, so the database is either what it was before, row by
row, or what it is after a write that nothing disturbed; there is no third.

As a program: ``acts.py DATABASE KIND`` does it, and prints ``+`` if it was saved, ``-`` if it was
refused, and ``~`` if nobody knows.
"""

import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from interact_api import audit, outbox, schema
from interact_api.accounts import addresses, joining, sessions, subscriptions, tokens
from interact_api.accounts.actor import Actor
from interact_api.accounts.joining import Wish
from interact_api.accounts.subscriptions import Subscription
from interact_api.db import Database, Tx
from interact_api.errors import Unavailable, Unknown
from interact_api.moderation import admission, bans, queue
from interact_api.numbers import views
from interact_api.settings import Comments, Moderation, Settings
from interact_api.social import blocks, comments, follows, likes, pages, reports, text
from interact_api.sqlite import connect

from .service import Clock, member, page
from .social import say, say_in

Rows = dict[str, list[tuple[Any, ...]]]
LIMITS = Comments()
SETTINGS = Settings(
    root=Path(),
    database=Path("a.db"),
    environment="test",
    base_url="http://example.org",
    title="A site",
    secret=b"",
    moderation=Moderation(first_comments=0),
)
LONG = "It goes on and on, longer than a page of the database. " * 150
SALT = views.Salt(20_000, b"salt")
PEOPLE = {"ann": "User", "bob": "User", "mod": "Moderator"}
ANN, BOB, MOD = (
    Actor(number, name, role, frozenset(schema.ROLES["User"] + schema.ROLES["Moderator"]))
    for number, (name, role) in enumerate(PEOPLE.items(), 1)
)
WISH = Wish("dora", addresses.checked("dora@example.org"), "$argon2id$not-a-real-one")


def _comment(tx: Tx, body: str) -> None:
    say_in(tx, ANN, "a", text.written(body, LIMITS), parent_id=1)


def _edit(tx: Tx) -> None:
    comments.edit(tx, ANN, 1, text.written("Other words", LIMITS), LIMITS)


def _answer(tx: Tx) -> None:
    """Answer ann, who is written to."""
    said = text.written("So it is, @mod.", LIMITS)
    admission.write(tx, BOB, pages.find(tx, "a"), said, SETTINGS, parent_id=1)


def _many(tx: Tx) -> None:
    """Write more than one page of the log."""
    for number in range(40):
        tx.insert("spam_words", word=f"{number} {LONG[:900]}", spam=1, ham=1)


ACTS: dict[str, Callable[[Tx], object]] = {
    "like": lambda tx: likes.like(tx, ANN, "a"),
    "unlike": lambda tx: likes.unlike(tx, ANN, "b"),
    "like a comment": lambda tx: likes.like_comment(tx, BOB, 1),
    "follow": lambda tx: follows.follow(tx, BOB, "ann"),
    "block": lambda tx: blocks.block(tx, ANN, "bob"),
    "comment": lambda tx: _comment(tx, "Well said."),
    "answer": _answer,
    "long comment": lambda tx: _comment(tx, LONG),
    "edit": _edit,
    "delete": lambda tx: comments.delete(tx, ANN, 1),
    "report": lambda tx: reports.report(tx, BOB, 1, "spam", "", rules=Moderation()),
    "decide": lambda tx: queue.decide(tx, MOD, 1, "spam"),
    "ban": lambda tx: bans.ban(tx, MOD, "ann", "banned", as_spam=True),
    "register": lambda tx: joining.register(tx, WISH, tokens.from_seed(b"secret", "seed")),
    "sign in": lambda tx: sessions.start(tx, 1, b"digest", remember=True),
    "end letters": lambda tx: subscriptions.end(tx, Subscription(1, "reply")),
    "letter": lambda tx: outbox.post(tx, "ann@example.org", "welcome", name="ann", path="/"),
    "views": lambda tx: views.save(tx, {("a", SALT.day): (2, {b"one", b"two"})}, SALT),
    "audit": lambda tx: audit.record(tx, 1, "ann", "an.act", "user:1"),
    "many rows": _many,
}


def prepare(path: Path) -> None:
    """Make the database that every act begins with."""
    schema.upgrade(path)
    with closing(Database(path, clock=Clock())) as database:
        for name, role in PEOPLE.items():
            member(database, name, role)
        for name in ("a", "b"):
            page(database, name)
        say(database, ANN, "a")
        database.write_now(lambda tx: likes.like(tx, ANN, "b"))
        database.write_now(lambda tx: follows.follow(tx, ANN, "bob"))


def perform(database: Database, kind: str) -> str:
    """Do what *kind* names; return ``+``, ``-`` or ``~``."""
    try:
        database.write_now(ACTS[kind])
    except Unavailable:
        return "-"
    except Unknown:
        return "~"
    return "+"


def rows(path: Path) -> Rows:
    """Return all that is in the database at *path*."""
    with closing(connect(path)) as connection:
        names = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        tables = [name for (name,) in connection.execute(names)]
        return {
            table: sorted(connection.execute(f"SELECT * FROM {table}"), key=repr)
            for table in tables
            if table not in {"migrations", "lives", "standing"}  # what differs each time
        }


if __name__ == "__main__":
    opened = Database(Path(sys.argv[1]), clock=Clock())
    sys.stdout.write(perform(opened, sys.argv[2]))
    sys.stdout.flush()
    opened.close()
