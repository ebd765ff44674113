"""
Proof: that somebody knows the password of the account that they name.

Whether there is such an account shows neither in the answer nor in the time it takes. Between
looking and saving others may act, so what was looked at is looked at again.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from interact_api import audit
from interact_api.db import Tx
from interact_api.errors import Forbidden, NotSignedIn, TooMany, invalid

from . import attempts, passwords, users
from .actor import Actor
from .passwords import Hasher
from .users import User

T = TypeVar("T")


class Write(Protocol):
    """How a transaction is done: `Database.write`, or a request's."""

    def __call__(self, act: Callable[[Tx], Any], /) -> Awaitable[Any]:
        """Do *act*."""


CLOSED = {
    "banned": ("ACCOUNT_BANNED", "This account is banned."),
    "deactivated": ("ACCOUNT_DEACTIVATED", "This account is deactivated."),
}


async def prove(  # noqa: PLR0917 - who, with what, from where, to do what
    write: Write,
    hasher: Hasher,
    login: str,
    password: str,
    place: str,
    then: Callable[[Tx, User], T],
) -> T:
    """
    Do *then* for whom *login* names, a name or an address, if *password* is theirs.

    It is done in the transaction that finds them proven, so neither a ban nor another password
    comes between.
    """
    _must_be_short(password)
    hasher.must_have_room()

    def begin(tx: Tx) -> attempts.Asked:
        return attempts.begin(tx, login, users.by_login(tx, login), place)

    asked = await write(begin)
    done: list[T] = []

    def go_on(tx: Tx, user: User) -> None:
        if _closed(user) is None:
            done.append(then(tx, user))

    user = await _look(write, hasher, asked, password, place, go_on)
    if refusal := _closed(user):
        raise refusal
    return done[0]


async def prove_again(
    write: Write, hasher: Hasher, actor: Actor, password: str, place: str
) -> User:
    """Return the actor, if *password* is theirs: a borrowed session isn't enough for this act."""
    _must_be_short(password)
    hasher.must_have_room()
    login = attempts.again(actor.id)
    asked = await write(lambda tx: attempts.begin(tx, login, actor.id, place))
    try:
        return await _look(write, hasher, asked, password, place, _nothing)
    except NotSignedIn:  # they are; what they typed is wrong
        raise Forbidden("This isn't your password.", code="WRONG_PASSWORD") from None


def _nothing(_tx: Tx, _user: User) -> None:
    """Do nothing."""


async def _look(  # noqa: PLR0917 - as above
    write: Write,
    hasher: Hasher,
    asked: attempts.Asked,
    password: str,
    place: str,
    then: Callable[[Tx, User], None],
) -> User:
    if asked.wait:
        raise TooMany("Too many attempts. Wait, or ask for a new password.", retry_after=asked.wait)
    verdict = await hasher.verify(asked.password, password)
    user_id = asked.user_id
    if not verdict.is_right or user_id is None:
        raise _wrong()
    newer = await hasher.hash(password) if verdict.is_stale else asked.password

    def welcome(tx: Tx) -> User:
        known = tx.value("SELECT password FROM users WHERE id = :id", id=user_id)
        if known != asked.password:
            raise _wrong()
        if newer != known:
            tx.run("UPDATE users SET password = :new WHERE id = :id", new=newer, id=user_id)
        attempts.forgive(tx, user_id, place)
        user = users.by_id(tx, user_id)
        then(tx, user)
        return user

    proven: User = await write(welcome)
    return proven


def note_sign_in(tx: Tx, user: User, how: str, request_id: str = "") -> None:
    """Write down that somebody signed in, with a session or a token."""
    target, details = f"user:{user.id}", {"with": how}
    audit.record(tx, user.id, user.name, "users.sign_in", target, details, request_id)


def _closed(user: User) -> Forbidden | NotSignedIn | None:
    """Return why somebody who has proved who they are may not come in; nobody else is told."""
    if user.status in CLOSED:
        code, text = CLOSED[user.status]
        return Forbidden(text, code=code)
    if user.status == users.DELETED:
        return _wrong()
    if user.confirmed_at is None:
        return Forbidden("Confirm your address first; the letter tells how.", code="NOT_CONFIRMED")
    return None


def _must_be_short(password: str) -> None:
    if len(passwords.normal(password)) > passwords.LONGEST:
        raise invalid("password", f"takes at most {passwords.LONGEST} characters")


def _wrong() -> NotSignedIn:
    return NotSignedIn("The name or the password is wrong.", code="INVALID_CREDENTIALS")
