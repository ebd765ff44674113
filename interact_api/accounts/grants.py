"""
Access tokens that live for minutes, and the refresh tokens that get new ones.

A refresh token works once and brings the next pair; all pairs that follow from one sign-in are a
family. One that is used again is in two hands, and nobody knows which are the owner's; so the whole
family ends.
"""

from typing import NamedTuple

from interact_api import audit
from interact_api.db import Tx

from .tokens import ACCESS, REFRESH, digest, new

MINUTE = 60_000
DAY = 86_400_000


class Pair(NamedTuple):
    """The texts of an access token and of the refresh token that goes with it."""

    access: str
    refresh: str


class Lives(NamedTuple):
    """How long each of a pair is good, in milliseconds."""

    access: int = 15 * MINUTE
    refresh: int = 30 * DAY


class _Refresh(NamedTuple):
    id: int
    user_id: int
    family: int
    scopes: str
    expires_at: int
    used_at: int | None
    status: str


def new_pair() -> Pair:
    """Return the texts of a new pair."""
    return Pair(new(ACCESS), new(REFRESH))


def issue(tx: Tx, user_id: int, scopes: str, pair: Pair, lives: Lives) -> None:
    """Begin a family for somebody who proved who they are."""
    first = _keep(tx, user_id, "refresh", None, pair.refresh, scopes, lives.refresh)
    tx.run("UPDATE tokens SET family = :id WHERE id = :id", id=first)
    _keep(tx, user_id, "access", first, pair.access, scopes, lives.access)


def rotate(tx: Tx, refresh: str, pair: Pair, lives: Lives) -> str | None:
    """
    Take the token *refresh* and let *pair* follow it.

    Returns:
        the scopes of the pair, or None if the token isn't good. It isn't raised, because ending the
        family of a token that was used before has to be saved.
    """
    found = tx.one(
        _Refresh,
        "SELECT t.id, t.user_id, t.family, t.scopes, t.expires_at, t.used_at, u.status"
        " FROM tokens AS t JOIN users AS u ON u.id = t.user_id"
        " WHERE t.token = :token AND t.kind = 'refresh' AND t.revoked_at IS NULL",
        token=digest(refresh),
    )
    if found is None or found.expires_at <= tx.now or found.status not in {"active", "shadowed"}:
        return None
    if found.used_at is not None:
        _end(tx, found.family)
        audit.record(tx, None, "nobody", "tokens.reused", f"user:{found.user_id}")
        return None
    tx.run("UPDATE tokens SET used_at = :now WHERE id = :id", now=tx.now, id=found.id)
    _end(tx, found.family, "access")
    _keep(tx, found.user_id, "refresh", found.family, pair.refresh, found.scopes, lives.refresh)
    _keep(tx, found.user_id, "access", found.family, pair.access, found.scopes, lives.access)
    return found.scopes


def revoke(tx: Tx, token: str) -> bool:
    """End *token* and its family, whoever shows it; tell whether it was good."""
    found = tx.one(
        lambda key, family: (key, family),
        "SELECT id, family FROM tokens WHERE token = :token AND revoked_at IS NULL",
        token=digest(token),
    )
    if found is None:
        return False
    key, family = found
    if family is not None:
        _end(tx, family)
    tx.run("UPDATE tokens SET revoked_at = :now WHERE id = :id", now=tx.now, id=key)
    return True


def _end(tx: Tx, family: int, kind: str = "") -> None:
    tx.run(
        "UPDATE tokens SET revoked_at = :now WHERE family = :family AND revoked_at IS NULL"
        " AND (:kind = '' OR kind = :kind)",
        now=tx.now,
        family=family,
        kind=kind,
    )


def _keep(  # noqa: PLR0917 - a row
    tx: Tx, user_id: int, kind: str, family: int | None, text: str, scopes: str, life: int
) -> int:
    return tx.insert(
        "tokens",
        user_id=user_id,
        kind=kind,
        family=family,
        token=digest(text),
        scopes=scopes,
        created_at=tx.now,
        expires_at=tx.now + life,
    )
