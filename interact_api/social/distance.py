"""Who keeps away from whom: asked before anything passes between two people."""

from interact_api.db import Reader
from interact_api.errors import Forbidden


def between(reader: Reader, one: int, other: int | None) -> bool:
    """Tell whether either of two people has blocked the other."""
    return bool(
        reader.value(
            "SELECT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = :one AND blocked_id = :other)"
            " OR EXISTS (SELECT 1 FROM blocks WHERE blocker_id = :other AND blocked_id = :one)",
            one=one,
            other=other,
        )
    )


def refuse(reader: Reader, one: int, other: int | None) -> None:
    """Refuse if either of two people has blocked the other; who of them isn't told."""
    if other is not None and other != one and between(reader, one, other):
        raise Forbidden("You and this person keep apart.", code="BLOCKED")
