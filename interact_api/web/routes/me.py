"""Routes about oneself: profile, password, address, and the way out."""

from datetime import datetime
from typing import Annotated, Literal

from interact_api import audit
from interact_api.accounts import (
    addresses,
    closing,
    joining,
    names,
    passwords,
    profile,
    proof,
    sessions,
    subscriptions,
    tokens,
    users,
)
from interact_api.accounts.profile import Changes
from interact_api.accounts.users import Link
from interact_api.errors import Conflict, Forbidden, Invalid, TooMany, Unavailable
from interact_api.tx import Tx
from interact_api.web import auth, pace
from interact_api.web.call import Answer, Call
from interact_api.web.routing import Route
from interact_api.web.times import when
from interact_api.wire import Meta, Reply, Sent

from .accounts import LETTER, MINUTE, Address, Name, Password, Told, must_be_good


class LinkSent(Sent):
    """A link, and what it is called."""

    label: Annotated[str, Meta(min_length=1, max_length=profile.LABEL)]
    url: Annotated[str, Meta(max_length=profile.URL)]


class ProfileSent(Sent):
    """
    What is to change; what isn't sent stays as it is.

    `hide_…` is what others aren't told, `mail_…` what letters tell of.
    """

    name: Name | None = None
    display: Annotated[str, Meta(max_length=profile.LENGTHS["display"])] | None = None
    bio: Annotated[str, Meta(max_length=profile.LENGTHS["bio"])] | None = None
    location: Annotated[str, Meta(max_length=profile.LENGTHS["location"])] | None = None
    website: Annotated[str, Meta(max_length=profile.URL)] | None = None
    links: Annotated[tuple[LinkSent, ...], Meta(max_length=profile.LINKS)] | None = None
    hide_last_seen: bool | None = None
    hide_likes: bool | None = None
    mail_comments: bool | None = None
    mail_replies: bool | None = None
    mail_mentions: bool | None = None
    mail_follows: bool | None = None


class PasswordSent(Sent):
    """The password as it is and as it is to be."""

    current: Password
    password: Password


class EmailSent(Sent):
    """The new address, and the password."""

    email: Address
    password: Password


class Leaving(Sent):
    """The password."""

    password: Password


class Farewell(Sent):
    """The password, and what becomes of one's comments."""

    password: Password
    comments: Literal["anonymise", "remove"]


class LinkReply(Reply):
    """A link of a profile."""

    label: str
    url: str


class Me(Reply):
    """Everything that the service knows of whoever asks."""

    name: str
    email: str | None
    role: str
    permissions: list[str]
    display: str
    bio: str
    location: str
    website: str
    links: list[LinkReply]
    hide_last_seen: bool
    hide_likes: bool
    mail_comments: bool
    mail_replies: bool
    mail_mentions: bool
    mail_follows: bool
    followers: int
    following: int
    comments: int
    joined: datetime
    renamed: datetime | None


async def show(call: Call) -> Me:
    """Answer with what there is to know of oneself."""
    return _me(call)


async def edit(call: Call) -> Me:
    """Change one's profile, and the name with it."""
    sent = call.body
    links = None if sent.links is None else tuple(Link(one.label, one.url) for one in sent.links)
    changes = Changes(
        display=sent.display,
        bio=sent.bio,
        location=sent.location,
        website=sent.website,
        links=links,
        settings=_settings(sent),
    )

    def act(tx: Tx) -> None:
        actor = call.actor
        if sent.name is not None:
            actor = actor._replace(name=names.rename(tx, actor, sent.name))
        profile.edit(tx, actor, changes)

    await call.write(act)
    return _me(call)


async def change_password(call: Call) -> Answer:
    """Keep a new password; every other session and every token ends, and copies of this one."""
    sent = call.body
    await _prove(call, sent.current)
    user = users.by_id(call.reader, call.actor.id)
    if passwords.normal(sent.password) == passwords.normal(sent.current):
        raise Conflict("This is your password already.", code="SAME_PASSWORD")
    must_be_good(call, sent.password, user.name, user.email or "", user.display)
    kept = await call.service.hasher.hash(sent.password)
    text, session_id = tokens.new(tokens.SESSION), call.session_id or 0

    def act(tx: Tx) -> bool:
        users.set_password(tx, user.id, kept, but=session_id)
        target = f"user:{user.id}"
        audit.record(tx, user.id, user.name, "users.password", target, {}, call.request_id)
        return sessions.renew(tx, session_id, tokens.digest(text))

    remember = await call.write(act)
    return Answer(cookies=(auth.signed_in_cookie(call.settings, text, remember=remember),))


async def change_address(call: Call) -> Told:
    """Send a letter to the new address; the old one is told."""
    address = addresses.checked(call.body.email)
    await _prove(call, call.body.password)
    token = tokens.new_for_mail(call.service.secret)
    life = call.settings.accounts.confirm_hours * 60 * MINUTE
    async with pace.even():
        await call.write(lambda tx: joining.change_address(tx, call.actor, address, token, life))
    return LETTER


async def deactivate(call: Call) -> Answer:
    """Close one's account until an administrator opens it."""
    await _prove(call, call.body.password)
    await call.write(lambda tx: closing.deactivate(tx, call.actor))
    return Answer(cookies=(auth.no_session_cookie(call.settings),))


async def leave(call: Call) -> Answer:
    """Close one's account for good."""
    sent = call.body
    await _prove(call, sent.password)
    await call.write(lambda tx: closing.delete(tx, call.actor, call.actor.id, sent.comments))
    return Answer(cookies=(auth.no_session_cookie(call.settings),))


async def _prove(call: Call, password: str) -> None:
    """Refuse unless whoever asks knows the password: a session may be borrowed."""
    hasher = call.service.hasher
    await proof.prove_again(call.write, hasher, call.actor, password, call.place)


def _me(call: Call) -> Me:
    user = users.by_id(call.reader, call.actor.id)
    return Me(
        name=user.name,
        email=user.email,
        role=user.role,
        permissions=sorted(call.actor.permissions),
        display=user.display,
        bio=user.bio,
        location=user.location,
        website=user.website,
        links=[LinkReply(label=one.label, url=one.url) for one in user.links],
        hide_last_seen=user.settings.get("hide_last_seen", False),
        hide_likes=user.settings.get("hide_likes", False),
        mail_comments=subscriptions.wants(user.settings, "comment"),
        mail_replies=subscriptions.wants(user.settings, "reply"),
        mail_mentions=subscriptions.wants(user.settings, "mention"),
        mail_follows=subscriptions.wants(user.settings, "follow"),
        followers=user.followers,
        following=user.following,
        comments=user.comments,
        joined=when(user.created_at),
        renamed=when(user.renamed_at),
    )


def _settings(sent: ProfileSent) -> dict[str, bool] | None:
    given = {name: getattr(sent, name) for name in profile.SETTINGS}
    return {name: value for name, value in given.items() if value is not None} or None


_AGAIN = (Invalid, Forbidden, TooMany, Unavailable)

ROUTES = (
    Route(
        method="GET", path="/me", handler=show, tag="me", reply=Me, signed_in=True,
        summary="Everything that the service knows of you.",
    ),
    Route(
        method="PATCH", path="/me", handler=edit, tag="me", body=ProfileSent, reply=Me,
        signed_in=True, scope="write", limit="write", refusals=(Conflict, TooMany),
        summary="Change your profile; a name can change every 30 days, and the old one leads on.",
        example={"display": "Ada", "hide_likes": True},
    ),
    Route(
        method="POST", path="/me", handler=edit, tag="me", body=ProfileSent, reply=Me,
        signed_in=True, scope="write", limit="write", refusals=(Conflict, TooMany), form=True,
        notice="Your profile is changed.", summary="The same as PATCH, for plain forms.",
        example={"display": "Ada"},
    ),
    Route(
        method="DELETE", path="/me", handler=leave, tag="me", body=Farewell, status=204,
        signed_in=True, scope="session", limit="auth", refusals=(*_AGAIN, Conflict),
        summary="Close your account for good; your comments lose their author or their text.",
    ),
    Route(
        method="POST", path="/me/delete", handler=leave, tag="me", body=Farewell, status=204,
        signed_in=True, scope="session", limit="auth", form=True,
        notice="Your account is closed for good.", refusals=(*_AGAIN, Conflict),
        summary="The same as DELETE, for plain forms.",
    ),
    Route(
        method="POST", path="/me/deactivate", handler=deactivate, tag="me", body=Leaving,
        status=204, signed_in=True, scope="session", limit="auth", form=True,
        notice="Your account is deactivated.", refusals=(*_AGAIN, Conflict),
        summary="Close your account until an administrator opens it.",
    ),
    Route(
        method="POST", path="/me/password", handler=change_password, tag="me", body=PasswordSent,
        status=204, signed_in=True, scope="session", limit="auth", form=True,
        notice="Your password is changed.", refusals=(*_AGAIN, Conflict),
        summary="Change your password; every other session and every token ends.",
    ),
    Route(
        method="POST", path="/me/email", handler=change_address, tag="me", body=EmailSent,
        reply=Told, status=202, signed_in=True, scope="session", limit="auth", form=True,
        notice=LETTER.message, refusals=(*_AGAIN, Conflict),
        summary="Change your address, once the new one is confirmed; the old one is told.",
    ),
)  # fmt: skip
