"""
Who asks: browsers show a session's cookie, programs a bearer token, and neither works as the other.

A request with an ``Authorization`` header is a program's: its cookies don't count, and what
browsers alone must prove (`csrf`) isn't asked. The ``Cookie`` header is read here and by nothing
else: Python 3.11's own parser takes seconds over 60 KB of quotes.
"""

import hashlib
import re
from typing import NamedTuple

from interact_api.accounts import sessions, tokens
from interact_api.accounts.actor import NOBODY, Actor
from interact_api.db import Reader
from interact_api.errors import Forbidden, NotSignedIn
from interact_api.service import Service
from interact_api.settings import Settings

from .problems import LongHeaders, Malformed

LONGEST_COOKIE = 4096  # bytes of the whole header
TOKEN = re.compile(rb"[A-Za-z0-9_-]{20,128}")


class Asker(NamedTuple):
    """Who asks, and how that was shown."""

    actor: Actor = NOBODY
    session_id: int | None = None
    session: bytes = b""  # the digest of its token, which `csrf` signs
    token: bytes = b""  # the digest of a program's token
    has_cookie: bool = False  # even one that is good for nothing
    is_due: bool = False  # `sessions.note_use` should hear of it, which is once a minute
    standing: int | None = None  # of all sessions, when this one was found
    until: int = 0  # when it ends

    @property
    def has_token(self) -> bool:
        """Tell whether a program asks."""
        return bool(self.token)


ANYBODY = Asker()


def asker(service: Service, headers: dict[bytes, bytes]) -> Asker:
    """Return who asks; a token that isn't good is refused, a cookie that isn't means nobody."""
    authorization = headers.get(b"authorization")
    if authorization is not None:
        return _by_token(service, authorization)
    cookie = headers.get(b"cookie")
    if cookie is None:
        return ANYBODY
    token = cookie_value(cookie, cookie_name(service.settings))
    return ANYBODY if token is None else _by_session(service, token)


def again(asked: Asker, reader: Reader, now: int) -> Asker:
    """Return who asks as of *now*: they may have been banned, or signed out, since they asked."""
    if asked.has_token:
        return _with_token(reader, asked.token, now)
    if asked.session_id is None or _stands(asked, reader, now):
        return asked
    return _with_session(reader, asked.session, now)


def _stands(asked: Asker, reader: Reader, now: int) -> bool:
    """Tell whether nobody's session has ended since, nor what anybody may do become another."""
    is_known = asked.standing is not None and now < asked.until
    return is_known and sessions.standing(reader) == asked.standing


def cookie_name(settings: Settings) -> bytes:
    """Return the name of the session's cookie; ``__Host-`` binds it to this very host."""
    return b"__Host-sid" if settings.is_secure else b"sid"


def cookie_value(header: bytes, name: bytes) -> bytes | None:
    """
    Return the value of the cookie *name*.

    Raises:
        LongHeaders: if the header has more than 4 KiB.
        Malformed: if there are two; a neighbour's site may have planted one of them.
    """
    if len(header) > LONGEST_COOKIE:
        raise LongHeaders("The Cookie header has more than 4 KiB.")
    found = None
    for pair in header.split(b";"):
        key, _, value = pair.partition(b"=")
        if key.strip() == name:
            if found is not None:
                raise Malformed(f"There are two cookies named {name.decode()}.")
            found = value.strip()
    return found


def session_cookie(settings: Settings, token: str, *, seconds: int | None = None) -> str:
    """Return the Set-Cookie that signs a browser in; without *seconds* until it is closed."""
    lasting = "" if seconds is None else f"; Max-Age={seconds}"
    secure = "; Secure" if settings.is_secure else ""
    name = cookie_name(settings).decode()
    return f"{name}={token}; Path=/; HttpOnly; SameSite=Lax{secure}{lasting}"


def signed_in_cookie(settings: Settings, token: str, *, remember: bool) -> str:
    """Return the Set-Cookie of a sign-in, which a browser may be asked to remember."""
    seconds = settings.accounts.remember_days * 86_400 if remember else None
    return session_cookie(settings, token, seconds=seconds)


def no_session_cookie(settings: Settings) -> str:
    """Return the Set-Cookie that makes a browser forget."""
    return session_cookie(settings, "", seconds=0)


def _by_session(service: Service, token: bytes) -> Asker:
    if not TOKEN.fullmatch(token):
        return Asker(has_cookie=True)
    return _with_session(service.reader, hashlib.sha256(token).digest(), service.now)


def _with_session(reader: Reader, digest: bytes, now: int) -> Asker:
    found = sessions.actor(reader, digest, now)
    if found is None:
        return Asker(has_cookie=True)
    return Asker(
        found.actor,
        found.session_id,
        session=digest,
        has_cookie=True,
        is_due=found.is_due,
        standing=found.standing,
        until=found.until,
    )


def _by_token(service: Service, authorization: bytes) -> Asker:
    scheme, _, token = authorization.partition(b" ")
    if scheme.lower() != b"bearer" or not TOKEN.fullmatch(token):
        raise NotSignedIn("Authorization holds no bearer token.", code="TOKEN_INVALID")
    return _with_token(service.reader, hashlib.sha256(token).digest(), service.now)


def _with_token(reader: Reader, digest: bytes, now: int) -> Asker:
    found = tokens.actor(reader, digest, now)
    if found is None:
        raise NotSignedIn("This token isn't good, or not any more.", code="TOKEN_INVALID")
    return Asker(found, token=digest)


def guard(asked: Asker, *, permission: str, signed_in: bool, scope: str) -> None:
    """Refuse unless whoever asks has what a route needs."""
    actor = asked.actor
    if signed_in and not actor.is_somebody:
        raise NotSignedIn("Sign in first.")
    actor.must(permission)
    if not asked.has_token:
        return
    if scope == "session":
        raise Forbidden("This needs a session; tokens can't do it.", code="SESSION_ONLY")
    if scope != "any" and scope not in actor.scopes:
        raise Forbidden(f"This needs a token with the scope {scope}.", code="SCOPE_MISSING")
