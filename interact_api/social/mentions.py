"""Mentions: who is called by name in a comment. Whoever keeps apart from its writer isn't."""

import json
from collections.abc import Iterable, Sequence

from interact_api.db import Reader, Tx


def replace(tx: Tx, comment_id: int, writer_id: int, names: Iterable[str]) -> None:
    """Let a comment mention the people called *names*, and nobody else."""
    tx.run("DELETE FROM mentions WHERE comment_id = :id", id=comment_id)
    add(tx, comment_id, writer_id, names)


def add(tx: Tx, comment_id: int, writer_id: int, names: Iterable[str]) -> None:
    """Let a comment mention the people called *names* as well."""
    for name in names:
        tx.run(
            "INSERT INTO mentions (comment_id, user_id) SELECT :id, u.id FROM users AS u"
            " WHERE u.name = :name AND u.status = 'active' AND u.id <> :writer"
            " AND NOT EXISTS"
            " (SELECT 1 FROM blocks WHERE blocker_id = u.id AND blocked_id = :writer)"
            " AND NOT EXISTS"
            " (SELECT 1 FROM blocks WHERE blocker_id = :writer AND blocked_id = u.id)"
            " ON CONFLICT DO NOTHING",
            id=comment_id,
            name=name,
            writer=writer_id,
        )


def of(reader: Reader, comment_id: int) -> list[str]:
    """Return the names of those whom a comment mentions."""
    return of_many(reader, [comment_id]).get(comment_id, [])


def of_many(reader: Reader, ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the names of those whom each comment mentions; comments without any are left out."""
    found: dict[int, list[str]] = {}
    if ids:
        for comment_id, name in reader.all(lambda *row: row, _MANY, ids=json.dumps(ids)):
            found.setdefault(comment_id, []).append(name)
    return found


_MANY = """
SELECT m.comment_id, u.name FROM mentions AS m JOIN users AS u ON u.id = m.user_id
WHERE m.comment_id IN (SELECT value FROM json_each(:ids)) AND u.status = 'active'
ORDER BY m.comment_id, u.name
"""
