"""Letters to whoever runs the site, from its contact page: kept, and told by mail."""

from typing import NamedTuple

from interact_api import outbox
from interact_api.db import Reader, Tx

EXCERPT = 500  # characters that the mail shows


class Message(NamedTuple):
    """What somebody wrote."""

    id: int
    name: str
    email: str
    body: str
    at: int


def leave(tx: Tx, name: str, email: str, body: str, *, operator: str) -> int:
    """Keep a message, and tell *operator* if there is one; return its id."""
    added = tx.insert("contact", name=name, email=email, body=body, at=tx.now)
    if operator:
        outbox.post(tx, operator, "contact", name=name, email=email, body=body[:EXCERPT])
    return added


def open_messages(reader: Reader, limit: int = 100) -> list[Message]:
    """Return what nobody has handled yet, the oldest first."""
    return reader.all(
        Message,
        "SELECT id, name, email, body, at FROM contact WHERE handled_at IS NULL"
        " ORDER BY id LIMIT :limit + 0",
        limit=limit,
    )
