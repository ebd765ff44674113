"""
Tokens: their texts, made here and kept as digests, and those that people make for their programs.

What a token is for stands in front of it, and the digest is of the whole text, so one kind never
works as another. Nothing else in the package draws at random what must not be guessed.
"""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from typing import NamedTuple

from interact_api import audit
from interact_api.db import Reader, Tx
from interact_api.errors import Conflict, NotFound, invalid

from .actor import Actor, permission_set

SESSION = "st_sess_"
PERSONAL = "st_pat_"
ACCESS = "st_acc_"
REFRESH = "st_ref_"
MAIL = "st_mail_"
KINDS = (SESSION, PERSONAL, ACCESS, REFRESH, MAIL)
BYTES = 32
SCOPES = ("read", "write", "moderate", "admin")
NEEDED = {"moderate": "moderate_comments", "admin": "admin_access"}
LONGEST_NAME = 50
LONGEST_LIFE = 366  # days
MOST = 50
DAY = 86_400_000
KEPT = 30 * DAY  # after a token has ended, so that one used again is known for what it is
_REST = re.compile(r"[A-Za-z0-9_-]{43}")
# Without marks that people take for one another.
_SPEAKABLE = "abcdefghijkmnpqrstuvwxyz23456789"


class MailToken(NamedTuple):
    """A token that travels by mail: *seed* is kept until then, and is worth nothing alone."""

    seed: str
    text: str


def new(kind: str) -> str:
    """Return a new token of *kind*, one of the prefixes above."""
    return kind + secrets.token_urlsafe(BYTES)


def new_for_mail(secret: bytes) -> MailToken:
    """Return a new token for a letter; whoever reads the database can't make it from the seed."""
    return from_seed(secret, secrets.token_urlsafe(BYTES))


def from_seed(secret: bytes, seed: str) -> MailToken:
    """Return the token that belongs to *seed*."""
    drawn = hmac.digest(secret, f"letter:{seed}".encode(), "sha256")
    return MailToken(seed, MAIL + urlsafe_b64encode(drawn).decode().rstrip("="))


def new_password() -> str:
    """Return a password that a person can read out: five groups of four."""
    drawn = ["".join(secrets.choice(_SPEAKABLE) for _ in range(4)) for _ in range(5)]
    return "-".join(drawn)


def kind_of(text: str) -> str | None:
    """Return what *text* is a token for, or None if it is none."""
    for kind in KINDS:
        if text.startswith(kind) and _REST.fullmatch(text[len(kind) :]):
            return kind
    return None


def digest(text: str) -> bytes:
    """Return what is kept of a token."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def new_salt() -> bytes:
    """Return a new salt, for digests that nobody is to compare with those of another day."""
    return secrets.token_bytes(BYTES)


class Token(NamedTuple):
    """A personal token, as its owner sees it; the text was shown once."""

    id: int
    name: str
    scopes: tuple[str, ...]
    created_at: int
    expires_at: int


class Owned(NamedTuple):
    """A personal token, and whose it is."""

    owner: str
    token: Token


_ACTOR = """
SELECT u.id, u.name, r.name, r.effective, u.status, t.kind, t.scopes
FROM tokens AS t JOIN users AS u ON u.id = t.user_id JOIN roles AS r ON r.id = u.role_id
WHERE t.token = :digest AND t.kind IN ('personal', 'access') AND t.revoked_at IS NULL
AND t.expires_at > :now AND u.status IN ('active', 'shadowed') AND u.confirmed_at IS NOT NULL
"""


def actor(reader: Reader, digest: bytes, now: int) -> Actor | None:
    """Return whose token has *digest*, with its scopes, or None."""
    return reader.one(_actor, _ACTOR, digest=digest, now=now)


def _actor(  # noqa: PLR0917 - the columns
    user_id: int, name: str, role: str, effective: str, status: str, kind: str, scopes: str
) -> Actor | None:
    permissions = permission_set(effective)
    if kind == "personal" and "api_access" not in permissions:
        return None
    return Actor(
        id=user_id,
        name=name,
        role=role,
        permissions=permissions,
        is_shadowed=status == "shadowed",
        scopes=permission_set(scopes),
    )


def checked_scopes(actor: Actor, scopes: Iterable[str]) -> str:
    """Return *scopes* as they are kept, or refuse those that are more than *actor* may."""
    wanted = set(scopes)
    if not wanted or wanted - set(SCOPES):
        raise invalid("scopes", f"are some of {', '.join(SCOPES)}")
    for scope in wanted & set(NEEDED):
        actor.must(NEEDED[scope])
    return " ".join(scope for scope in SCOPES if scope in wanted)


def create(  # noqa: PLR0917 - a token
    tx: Tx,
    actor: Actor,
    name: str,
    scopes: Iterable[str],
    days: int,
    text: str,
    by: Actor | None = None,
) -> Token:
    """Keep the digest of the actor's personal token *text*, good for *days*; *by* who made it."""
    actor.must("api_access")
    kept = checked_scopes(actor, scopes)
    if not 1 <= days <= LONGEST_LIFE:
        raise invalid("days", f"takes 1 to {LONGEST_LIFE}")
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise invalid("name", f"takes 1 to {LONGEST_NAME} characters that can be seen")
    if len(of(tx, actor.id, tx.now)) >= MOST:
        raise Conflict(f"{MOST} tokens are enough; revoke one first.", code="TOO_MANY_TOKENS")
    expires = tx.now + days * DAY
    added = tx.insert(
        "tokens",
        user_id=actor.id,
        kind="personal",
        name=name.strip(),
        token=digest(text),
        scopes=kept,
        created_at=tx.now,
        expires_at=expires,
    )
    who, details = by or actor, {"scopes": kept, "of": actor.name}
    audit.record(tx, who.id or None, who.name, "tokens.create", f"token:{added}", details)
    return Token(added, name.strip(), tuple(kept.split()), tx.now, expires)


def of(reader: Reader, user_id: int, now: int) -> list[Token]:
    """Return somebody's personal tokens that are good, the newest first."""
    return reader.all(
        lambda key, name, scopes, *times: Token(key, name, tuple(scopes.split()), *times),
        "SELECT id, name, scopes, created_at, expires_at FROM tokens WHERE user_id = :id"
        " AND kind = 'personal' AND revoked_at IS NULL AND expires_at > :now ORDER BY id DESC",
        id=user_id,
        now=now,
    )


def revoke(tx: Tx, actor: Actor, token_id: int) -> None:
    """End one of the actor's own personal tokens."""
    ended = tx.run(
        "UPDATE tokens SET revoked_at = :now WHERE id = :id AND user_id = :owner"
        " AND kind = 'personal' AND revoked_at IS NULL",
        now=tx.now,
        id=token_id,
        owner=actor.id,
    )
    if not ended:
        raise NotFound("There is no such token.")
    audit.record(tx, actor.id, actor.name, "tokens.revoke", f"token:{token_id}")


def every(reader: Reader, now: int, owner_id: int | None = None) -> list[Owned]:
    """Return personal tokens that are good, of everybody or of one person, the newest first."""
    return reader.all(
        lambda owner, key, name, scopes, *times: Owned(
            owner, Token(key, name, tuple(scopes.split()), *times)
        ),
        "SELECT u.name, t.id, t.name, t.scopes, t.created_at, t.expires_at FROM tokens AS t"
        " JOIN users AS u ON u.id = t.user_id WHERE t.kind = 'personal' AND t.revoked_at IS NULL"
        " AND t.expires_at > :now AND (:owner IS NULL OR t.user_id = :owner) ORDER BY t.id DESC",
        now=now,
        owner=owner_id,
    )


def take_away(tx: Tx, actor: Actor, token_id: int) -> None:
    """End somebody's personal token, for those who manage accounts."""
    actor.must("manage_users")
    ended = tx.run(
        "UPDATE tokens SET revoked_at = :now"
        " WHERE id = :id AND kind = 'personal' AND revoked_at IS NULL",
        now=tx.now,
        id=token_id,
    )
    if not ended:
        raise NotFound(f"There is no token {token_id}.")
    audit.record(tx, actor.id or None, actor.name, "tokens.revoke", f"token:{token_id}")


def revoke_all(tx: Tx, user_id: int) -> int:
    """End every token of somebody, of any kind; return how many these were."""
    return tx.run(
        "UPDATE tokens SET revoked_at = :now WHERE user_id = :id AND revoked_at IS NULL",
        now=tx.now,
        id=user_id,
    )


def prune(tx: Tx) -> int:
    """Forget tokens that have been of no use for a month; return how many these were."""
    return tx.run(
        "DELETE FROM tokens WHERE expires_at < :before OR revoked_at < :before",
        before=tx.now - KEPT,
    )
