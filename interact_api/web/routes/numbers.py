"""Routes that count: views of pages, members in order, and letters to whoever runs the site."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from interact_api.notices import contact
from interact_api.numbers import popular, views
from interact_api.web import cursors
from interact_api.web.call import Call
from interact_api.web.routing import Route
from interact_api.wire import Meta, Reply, Sent


class ViewSent(Sent):
    """A page that somebody looks at."""

    page: Annotated[str, Meta(min_length=1, max_length=views.LONGEST)]


class MembersQuery(cursors.Listing):
    """In which order."""

    sort: Literal["popular", "newest"] = "popular"


class MemberReply(Reply):
    """What a list shows of a member."""

    name: str
    display: str
    bio: str
    followers: int
    joined: datetime


class Members(Reply):
    """Members, and where the list goes on."""

    items: list[MemberReply]
    next: str | None


class ContactSent(Sent):
    """A letter; `website` is a field that people don't see, and only programs fill in."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    email: Annotated[str, Meta(max_length=254, pattern=r"^[^@\s<>,;\"]+@[^@\s<>,;\"]+$")]
    message: Annotated[str, Meta(min_length=10, max_length=5_000)]
    website: str = ""


async def see(call: Call) -> None:
    """Count a view, unless nobody looked or whoever looked doesn't want to be counted."""
    page, headers = call.body.page, call.headers
    if not call.settings.views.count or views.is_unwanted(headers):
        return
    if call.actor.is_somebody and views.is_author(call.reader, page, call.actor.name):
        return
    browser = headers.get("user-agent", "") + headers.get("accept-language", "")
    call.service.views.add(views.Visit(page, call.place, call.agent, browser))


async def list_members(call: Call) -> Members:
    """Answer with members."""
    query = call.query
    after = cursors.decode(call, query.cursor)
    if query.sort == "newest":
        found = popular.newest(call.reader, query.limit + 1, *after)
    else:
        found = popular.most_followed(call.reader, query.limit + 1, after or None)
    shown = found[: query.limit]
    is_more = len(found) > query.limit
    return Members(
        items=[_member(one) for one in shown],
        next=cursors.encode(call, *_place(query.sort, shown[-1])) if is_more else None,
    )


async def write_letter(call: Call) -> None:
    """Keep a letter; one from a program is thanked for and forgotten."""
    sent = call.body
    if sent.website:
        return
    operator = call.settings.mail.operator
    await call.write(
        lambda tx: contact.leave(tx, sent.name, sent.email, sent.message, operator=operator)
    )


def _member(one: popular.Member) -> MemberReply:
    joined = datetime.fromtimestamp(one.joined // 1000, UTC)
    return MemberReply(
        name=one.name, display=one.display, bio=one.bio, followers=one.followers, joined=joined
    )


def _place(sort: str, last: popular.Member) -> tuple[int, ...]:
    return (last.id,) if sort == "newest" else (last.followers, last.id)


ROUTES = (
    Route(
        method="POST",
        path="/events/view",
        handler=see,
        summary="Say that somebody looks at a page; a beacon may be sent as text/plain.",
        tag="pages",
        body=ViewSent,
        status=204,
        limit="beacon",
    ),
    Route(
        method="GET",
        path="/users",
        handler=list_members,
        summary="Members: whom most people follow, or who came last.",
        tag="accounts",
        query=MembersQuery,
        reply=Members,
        public=True,
    ),
    Route(
        method="POST",
        path="/contact",
        handler=write_letter,
        summary="Write to whoever runs the site.",
        tag="pages",
        body=ContactSent,
        status=204,
        limit="mail",
        form=True,
    ),
)
