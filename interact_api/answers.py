"""
Answers that are kept for those who ask twice: a retried request is told what the first one was.

A program that lost the connection sends its request again with the same ``Idempotency-Key``. What
it was answered is written in the transaction of what was done, so there is never one without the
other.
"""

from typing import NamedTuple

from .db import Reader, Tx
from .errors import Conflict

KEPT = 86_400_000  # milliseconds: a day


class Stored(NamedTuple):
    """What somebody was answered: *request* is the digest of what they had sent."""

    request: bytes
    status: int
    body: bytes


def find(reader: Reader, user_id: int, key: str, request: bytes) -> Stored | None:
    """
    Return what this person was answered when they used *key*, or None.

    Raises:
        Conflict: if the key was used for another request.
    """
    found = reader.one(
        Stored,
        "SELECT request, status, body FROM answers WHERE user_id = :id AND key = :key",
        id=user_id,
        key=key,
    )
    if found is not None and found.request != request:
        raise Conflict("This Idempotency-Key was used for another request.", code="KEY_REUSED")
    return found


def keep(tx: Tx, user_id: int, key: str, answer: Stored) -> None:
    """Keep what somebody is answered, in the transaction of what they asked for."""
    tx.insert("answers", user_id=user_id, key=key, at=tx.now, **answer._asdict())


def prune(tx: Tx) -> int:
    """Forget answers that are a day old; return how many these were."""
    return tx.run("DELETE FROM answers WHERE at < :before", before=tx.now - KEPT)
