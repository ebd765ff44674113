"""
Sessions: who signed in where, until when.

A browser keeps 32 random bytes in a cookie, the database their digest. A remembered session ends
after 14 days without use and after 90 in any case, another one after a day.
"""

from typing import NamedTuple

from interact_api.db import Reader, Tx
from interact_api.errors import NotFound

from .actor import Actor, permission_set

MINUTE = 60_000
DAY = 86_400_000
IDLE, ABSOLUTE = 14, 90  # days, unless the settings say otherwise
BRIEF = DAY
MOST = 20  # sessions of one person; the oldest one makes room


class Session(NamedTuple):
    """One place where somebody is signed in."""

    id: int
    agent: str
    place: str
    remember: bool
    created_at: int
    used_at: int
    expires_at: int


class SignedIn(NamedTuple):
    """
    Who a session belongs to; *is_due* says that its use should be noted with `note_use`.

    It is so as long as `standing` tells the same, and *until* then at most.
    """

    actor: Actor
    session_id: int
    is_due: bool
    standing: int | None
    until: int


_ACTOR = f"""
SELECT s.id, :now - s.used_at >= {MINUTE}, u.id, u.name, r.name, r.effective,
    u.confirmed_at IS NOT NULL, u.status = 'shadowed', t.version, s.expires_at
FROM sessions AS s JOIN users AS u ON u.id = s.user_id JOIN roles AS r ON r.id = u.role_id
    LEFT JOIN standing AS t ON t.id = 1
WHERE s.token = :digest AND s.expires_at > :now AND u.status IN ('active', 'shadowed')
"""  # noqa: S608 - a number


def actor(reader: Reader, digest: bytes, now: int) -> SignedIn | None:
    """Return whose session has the token with *digest*, or None. Every request asks this."""
    return reader.one(_signed_in, _ACTOR, digest=digest, now=now)


def _signed_in(  # noqa: PLR0917 - the columns
    session_id: int,
    is_due: int,
    user_id: int,
    name: str,
    role: str,
    effective: str,
    is_confirmed: int,
    is_shadowed: int,
    standing: int | None,
    until: int,
) -> SignedIn:
    permissions = permission_set(effective)
    who = Actor(user_id, name, role, permissions, bool(is_confirmed), bool(is_shadowed))
    return SignedIn(who, session_id, bool(is_due), standing, until)


def standing(reader: Reader) -> int | None:
    """Return a number that is another one as soon as some session means less than before."""
    version: int | None = reader.value("SELECT version FROM standing WHERE id = 1")
    return version


def note_use(tx: Tx, session_id: int, idle: int = IDLE, absolute: int = ABSOLUTE) -> None:
    """Note that a session is used now, and its owner seen; asked at most once a minute."""
    tx.run(
        "UPDATE sessions SET used_at = :now, expires_at = CASE remember"
        " WHEN 1 THEN min(:now + :idle, created_at + :absolute) ELSE expires_at END"
        " WHERE id = :id AND used_at < :now AND expires_at > :now",
        id=session_id,
        now=tx.now,
        idle=idle * DAY,
        absolute=absolute * DAY,
    )
    tx.run(
        "UPDATE users SET seen_at = :now WHERE id ="
        " (SELECT user_id FROM sessions WHERE id = :id) AND coalesce(seen_at, 0) <= :before",
        id=session_id,
        now=tx.now,
        before=tx.now - MINUTE,
    )


def start(
    tx: Tx,
    user_id: int,
    digest: bytes,
    *,
    remember: bool,
    agent: str = "",
    place: str = "",
    idle: int = IDLE,
) -> int:
    """Begin a session for somebody who proved who they are; return its id."""
    tx.run(
        "DELETE FROM sessions WHERE user_id = :id AND expires_at <= :now", id=user_id, now=tx.now
    )
    tx.run(
        "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE user_id = :id"
        " ORDER BY used_at DESC, id DESC LIMIT -1 OFFSET :most + 0)",
        id=user_id,
        most=MOST - 1,
    )
    tx.run("UPDATE users SET seen_at = :now WHERE id = :id", id=user_id, now=tx.now)
    return tx.insert(
        "sessions",
        user_id=user_id,
        token=digest,
        remember=int(remember),
        agent=agent,
        place=place,
        created_at=tx.now,
        used_at=tx.now,
        expires_at=tx.now + (idle * DAY if remember else BRIEF),
    )


def renew(tx: Tx, session_id: int, digest: bytes) -> bool:
    """Give a session another token, so that copies of its old one end; tell if it is remembered."""
    sql = "UPDATE sessions SET token = :token WHERE id = :id RETURNING remember"
    return bool(tx.value(sql, token=digest, id=session_id))


def of(reader: Reader, user_id: int, now: int) -> list[Session]:
    """Return where somebody is signed in, the last used place first."""
    return reader.all(
        Session,
        "SELECT id, agent, place, remember, created_at, used_at, expires_at FROM sessions"
        " WHERE user_id = :id AND expires_at > :now ORDER BY used_at DESC, id DESC",
        id=user_id,
        now=now,
    )


def count(reader: Reader, now: int) -> int:
    """Return how many sessions there are."""
    return int(reader.value("SELECT count(*) FROM sessions WHERE expires_at > :now", now=now) or 0)


def end(tx: Tx, actor: Actor, session_id: int) -> None:
    """End one of the actor's own sessions."""
    ended = tx.run(
        "DELETE FROM sessions WHERE id = :id AND user_id = :owner", id=session_id, owner=actor.id
    )
    if not ended:
        raise NotFound("There is no such session.")


def drop(tx: Tx, session_id: int) -> None:
    """End the session in which somebody asks for it."""
    tx.run("DELETE FROM sessions WHERE id = :id", id=session_id)


def end_all(tx: Tx, user_id: int, but: int | None = None) -> int:
    """End every session of somebody, except *but*; return how many these were."""
    return tx.run(
        "DELETE FROM sessions WHERE user_id = :id AND id <> :but", id=user_id, but=but or 0
    )


def prune(tx: Tx) -> int:
    """Forget what has expired; return how many sessions these were."""
    return tx.run("DELETE FROM sessions WHERE expires_at <= :now", now=tx.now)
