"""Routes of people: what everybody sees of them, and what those see and do who manage accounts."""

from datetime import datetime
from typing import Annotated, Literal

from interact_api.accounts import closing, profile, roles, users
from interact_api.accounts.users import User
from interact_api.errors import Conflict, Gone, NotFound
from interact_api.social import shadows
from interact_api.tx import Tx
from interact_api.web import cursors
from interact_api.web.call import Answer, Call
from interact_api.web.routing import PREFIX, Route
from interact_api.web.times import when
from interact_api.wire import Meta, Reply, Sent

from .me import LinkReply

Role = Annotated[str, Meta(min_length=1, max_length=64)]
Kind = Literal["active", "deactivated", "banned", "shadowed", "deleted"]


class Person(Reply):
    """Somebody, as others see them; `last_seen` and `online` for those who are signed in."""

    name: str
    display: str
    bio: str
    location: str
    website: str
    links: list[LinkReply]
    role: str
    followers: int
    following: int
    comments: int
    joined: datetime
    last_seen: datetime | None
    online: bool


class Card(Reply):
    """Somebody in a few words, for a popup."""

    name: str
    display: str
    bio: str
    role: str
    followers: int
    following: int
    online: bool


class AccountsQuery(cursors.Listing):
    """Which accounts."""

    status: Kind | Literal[""] = ""
    role: Annotated[str, Meta(max_length=64)] = ""


class Account(Reply):
    """An account, as those see it who manage it."""

    name: str
    email: str | None
    role: str
    status: Kind
    display: str
    comments: int
    joined: datetime
    confirmed: datetime | None
    last_seen: datetime | None


class Accounts(Reply):
    """Accounts by name."""

    items: list[Account]
    next: str | None


class AccountSent(Sent):
    """What is to change; what isn't sent stays as it is."""

    role: Role | None = None
    status: Literal["active", "deactivated"] | None = None
    confirmed: Literal[True] | None = None


class Removal(Sent):
    """What becomes of the comments."""

    comments: Literal["anonymise", "remove"]


class RoleReply(Reply):
    """A role: what it adds to its parent, what that comes to, and how many have it."""

    name: str
    parent: str | None
    default: bool
    own: list[str]
    permissions: list[str]
    people: int


class Roles(Reply):
    """Roles, the weakest first."""

    items: list[RoleReply]
    next: None = None


class RoleSent(Sent):
    """What a role adds to its parent."""

    permissions: Annotated[tuple[Role, ...], Meta(max_length=100)]


async def show(call: Call) -> Person | Answer:
    """Answer with a profile; an old name leads to the new one."""
    user = users.public(call.reader, call.path["name"])
    if user.name != call.path["name"]:
        return _moved(user, "")
    known = call.actor.is_somebody
    return Person(
        name=user.name,
        display=user.display,
        bio=user.bio,
        location=user.location,
        website=user.website,
        links=[LinkReply(label=one.label, url=one.url) for one in user.links],
        role=user.role,
        followers=user.followers + shadows.own_follow(call.reader, call.actor, user.id),
        following=user.following,
        comments=user.comments,
        joined=when(user.created_at),
        last_seen=when(profile.last_seen(user, by_somebody=known)),
        online=profile.is_online(user, call.service.now, by_somebody=known),
    )


async def show_card(call: Call) -> Card | Answer:
    """Answer with a profile in a few words."""
    user = users.public(call.reader, call.path["name"])
    if user.name != call.path["name"]:
        return _moved(user, "/card")
    return Card(
        name=user.name,
        display=user.display,
        bio=user.bio,
        role=user.role,
        followers=user.followers + shadows.own_follow(call.reader, call.actor, user.id),
        following=user.following,
        online=profile.is_online(user, call.service.now, by_somebody=call.actor.is_somebody),
    )


async def list_accounts(call: Call) -> Accounts:
    """Answer with accounts."""
    query = call.query
    after = cursors.decode(call, query.cursor)
    found = users.every(
        call.reader,
        after=str(after[0]) if after else "",
        limit=query.limit + 1,
        status=query.status,
        role=query.role,
    )
    shown = found[: query.limit]
    is_more = len(found) > query.limit
    return Accounts(
        items=[_account(one) for one in shown],
        next=cursors.encode(call, shown[-1].name) if is_more else None,
    )


async def show_account(call: Call) -> Account:
    """Answer with one account."""
    return _account(users.by_name(call.reader, call.path["name"]))


async def edit_account(call: Call) -> Account:
    """Change an account, all or nothing."""
    sent = call.body

    def act(tx: Tx) -> User:
        user = users.by_name(tx, call.path["name"])
        if sent.confirmed:
            users.confirm_by_hand(tx, call.actor, user.id)
        if sent.role is not None:
            users.set_role(tx, call.actor, user.id, sent.role)
        if sent.status is not None and sent.status != user.status:
            change = users.activate if sent.status == "active" else users.deactivate
            change(tx, call.actor, user.id)
        return users.by_id(tx, user.id)

    return _account(await call.write(act))


async def remove_account(call: Call) -> None:
    """Close somebody's account for good."""
    sent = call.body

    def act(tx: Tx) -> None:
        user = users.by_name(tx, call.path["name"])
        users.must_manage(tx, call.actor, user.id)  # one's own needs the password, as in `me`
        closing.delete(tx, call.actor, user.id, sent.comments)

    await call.write(act)


async def list_roles(call: Call) -> Roles:
    """Answer with the roles."""
    return Roles(items=[_role(call, one) for one in roles.every(call.reader)])


async def edit_role(call: Call) -> RoleReply:
    """Change what a role adds to its parent."""
    wanted = frozenset(call.body.permissions)
    await call.write(lambda tx: roles.assign(tx, call.actor, call.path["role"], wanted))
    return _role(call, roles.by_name(call.reader, call.path["role"]))


def _moved(user: User, rest: str) -> Answer:
    """Lead from an old name, or another spelling, to the one that there is."""
    return Answer(status=308, headers=(("Location", f"{PREFIX}/users/{user.name}{rest}"),))


def _account(user: User) -> Account:
    return Account(
        name=user.name,
        email=user.email,
        role=user.role,
        status=user.status,  # type: ignore[arg-type] # the schema's CHECK says so
        display=user.display,
        comments=user.comments,
        joined=when(user.created_at),
        confirmed=when(user.confirmed_at),
        last_seen=when(user.seen_at),
    )


def _role(call: Call, role: roles.Role) -> RoleReply:
    return RoleReply(
        name=role.name,
        parent=role.parent,
        default=role.is_default,
        own=list(role.own),
        permissions=sorted(roles.permissions_of(call.reader, role.id)),
        people=role.people,
    )


ROUTES = (
    Route(
        method="GET", path="/users/{name}", handler=show, tag="people", reply=Person,
        shared=True, moves=True, refusals=(NotFound, Gone),
        summary="A profile; an old name leads to the new one with 308.",
    ),
    Route(
        method="GET", path="/users/{name}/card", handler=show_card, tag="people", reply=Card,
        shared=True, moves=True, refusals=(NotFound, Gone), summary="A profile in a few words.",
    ),
    Route(
        method="GET", path="/admin/users", handler=list_accounts, tag="admin", signed_in=True,
        query=AccountsQuery, reply=Accounts, permission="manage_users", scope="admin",
        summary="Accounts by name.",
    ),
    Route(
        method="GET", path="/admin/users/{name}", handler=show_account, tag="admin",
        reply=Account, permission="manage_users", scope="admin", signed_in=True,
        refusals=(NotFound,), summary="One account.",
    ),
    Route(
        method="PATCH", path="/admin/users/{name}", handler=edit_account, tag="admin",
        body=AccountSent, reply=Account, permission="manage_users", scope="admin", limit="write",
        signed_in=True, refusals=(NotFound, Conflict),
        summary="Change somebody's role, deactivate or activate them, or confirm their address.",
    ),
    Route(
        method="DELETE", path="/admin/users/{name}", handler=remove_account, tag="admin",
        body=Removal, status=204, permission="manage_users", scope="admin", limit="write",
        signed_in=True, refusals=(NotFound, Conflict), summary="Close an account for good.",
    ),
    Route(
        method="GET", path="/admin/roles", handler=list_roles, tag="admin", reply=Roles,
        permission="manage_roles", scope="admin", signed_in=True,
        summary="Roles and what they may do.",
    ),
    Route(
        method="PUT", path="/admin/roles/{role}", handler=edit_role, tag="admin", body=RoleSent,
        reply=RoleReply, permission="manage_roles", scope="admin", limit="write", signed_in=True,
        refusals=(NotFound, Conflict), summary="Change what a role adds to its parent.",
    ),
)  # fmt: skip
