"""
People: who there is, found by name, by address or by number, and what others may do to them.

An address is somebody's once they have confirmed it. Until then it stands in the letter that was
sent to it alone, so registering with an address takes it from nobody, and shows nobody whose it is.
"""

import json
from typing import Any, NamedTuple

from interact_api import audit, outbox
from interact_api.db import Reader, Tx
from interact_api.errors import Conflict, Forbidden, Gone, NotFound

from . import addresses, attempts, letters, names, roles, sessions, tokens
from .actor import Actor

ACTIVE, DEACTIVATED, DELETED = "active", "deactivated", "deleted"
SECLUDED = ("banned", "shadowed")  # whose likes and follows don't count
UNCONFIRMED_FOR = 7 * 86_400_000

COLUMNS = (
    "u.id, u.name, u.email, r.name, u.status, u.display, u.bio, u.location, u.website, u.links,"
    " u.settings, u.followers, u.following, u.comments, u.created_at, u.confirmed_at, u.seen_at,"
    " u.renamed_at"
)
_SELECT = f"SELECT {COLUMNS} FROM users AS u JOIN roles AS r ON r.id = u.role_id"  # noqa: S608


class Link(NamedTuple):
    """One of the links of a profile."""

    label: str
    url: str


class User(NamedTuple):
    """Somebody, with everything but their password."""

    id: int
    name: str
    email: str | None
    role: str
    status: str
    display: str
    bio: str
    location: str
    website: str
    links: tuple[Link, ...]
    settings: dict[str, bool]
    followers: int
    following: int
    comments: int
    created_at: int
    confirmed_at: int | None
    seen_at: int | None
    renamed_at: int | None

    @property
    def is_public(self) -> bool:
        """Tell whether everybody may see that there is such a person."""
        return self.confirmed_at is not None and self.status in {"active", "shadowed", "banned"}


def by_id(reader: Reader, user_id: int) -> User:
    """Return somebody by number."""
    found = reader.one(_user, f"{_SELECT} WHERE u.id = :id", id=user_id)
    if found is None:
        raise NotFound("There is no such person.")
    return found


def by_name(reader: Reader, name: str) -> User:
    """Return somebody by their name, or by one from before; see `User.name`."""
    held = names.holder(reader, name)
    if held is None:
        raise NotFound("There is no such person.")
    return by_id(reader, held.user_id)


def public(reader: Reader, name: str) -> User:
    """Return somebody whom everybody may see."""
    found = by_name(reader, name)
    if found.is_public:
        return found
    if found.confirmed_at is not None:
        raise Gone("This account is closed.")
    raise NotFound("There is no such person.")


def by_login(reader: Reader, login: str) -> int | None:
    """Return whom *login* means, a name or an address; also one not confirmed yet."""
    if "@" not in login:
        found = reader.value("SELECT id FROM users WHERE name = :name", name=login.strip().lower())
        return None if found is None else int(found)
    key = addresses.key_of(login)
    found = reader.value("SELECT id FROM users WHERE email_key = :key", key=key)
    return letters.waiting_for(reader, key) if found is None else int(found)


def as_actor(reader: Reader, user_id: int) -> Actor:
    """Return somebody as one who asks, with all that their role may."""
    user = by_id(reader, user_id)
    permissions = roles.permissions_of(reader, roles.by_name(reader, user.role).id)
    shadowed, confirmed = user.status == "shadowed", user.confirmed_at is not None
    return Actor(user.id, user.name, user.role, permissions, confirmed, shadowed)


def every(
    reader: Reader, *, after: str = "", limit: int = 50, status: str = "", role: str = ""
) -> list[User]:
    """Return accounts of every kind by name, for those who manage them."""
    return reader.all(
        _user,
        f"{_SELECT} WHERE u.name > :after AND (:status = '' OR u.status = :status)"
        " AND (:role = '' OR lower(r.name) = lower(:role)) ORDER BY u.name LIMIT :limit + 0",
        after=after,
        limit=limit,
        status=status,
        role=role,
    )


def add(tx: Tx, name: str, password: str | None, role: str = "", display: str = "") -> int:
    """Add somebody without an address; return their number."""
    known = names.checked(name)
    _drop_stale(tx, known)
    names.must_be_free(tx, known)
    role_id = (
        roles.by_name(tx, role).id
        if role
        else tx.value("SELECT id FROM roles WHERE is_default = 1")
    )
    return tx.insert(
        "users",
        name=known,
        display=display,
        password=password,
        role_id=role_id,
        created_at=tx.now,
    )


def create(  # noqa: PLR0917 - a person
    tx: Tx, actor: Actor, name: str, address: addresses.Address, password: str | None, role: str
) -> int:
    """Add somebody whose address needs no letter, because whoever runs the site vouches for it."""
    actor.must("manage_users")
    user_id = add(tx, name, password, role)
    claim(tx, user_id, address)
    audit.record(
        tx, actor.id or None, actor.name, "users.create", f"user:{user_id}", {"role": role}
    )
    return user_id


def claim(tx: Tx, user_id: int, address: addresses.Address) -> None:
    """Let *address* be somebody's, as they have confirmed it."""
    holder = tx.value("SELECT id FROM users WHERE email_key = :key", key=address.key)
    if holder not in {None, user_id}:
        raise Conflict("Another account has this address.", code="ADDRESS_TAKEN")
    tx.run(
        "UPDATE users SET email = :shown, email_key = :key,"
        " confirmed_at = coalesce(confirmed_at, :now) WHERE id = :id",
        shown=address.shown,
        key=address.key,
        now=tx.now,
        id=user_id,
    )
    names.touch_all(tx, user_id)


def set_role(tx: Tx, actor: Actor, user_id: int, role: str) -> None:
    """Give somebody else another role, none that may more than the actor."""
    must_manage(tx, actor, user_id)
    user, wanted = by_id(tx, user_id), roles.by_name(tx, role)
    if wanted.name == roles.GUEST:
        raise Forbidden("Guests are those who have no account.")
    for permission in sorted(roles.permissions_of(tx, wanted.id)):
        actor.must(permission)
    if "manage_roles" not in roles.permissions_of(tx, wanted.id):
        must_not_be_last(tx, user_id)
    tx.run("UPDATE users SET role_id = :role WHERE id = :id", role=wanted.id, id=user_id)
    details = {"from": user.role, "to": wanted.name}
    audit.record(tx, actor.id or None, actor.name, "users.role", f"user:{user_id}", details)


def rename(tx: Tx, actor: Actor, user_id: int, text: str) -> str:
    """Give somebody else another name, however lately they chose theirs."""
    must_manage(tx, actor, user_id)
    name, before = names.checked(text), by_id(tx, user_id).name
    if name != before:
        names.change(tx, actor, names.Holder(user_id, before, is_old=False), name)
    return name


def deactivate(tx: Tx, actor: Actor, user_id: int) -> None:
    """Close somebody else's account until it is activated; nothing of theirs is lost."""
    must_manage(tx, actor, user_id)
    suspend(tx, actor, user_id)


def suspend(tx: Tx, actor: Actor, user_id: int) -> None:
    """Close an account until it is activated: its sessions and tokens end."""
    must_not_be_last(tx, user_id)
    # Nobody gets rid of a shadow by leaving and coming back.
    is_shadowed = by_id(tx, user_id).status == "shadowed"
    _change_status(tx, user_id, {ACTIVE, "shadowed"}, "banned" if is_shadowed else DEACTIVATED)
    sessions.end_all(tx, user_id)
    tokens.revoke_all(tx, user_id)
    audit.record(tx, actor.id or None, actor.name, "users.deactivate", f"user:{user_id}")


def activate(tx: Tx, actor: Actor, user_id: int) -> None:
    """Open an account again that was deactivated."""
    actor.must("manage_users")
    _change_status(tx, user_id, {DEACTIVATED}, ACTIVE)
    audit.record(tx, actor.id or None, actor.name, "users.activate", f"user:{user_id}")


def confirm_by_hand(tx: Tx, actor: Actor, user_id: int) -> None:
    """Take somebody's address as confirmed: the one that their last letter went to."""
    actor.must("manage_users")
    if by_id(tx, user_id).confirmed_at is not None:
        raise Conflict("This address is confirmed already.")
    address = letters.address_of(tx, user_id)
    if address is None:
        raise Conflict("This account has no address that could be confirmed.")
    claim(tx, user_id, addresses.checked(address))
    letters.void(tx, user_id, letters.CONFIRM)
    audit.record(tx, actor.id or None, actor.name, "users.confirm", f"user:{user_id}")


def set_password(tx: Tx, user_id: int, password: str, *, but: int | None = None) -> None:
    """Keep a new password; every token and every session *but* one ends, and the owner hears it."""
    tx.run("UPDATE users SET password = :new WHERE id = :id", new=password, id=user_id)
    sessions.end_all(tx, user_id, but)
    tokens.revoke_all(tx, user_id)
    letters.void(tx, user_id, letters.RESET, letters.EMAIL)
    attempts.clear(tx, user_id)
    user = by_id(tx, user_id)
    if user.email is not None:
        outbox.post(tx, user.email, "password_changed", name=user.name)


def must_manage(reader: Reader, actor: Actor, user_id: int) -> None:
    """Refuse unless the actor manages accounts, this isn't theirs, and may no more than they."""
    actor.must("manage_users")
    if actor.id == user_id:
        raise Forbidden("Nobody does that to themselves.")
    for permission in sorted(as_actor(reader, user_id).permissions):
        actor.must(permission)


def must_not_be_last(tx: Reader, user_id: int) -> None:
    """Refuse to take away the only one who can manage roles."""
    if roles.managers(tx) == [user_id]:
        raise Conflict("This is the last administrator; name another one first.", code="LAST_ADMIN")


def prune(tx: Tx) -> int:
    """Forget registrations that nobody confirmed in a week; return how many these were."""
    return _drop_stale(tx, "")


def _drop_stale(tx: Tx, name: str) -> int:
    return tx.run(
        "DELETE FROM users WHERE (:name = '' OR name = :name) AND confirmed_at IS NULL"
        " AND status = 'active' AND created_at < :before",
        name=name,
        before=tx.now - UNCONFIRMED_FOR,
    )


def _change_status(tx: Tx, user_id: int, before: set[str], after: str) -> None:
    status = by_id(tx, user_id).status
    if status not in before:
        raise Conflict(f"This account is {status}.")
    tx.run("UPDATE users SET status = :after WHERE id = :id", after=after, id=user_id)
    names.touch_all(tx, user_id)


def _user(*row: Any) -> User:
    user = User(*row)
    links = tuple(Link(*one) for one in json.loads(row[9]))
    return user._replace(links=links, settings=json.loads(row[10]))
