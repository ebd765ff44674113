"""
The audit log: who did what to whom, and when. It only grows: triggers of the schema see to that.

A row is written in the transaction of what it tells. No secret, token or address belongs in it.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from .db import Reader, Tx

COLUMNS = "id, at, actor_id, actor, action, target, details, request_id"


class Entry(NamedTuple):
    """One act: *actor* is the name as it was then, *target* is ``user:12``, ``page:posts.a``, …."""

    id: int
    at: int
    actor_id: int | None
    actor: str
    action: str
    target: str
    details: dict[str, Any]
    request_id: str


def record(  # noqa: PLR0917 - who, what, whom, in the order of the sentence
    tx: Tx,
    actor_id: int | None,
    actor_name: str,
    action: str,
    target: str,
    details: Mapping[str, object] | None = None,
    request_id: str = "",
) -> None:
    """Write down that somebody did *action* (``comments.approve``) to *target*."""
    tx.insert(
        "audit",
        at=tx.now,
        actor_id=actor_id,
        actor=actor_name,
        action=action,
        target=target,
        details=json.dumps(dict(details or {}), ensure_ascii=False, sort_keys=True),
        request_id=request_id,
    )


def recent(
    reader: Reader,
    *,
    before: int | None = None,
    limit: int = 50,
    target: str = "",
    action: str = "",
    actor: str = "",
    actor_id: int | None = None,
) -> list[Entry]:
    """Return the newest entries before the id *before*: all, or of one target, action or person."""
    wanted = {"target": target, "action": action, "actor": actor, "actor_id": actor_id}
    values = {name: value for name, value in wanted.items() if value not in {"", None}}
    # Only what is asked for stands in the statement, so that the index of targets serves.
    conditions = ["id < :before" if before is not None else "1"]
    conditions += [f"{name} = :{name}" for name in values]
    return reader.all(
        _entry,
        f"SELECT {COLUMNS} FROM audit WHERE {' AND '.join(conditions)}"  # noqa: S608 - our names
        " ORDER BY id DESC LIMIT :limit + 0",
        before=before,
        limit=limit,
        **values,
    )


def _entry(*row: Any) -> Entry:
    entry = Entry(*row)
    return entry._replace(details=json.loads(entry.details))  # type: ignore[arg-type]
