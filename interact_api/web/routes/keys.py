"""Routes about what lets one in: the sessions of browsers, the tokens of programs."""

from datetime import datetime
from typing import Annotated, Any

from interact_api.accounts import sessions, tokens
from interact_api.errors import Conflict, NotFound
from interact_api.web.call import Call
from interact_api.web.routing import Route
from interact_api.web.times import when
from interact_api.wire import Meta, Reply, Sent

from .accounts import Scope


class TokenWish(Sent):
    """What a new token is called, what it is for, and for how long."""

    name: Annotated[str, Meta(min_length=1, max_length=tokens.LONGEST_NAME)]
    scopes: Annotated[tuple[Scope, ...], Meta(min_length=1, max_length=4)]
    days: Annotated[int, Meta(ge=1, le=tokens.LONGEST_LIFE)] = 90


class SessionReply(Reply):
    """Where one is signed in; `current` is here."""

    id: str
    agent: str
    place: str
    remember: bool
    current: bool
    created: datetime
    used: datetime
    expires: datetime


class Sessions(Reply):
    """Where one is signed in, the last used first."""

    items: list[SessionReply]
    next: None = None


class TokenReply(Reply):
    """A personal token, without its text."""

    id: str
    name: str
    scopes: list[Scope]
    created: datetime
    expires: datetime


class NewToken(Reply):
    """A personal token; `token` is shown this once."""

    id: str
    name: str
    scopes: list[Scope]
    created: datetime
    expires: datetime
    token: str


class Tokens(Reply):
    """Personal tokens, the newest first."""

    items: list[TokenReply]
    next: None = None


async def list_sessions(call: Call) -> Sessions:
    """Answer with where one is signed in."""
    found = sessions.of(call.reader, call.actor.id, call.service.now)
    return Sessions(items=[_session(one, call.session_id) for one in found])


async def end_session(call: Call) -> None:
    """End one session."""
    number = _number(call.path["session"])
    await call.write(lambda tx: sessions.end(tx, call.actor, number))


async def end_sessions(call: Call) -> None:
    """End every session but this one."""
    await call.write(lambda tx: sessions.end_all(tx, call.actor.id, call.session_id))


async def list_tokens(call: Call) -> Tokens:
    """Answer with one's personal tokens."""
    found = tokens.of(call.reader, call.actor.id, call.service.now)
    return Tokens(items=[TokenReply(**_token(one)) for one in found])


async def make_token(call: Call) -> NewToken:
    """Make a personal token."""
    sent, text = call.body, tokens.new(tokens.PERSONAL)
    made = await call.write(
        lambda tx: tokens.create(tx, call.actor, sent.name, sent.scopes, sent.days, text)
    )
    return NewToken(**_token(made), token=text)


async def revoke_token(call: Call) -> None:
    """End a personal token."""
    number = _number(call.path["token"])
    await call.write(lambda tx: tokens.revoke(tx, call.actor, number))


def _session(one: sessions.Session, current: int | None) -> SessionReply:
    return SessionReply(
        id=str(one.id),
        agent=one.agent,
        place=one.place,
        remember=bool(one.remember),
        current=one.id == current,
        created=when(one.created_at),
        used=when(one.used_at),
        expires=when(one.expires_at),
    )


def _token(one: tokens.Token) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "name": one.name,
        "scopes": list(one.scopes),
        "created": when(one.created_at),
        "expires": when(one.expires_at),
    }


def _number(text: str) -> int:
    """Return the number that stands in a path."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):  # noqa: PLR2004 - SQLite's
        raise NotFound("There is no such thing.")
    return int(text)


ROUTES = (
    Route(
        method="GET", path="/me/sessions", handler=list_sessions, tag="me", reply=Sessions,
        signed_in=True, scope="session", summary="Where you are signed in.",
    ),
    Route(
        method="DELETE", path="/me/sessions", handler=end_sessions, tag="me", status=204,
        signed_in=True, scope="session", limit="auth", summary="Sign out everywhere but here.",
    ),
    Route(
        method="POST", path="/me/sessions/end", handler=end_sessions, tag="me", status=204,
        signed_in=True, scope="session", limit="auth", form=True,
        notice="You are signed out everywhere but here.", example={},
        summary="The same as DELETE, for plain forms.",
    ),
    Route(
        method="DELETE", path="/me/sessions/{session}", handler=end_session, tag="me", status=204,
        signed_in=True, scope="session", limit="auth", refusals=(NotFound,),
        summary="End one of your sessions.",
    ),
    Route(
        method="GET", path="/me/tokens", handler=list_tokens, tag="me", reply=Tokens,
        signed_in=True, scope="session", summary="Your personal tokens.",
    ),
    Route(
        method="POST", path="/me/tokens", handler=make_token, tag="me", body=TokenWish,
        reply=NewToken, status=201, signed_in=True, scope="session", permission="api_access",
        limit="auth", refusals=(Conflict,),
        summary="Make a personal token for a program; its text is shown once.",
        example={"name": "my script", "scopes": ["read"], "days": 30},
    ),
    Route(
        method="DELETE", path="/me/tokens/{token}", handler=revoke_token, tag="me", status=204,
        signed_in=True, scope="session", limit="auth", refusals=(NotFound,),
        summary="End one of your personal tokens.",
    ),
)  # fmt: skip
