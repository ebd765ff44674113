"""Members in order: whom most people follow, or who came last. Nobody who is hidden is listed."""

from typing import NamedTuple

from interact_api.db import Reader

SHOWN = "status = 'active' AND confirmed_at IS NOT NULL"
COLUMNS = "id, name, display, bio, followers, created_at"


class Member(NamedTuple):
    """What a list shows of somebody."""

    id: int
    name: str
    display: str
    bio: str
    followers: int
    joined: int


def most_followed(reader: Reader, limit: int, after: tuple[int, int] | None = None) -> list[Member]:
    """Return members by how many follow them; *after* is (followers, id) of the last one seen."""
    followers, seen = after or (2**62, 0)
    return reader.all(
        Member,
        f"SELECT {COLUMNS} FROM users WHERE {SHOWN}"  # noqa: S608 - ours
        " AND (followers < :followers OR (followers = :followers AND id > :seen))"
        " ORDER BY followers DESC, id LIMIT :limit + 0",
        followers=followers,
        seen=seen,
        limit=limit,
    )


def newest(reader: Reader, limit: int, before: int | None = None) -> list[Member]:
    """Return members, the newest first; *before* is the id of the last one seen."""
    return reader.all(
        Member,
        f"SELECT {COLUMNS} FROM users WHERE {SHOWN} AND id < :before"  # noqa: S608 - ours
        " ORDER BY id DESC LIMIT :limit + 0",
        before=before or 2**62,
        limit=limit,
    )
