"""
Bans: somebody who may not come in any more, or whom nobody hears.

Who is banned can't sign in, and their sessions and tokens end. Who is shadowed goes on as if
nothing had happened, but only they see what they write. The likes and follows of either don't count
until the ban is lifted.
"""

from typing import Literal

from interact_api import audit, facts
from interact_api.accounts import names, sessions, tokens, users
from interact_api.accounts.actor import Actor
from interact_api.accounts.users import User
from interact_api.db import Tx
from interact_api.errors import Conflict, Forbidden
from interact_api.social import seclusion
from interact_api.social.people import HIDDEN

PERMISSION = "moderate_comments"
Kind = Literal["banned", "shadowed"]


def ban(
    tx: Tx,
    actor: Actor,
    name: str,
    kind: Kind,
    reason: str = "",
    *,
    as_spam: bool = False,
    request_id: str = "",
) -> bool:
    """
    Ban or shadow somebody; return False if they are already.

    If *as_spam*, everything that they wrote is taken for spam.
    """
    user = _other(tx, actor, name)
    if as_spam:
        seclusion.remove_comments(tx, user.id)
    if user.status == kind:
        return False
    if user.status not in {"active", "deactivated", *HIDDEN}:
        raise Conflict(f"This account is {user.status}.")
    if user.status not in HIDDEN:
        seclusion.withdraw(tx, user.id)
    _become(tx, user, kind)
    if kind == "shadowed":
        seclusion.hide_comments(tx, user.id)
    else:
        sessions.end_all(tx, user.id)
        tokens.revoke_all(tx, user.id)
    details = {"as": kind, "reason": reason}
    audit.record(tx, actor.id or None, actor.name, "users.ban", _target(user), details, request_id)
    return True


def lift(tx: Tx, actor: Actor, name: str, request_id: str = "") -> bool:
    """Let somebody in and be heard again; return False if they were."""
    user = _other(tx, actor, name)
    if user.status not in HIDDEN:
        return False
    _become(tx, user, "active")
    seclusion.restore(tx, user.id)
    seclusion.show_comments(tx, user.id)
    was = {"was": user.status}
    audit.record(tx, actor.id or None, actor.name, "users.unban", _target(user), was, request_id)
    return True


def _other(tx: Tx, actor: Actor, name: str) -> User:
    """Return whom this is about; nobody bans themselves, nor moderators those who moderate."""
    actor.must(PERMISSION)
    user = users.by_name(tx, name)
    if user.id == actor.id:
        raise Forbidden("Nobody does that to themselves.")
    if PERMISSION in _permissions(tx, user.id):
        actor.must("manage_users")
        users.must_not_be_last(tx, user.id)
    return user


def _permissions(tx: Tx, user_id: int) -> list[str]:
    sql = "SELECT r.effective FROM users AS u JOIN roles AS r ON r.id = u.role_id WHERE u.id = :id"
    return str(tx.value(sql, id=user_id)).split()


def _become(tx: Tx, user: User, status: str) -> None:
    """Change the status, and say that what shows whether they are there has changed."""
    tx.run("UPDATE users SET status = :status WHERE id = :id", status=status, id=user.id)
    if (user.status == "active") != (status == "active"):
        facts.touch(tx, f"profile/{user.name}")
        facts.touch(tx, f"follows/{user.name}")
    if user.status == "deactivated":  # whose name stood nowhere, and stands again
        names.touch_pages(tx, user.id)


def _target(user: User) -> str:
    return f"user:{user.id}"
