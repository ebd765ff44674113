"""
Routes by which people come in and go out: registering, confirming, signing in, tokens for programs.

Whether there is an account with an address shows in none of these answers, nor in their time.
"""

from collections.abc import Callable
from typing import Annotated, Literal

from interact_api.accounts import (
    addresses,
    grants,
    joining,
    letters,
    names,
    passwords,
    proof,
    sessions,
    tokens,
    users,
)
from interact_api.accounts.grants import Lives, Pair
from interact_api.accounts.users import User
from interact_api.errors import Conflict, Forbidden, Gone, NotSignedIn, TooMany, Unavailable
from interact_api.tx import Tx
from interact_api.web import auth, pace
from interact_api.web.call import Answer, Call
from interact_api.web.routing import Route
from interact_api.wire import Meta, Reply, Sent

MINUTE, DAY = 60_000, 86_400_000

# Longer than any that is good, so that the noun says what is wrong, and no longer.
Password = Annotated[str, Meta(max_length=1_024)]
Address = Annotated[str, Meta(max_length=254, examples=["ada@example.org"])]
Name = Annotated[str, Meta(max_length=60, examples=["ada"])]
Login = Annotated[str, Meta(max_length=254, description="a name or an address")]
Token = Annotated[str, Meta(max_length=200)]
Scope = Literal["read", "write", "moderate", "admin"]


class Registration(Sent):
    """Who somebody wants to be."""

    name: Name
    email: Address
    password: Password


class AddressSent(Sent):
    """An address."""

    email: Address


class TokenSent(Sent):
    """A token from a letter."""

    token: Token


class Reset(Sent):
    """A token from a letter, and the new password."""

    token: Token
    password: Password


class Credentials(Sent):
    """A name or an address, and the password."""

    login: Login
    password: Password
    remember: bool | Literal["on"] = False


class TokenWish(Sent):
    """Who asks for a token, and what it is for."""

    login: Login
    password: Password
    scopes: Annotated[tuple[Scope, ...], Meta(min_length=1, max_length=4)] = ("read", "write")


class RefreshSent(Sent):
    """A refresh token; it works once."""

    refresh_token: Token


class Told(Reply):
    """What to do next; the same whether the address is known or not."""

    message: str


class Named(Reply):
    """Whose account it is."""

    name: str


class Status(Reply):
    """Who is signed in, if anybody."""

    signed_in: bool
    name: str
    role: str
    permissions: list[str]


class TokenPair(Reply):
    """An access token for some minutes, and what gets the next one."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    scope: str


LETTER = Told(message="Look into your mailbox: a letter says how to go on.")


async def register(call: Call) -> Told:
    """Register somebody, if they may be who they want to be."""
    sent, rules = call.body, call.settings.accounts
    if rules.registration == "closed":
        raise Forbidden("Nobody can register here.", code="REGISTRATION_CLOSED")
    name, address = names.checked(sent.name), addresses.checked(sent.email)
    names.must_be_free(call.reader, name)
    must_be_good(call, sent.password, name, address.key)
    kept = await call.service.hasher.hash(sent.password)
    wish = joining.Wish(name, address, kept)
    token = tokens.new_for_mail(call.service.secret)
    life = rules.confirm_hours * 60 * MINUTE
    async with pace.even():
        await call.write(lambda tx: joining.register(tx, wish, token, life))
    return LETTER


async def confirm(call: Call) -> Named:
    """Confirm an address."""
    return Named(name=await call.write(lambda tx: joining.confirm(tx, call.body.token)))


async def send_confirmation(call: Call) -> Told:
    """Send the letter again."""
    address, token = addresses.checked(call.body.email), tokens.new_for_mail(call.service.secret)
    life = call.settings.accounts.confirm_hours * 60 * MINUTE
    async with pace.even():
        await call.write(lambda tx: joining.send_again(tx, address, token, life))
    return LETTER


async def ask_for_reset(call: Call) -> Told:
    """Send a letter with which a new password can be chosen."""
    address, token = addresses.checked(call.body.email), tokens.new_for_mail(call.service.secret)
    life = call.settings.accounts.reset_minutes * MINUTE
    async with pace.even():
        await call.write(lambda tx: joining.ask_for_reset(tx, address, token, life))
    return LETTER


async def reset(call: Call) -> None:
    """Keep a new password; it signs nobody in."""
    sent, now = call.body, call.service.now
    letter = letters.open_one(call.reader, sent.token, now)
    if letter.purpose != letters.RESET:
        raise letters.spent()
    user = users.by_id(call.reader, letter.user_id)
    must_be_good(call, sent.password, user.name, user.email or "", user.display)
    kept = await call.service.hasher.hash(sent.password)
    await call.write(lambda tx: joining.reset(tx, sent.token, kept))


async def sign_in(call: Call) -> Answer:
    """Begin a session, a new one each time, and end the one that the browser had."""
    sent, rules = call.body, call.settings.accounts
    text, remember = tokens.new(tokens.SESSION), bool(sent.remember)

    def begin(tx: Tx, user: User) -> str:
        if call.session_id is not None:
            sessions.drop(tx, call.session_id)
        sessions.start(
            tx,
            user.id,
            tokens.digest(text),
            remember=remember,
            agent=call.agent,
            place=call.place,
            idle=rules.session_days,
        )
        proof.note_sign_in(tx, user, "session", call.request_id)
        return user.name

    name = await prove(call, sent.login, sent.password, begin)
    cookie = auth.signed_in_cookie(call.settings, text, remember=remember)
    return Answer(Named(name=name), cookies=(cookie,))


async def sign_out(call: Call) -> Answer:
    """End the session, on the server as well."""
    session_id = call.session_id
    if session_id is not None:
        await call.write(lambda tx: sessions.drop(tx, session_id))
    return Answer(cookies=(auth.no_session_cookie(call.settings),))


async def status(call: Call) -> Status:
    """Tell who is signed in; nobody is an answer too."""
    who = call.actor
    return Status(
        signed_in=who.is_somebody,
        name=who.name,
        role=who.role,
        permissions=sorted(who.permissions),
    )


async def issue_tokens(call: Call) -> TokenPair:
    """Give a program tokens, for the password."""
    sent, pair, lives = call.body, grants.new_pair(), _lives(call)

    def begin(tx: Tx, user: User) -> str:
        scopes = tokens.checked_scopes(users.as_actor(tx, user.id), sent.scopes)
        grants.issue(tx, user.id, scopes, pair, lives)
        proof.note_sign_in(tx, user, "token", call.request_id)
        return scopes

    return _pair(pair, lives, await prove(call, sent.login, sent.password, begin))


async def refresh(call: Call) -> TokenPair:
    """Give a program the next pair."""
    pair, lives = grants.new_pair(), _lives(call)
    sent = call.body.refresh_token
    scopes = await call.write(lambda tx: grants.rotate(tx, sent, pair, lives))
    if scopes is None:
        raise NotSignedIn("This token isn't good, or not any more.", code="TOKEN_INVALID")
    return _pair(pair, lives, scopes)


async def end_token(call: Call) -> None:
    """End the token that was shown, and those that came with it."""
    text = call.headers.get("authorization", "").partition(" ")[2]
    if not text:
        raise NotSignedIn("Show the token that is to end.", code="TOKEN_INVALID")
    await call.write(lambda tx: grants.revoke(tx, text))


async def prove(call: Call, login: str, password: str, begin: Callable[[Tx, User], str]) -> str:
    """Let somebody in by *begin*, whom a name or an address and a password belong to."""
    return await proof.prove(call.write, call.service.hasher, login, password, call.place, begin)


def must_be_good(call: Call, password: str, *words: str) -> None:
    """Refuse a password that is easy to guess for whoever knows *words* and this site."""
    known = passwords.words_of("streamly", call.settings.title, *words)
    passwords.must_be_good(password, known, call.settings.accounts.password_length)


def _lives(call: Call) -> Lives:
    rules = call.settings.accounts
    return Lives(rules.access_minutes * MINUTE, rules.refresh_days * DAY)


def _pair(pair: Pair, lives: Lives, scopes: str) -> TokenPair:
    return TokenPair(
        access_token=pair.access,
        refresh_token=pair.refresh,
        token_type="Bearer",  # noqa: S106 - a word of OAuth
        expires_in=lives.access // 1000,
        scope=scopes,
    )


_WRONG = (NotSignedIn, TooMany, Unavailable, Forbidden)
_PASSWORD = "a sentence of four words"  # noqa: S105 - of an example

ROUTES = (
    Route(
        method="POST", path="/auth/register", handler=register, tag="accounts", body=Registration,
        reply=Told, status=202, scope="session", limit="mail", form=True, notice=LETTER.message,
        summary="Register; a letter to the address confirms it.",
        refusals=(Conflict, Forbidden, Unavailable),
        example={"name": "ada", "email": "ada@example.org", "password": _PASSWORD},
    ),
    Route(
        method="POST", path="/auth/confirm", handler=confirm, tag="accounts", body=TokenSent,
        reply=Named, scope="session", limit="auth", form=True,
        notice="Your address is confirmed.", refusals=(Gone, Conflict),
        summary="Confirm an address with the token from a letter; signs nobody in.",
    ),
    Route(
        method="POST", path="/auth/resend-confirmation", handler=send_confirmation, tag="accounts",
        body=AddressSent, reply=Told, status=202, scope="session", limit="mail", form=True,
        notice=LETTER.message, summary="Send the letter that confirms an address again.",
        example={"email": "ada@example.org"},
    ),
    Route(
        method="POST", path="/auth/login", handler=sign_in, tag="accounts", body=Credentials,
        reply=Named, scope="session", limit="auth", form=True, notice="You are signed in.",
        summary="Sign in with a name or an address; answers with a cookie.", refusals=_WRONG,
    ),
    Route(
        method="POST", path="/auth/logout", handler=sign_out, tag="accounts", status=204,
        scope="session", limit="auth", form=True, notice="You are signed out.",
        summary="Sign out here.", example={},
    ),
    Route(
        method="GET", path="/auth/status", handler=status, tag="accounts", reply=Status,
        summary="Tell who is signed in, and what they may do.",
    ),
    Route(
        method="POST", path="/auth/password-reset", handler=ask_for_reset, tag="accounts",
        body=AddressSent, reply=Told, status=202, scope="session", limit="mail", form=True,
        notice=LETTER.message, summary="Ask for a letter with which to choose a new password.",
        example={"email": "ada@example.org"},
    ),
    Route(
        method="POST", path="/auth/password-reset/confirm", handler=reset, tag="accounts",
        body=Reset, status=204, scope="session", limit="auth", form=True,
        notice="Your password is changed; sign in with it.", refusals=(Gone, Unavailable),
        summary="Choose a new password with the token from a letter; ends every session and token.",
    ),
    Route(
        method="POST", path="/auth/token", handler=issue_tokens, tag="accounts", body=TokenWish,
        reply=TokenPair, scope="session", limit="auth", for_programs=True, refusals=_WRONG,
        summary="Get an access token and a refresh token, for a password.",
    ),
    Route(
        method="POST", path="/auth/token/refresh", handler=refresh, tag="accounts",
        body=RefreshSent, reply=TokenPair, scope="session", limit="auth", for_programs=True,
        refusals=(NotSignedIn,),
        summary="Get the next pair for a refresh token; one used twice ends all its family.",
    ),
    Route(
        method="DELETE", path="/auth/token", handler=end_token, tag="accounts", status=204,
        signed_in=True, scope="any", limit="auth", refusals=(NotSignedIn,),
        summary="End the token that is shown, and those that came with it.",
    ),
)  # fmt: skip
