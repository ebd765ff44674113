"""
Follows: who wants to read whom.

``users.followers`` counts followers that anybody may see, ``users.following`` those followed that
anybody may see; whoever is banned or shadowed is in neither.
"""

from typing import NamedTuple

from interact_api import facts
from interact_api.accounts import names
from interact_api.accounts.actor import Actor
from interact_api.db import Reader, Tx
from interact_api.errors import invalid

from . import distance, news, people
from .people import HIDDEN, Connection, Person

MOST_FOLLOWED = 500  # of the people that somebody follows, how many are asked for suggestions
MOST_PATHS = 20_000  # ways from somebody to a suggestion, beyond which more wouldn't change much


class Followed(NamedTuple):
    """How many follow somebody now, and whether that was new."""

    followers: int
    changed: bool


class Bond(NamedTuple):
    """What there is between somebody and another."""

    following: bool
    follows_you: bool
    blocked: bool


class Suggestion(NamedTuple):
    """Somebody followed by *mutual* of the people whom one follows."""

    id: int
    name: str
    display: str
    mutual: int
    created_at: int


def follow(tx: Tx, actor: Actor, name: str) -> Followed:
    """Let *actor* follow the person called *name*."""
    actor.must("create_comments")
    other = people.named(tx, name, actor)
    if other.id == actor.id:
        raise invalid("name", "is your own")
    distance.refuse(tx, actor.id, other.id)
    added = tx.insert_or_ignore("follows", follower_id=actor.id, followed_id=other.id, at=tx.now)
    if added:
        _count(tx, actor.id, other.id, 1)
        news.of_follow(tx, actor, other)
    return Followed(_followers(tx, actor, other.id), added)


def unfollow(tx: Tx, actor: Actor, name: str) -> Followed:
    """Let *actor* no longer follow the person called *name*."""
    actor.must("create_comments")
    other = names.holder(tx, name)
    if other is None:
        raise people.unknown(name)
    removed = _remove(tx, actor.id, other.user_id)
    return Followed(_followers(tx, actor, other.user_id), removed)


def sever(tx: Tx, one: int, other: int) -> None:
    """End whatever follows there are between two people."""
    for follower, followed in ((one, other), (other, one)):
        _remove(tx, follower, followed)


def bond(reader: Reader, actor: Actor, name: str) -> Bond:
    """Return what there is between *actor* and the person called *name*, as *actor* may know it."""
    other = people.named(reader, name, actor)
    sql = "SELECT 1 FROM blocks WHERE blocker_id = :id AND blocked_id = :other"
    return Bond(
        _is_there(reader, actor.id, other.id),
        _is_there(reader, other.id, actor.id),
        reader.value(sql, id=actor.id, other=other.id) is not None,
    )


def followers(
    reader: Reader, name: str, viewer: Actor, before: tuple[int, int], limit: int
) -> list[Connection]:
    """Return who follows somebody, newest first, older than *before* (time and id)."""
    return _connections(reader, name, viewer, before, limit, of="followed_id", shown="follower_id")


def following(
    reader: Reader, name: str, viewer: Actor, before: tuple[int, int], limit: int
) -> list[Connection]:
    """Return whom somebody follows, newest first, older than *before* (time and id)."""
    return _connections(reader, name, viewer, before, limit, of="follower_id", shown="followed_id")


def mutual(reader: Reader, actor: Actor, name: str, after: int, limit: int) -> list[Person]:
    """Return whom *actor* follows among those who follow the person called *name*, by id."""
    other = people.named(reader, name, actor)
    return reader.all(
        Person,
        "SELECT u.id, u.name, u.display FROM follows AS mine JOIN follows AS theirs"
        " ON theirs.follower_id = mine.followed_id AND theirs.followed_id = :other"
        " JOIN users AS u ON u.id = mine.followed_id"
        " WHERE mine.follower_id = :id AND mine.followed_id > :after AND u.status = 'active'"
        " ORDER BY mine.followed_id LIMIT :limit",
        id=actor.id,
        other=other.id,
        after=after,
        limit=limit,
    )


def suggestions(reader: Reader, actor: Actor, limit: int) -> list[Suggestion]:
    """Return whom *actor* may want to follow: most mutual connections first, then newest."""
    return reader.all(Suggestion, _SUGGESTIONS, id=actor.id, limit=limit)


_SUGGESTIONS = f"""
WITH near AS (
    SELECT followed_id FROM follows WHERE follower_id = :id ORDER BY at DESC LIMIT {MOST_FOLLOWED}
), paths AS (
    SELECT f.followed_id AS id FROM near JOIN follows AS f ON f.follower_id = near.followed_id
    JOIN users AS between_us ON between_us.id = near.followed_id AND between_us.status = 'active'
    LIMIT {MOST_PATHS}
)
SELECT u.id, u.name, u.display, count(*) AS mutual, u.created_at
FROM paths JOIN users AS u ON u.id = paths.id
WHERE u.id <> :id AND u.status = 'active'
    AND NOT EXISTS (SELECT 1 FROM follows WHERE follower_id = :id AND followed_id = u.id)
    AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = :id AND blocked_id = u.id)
    AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = u.id AND blocked_id = :id)
GROUP BY u.id ORDER BY mutual DESC, u.created_at DESC, u.id DESC LIMIT :limit
"""  # noqa: S608 - the numbers are ours


def _connections(
    reader: Reader,
    name: str,
    viewer: Actor,
    before: tuple[int, int],
    limit: int,
    *,
    of: str,
    shown: str,
) -> list[Connection]:
    person = people.named(reader, name, viewer)
    return reader.all(
        Connection,
        "SELECT u.id, u.name, u.display, f.at"  # noqa: S608 - the names are ours
        f" FROM follows AS f JOIN users AS u ON u.id = f.{shown}"
        f" WHERE f.{of} = :person AND (f.at, f.{shown}) < (:at, :id)"
        " AND (u.status = 'active' OR u.id = :viewer)"
        f" ORDER BY f.at DESC, f.{shown} DESC LIMIT :limit",
        person=person.id,
        viewer=viewer.id,
        at=before[0],
        id=before[1],
        limit=limit,
    )


def _followers(reader: Reader, actor: Actor, user_id: int) -> int:
    """Return how many follow somebody, as *actor* sees it: a shadow counts for itself."""
    count = reader.value("SELECT followers FROM users WHERE id = :id", id=user_id)
    return int(count) + (actor.is_shadowed and _is_there(reader, actor.id, user_id))


def _is_there(reader: Reader, follower: int, followed: int) -> bool:
    sql = "SELECT 1 FROM follows WHERE follower_id = :follower AND followed_id = :followed"
    return reader.value(sql, follower=follower, followed=followed) is not None


def _remove(tx: Tx, follower: int, followed: int) -> bool:
    sql = "DELETE FROM follows WHERE follower_id = :follower AND followed_id = :followed"
    removed = bool(tx.run(sql, follower=follower, followed=followed))
    if removed:
        _count(tx, follower, followed, -1)
    return removed


class _End(NamedTuple):
    id: int
    name: str
    status: str

    @property
    def is_counted(self) -> bool:
        return self.status not in HIDDEN


def _count(tx: Tx, follower: int, followed: int, by: int) -> None:
    """Count a follow that is new or gone, where it counts."""
    one, other = _end(tx, follower), _end(tx, followed)
    if other.is_counted:
        tx.run("UPDATE users SET following = following + :by WHERE id = :id", by=by, id=one.id)
    if one.is_counted:
        tx.run("UPDATE users SET followers = followers + :by WHERE id = :id", by=by, id=other.id)
    if one.status == other.status == "active":
        facts.touch(tx, f"follows/{one.name}")
        facts.touch(tx, f"follows/{other.name}")


def _end(tx: Tx, user_id: int) -> _End:
    found = tx.one(_End, "SELECT id, name, status FROM users WHERE id = :id", id=user_id)
    assert found is not None
    return found
