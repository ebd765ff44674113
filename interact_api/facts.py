"""
The facts log: which public facts changed, in the order of their change.

A noun that changes what the public pages show says so here, in the same transaction. Only the key
is written; the value is read when somebody asks, so a key that changed a thousand times is told
once.
"""

from typing import NamedTuple

from .db import Reader, Tx


class Change(NamedTuple):
    """A fact that changed: the number of its last change, and its key."""

    seq: int
    key: str


def touch(tx: Tx, key: str) -> None:
    """Say that the fact *key* (``likes/PAGE``, ``profile/NAME``, …) has changed."""
    if key in tx.changed:
        return
    tx.run("DELETE FROM facts WHERE key = :key", key=key)
    tx.insert("facts", key=key)
    tx.changed.append(key)


def since(reader: Reader, seq: int, limit: int) -> list[Change]:
    """Return the facts that changed after *seq*, oldest change first."""
    return reader.all(
        Change,
        "SELECT seq, key FROM facts WHERE seq > :seq ORDER BY seq LIMIT :limit",
        seq=seq,
        limit=limit,
    )


def last(reader: Reader) -> int:
    """Return the number of the last change."""
    return int(reader.value("SELECT coalesce(max(seq), 0) FROM facts"))
