"""Routes of those who keep order: bans, what is decided about pages, and the log of it all."""

from datetime import datetime
from typing import Annotated, Any, Literal

from interact_api import audit
from interact_api.errors import Conflict, Forbidden, NotFound
from interact_api.moderation import bans, overrides
from interact_api.social import pages
from interact_api.social.pages import Page
from interact_api.web import cursors
from interact_api.web.call import Answer, Call
from interact_api.web.routing import Route
from interact_api.web.times import when
from interact_api.wire import Meta, Reply, Sent


class BanSent(Sent):
    """How somebody is banned: ``shadowed``, and only they see what they write, or ``banned``."""

    kind: bans.Kind = "banned"
    reason: Annotated[str, Meta(max_length=1_000)] = ""
    spam: bool = False  # everything they wrote is taken for spam


class BanForm(Sent):
    """The same, and whether it is to end."""

    kind: bans.Kind = "banned"
    reason: Annotated[str, Meta(max_length=1_000)] = ""
    spam: bool = False
    undo: bool = False


class Override(Sent):
    """What is to change; what isn't sent stays as it is."""

    hidden: bool | None = None
    featured: bool | None = None
    closed: bool | None = None


class PagesQuery(cursors.Listing):
    """Which pages: only those that moderators changed, if asked."""

    changed: bool = False


class AuditQuery(cursors.Listing):
    """Which entries: all, or those of one target, action or person."""

    target: Annotated[str, Meta(max_length=250, examples=["comment:12"])] = ""
    action: Annotated[str, Meta(max_length=100, examples=["comments.spam"])] = ""
    actor: Annotated[str, Meta(max_length=60)] = ""


class PageState(Reply):
    """A page as moderators see it."""

    id: str
    url: str
    title: str
    hidden: bool
    featured: bool
    closed: bool
    removed: bool
    policy: Literal["open", "closed", "off"]
    likes: int
    comments: int
    views: int


class Pages(Reply):
    """Pages, by their ids."""

    items: list[PageState]
    next: str | None


class Entry(Reply):
    """One act: who did what to whom, and when."""

    id: str
    at: datetime
    actor: str
    action: str
    target: str
    details: dict[str, Any]
    request_id: str


class Entries(Reply):
    """What was done, the newest first."""

    items: list[Entry]
    next: str | None


async def ban(call: Call) -> None:
    """Ban somebody, or let nobody hear them."""
    sent = call.body
    await call.write(
        lambda tx: bans.ban(
            tx,
            call.actor,
            call.path["name"],
            sent.kind,
            sent.reason,
            as_spam=sent.spam,
            request_id=call.request_id,
        )
    )


async def lift(call: Call) -> None:
    """Let somebody in and be heard again."""
    await call.write(lambda tx: bans.lift(tx, call.actor, call.path["name"], call.request_id))


async def ban_by_form(call: Call) -> Answer:
    """Ban somebody, or no longer."""
    if call.body.undo:
        await lift(call)
        return Answer(notice="The ban is lifted.")
    await ban(call)
    return Answer()


async def list_pages(call: Call) -> Pages:
    """Answer with pages."""
    (after,) = cursors.decode(call, call.query.cursor) or ("",)
    limit = call.query.limit + 1
    found = pages.listed(call.reader, after, limit, overridden=call.query.changed)
    shown, rest = cursors.part(call, found, lambda one: (one.id,))
    return Pages(items=[_page(one) for one in shown], next=rest)


async def show_page(call: Call) -> PageState:
    """Answer with one page, even one that is hidden or gone."""
    return _page(pages.find(call.reader, call.path["page"]))


async def override(call: Call) -> PageState:
    """Hide, feature or close a page, or no longer."""
    sent, page = call.body, call.path["page"]
    changed = await call.write(
        lambda tx: overrides.change(
            tx,
            call.actor,
            page,
            hidden=sent.hidden,
            featured=sent.featured,
            closed=sent.closed,
            request_id=call.request_id,
        )
    )
    return _page(changed)


async def list_audit(call: Call) -> Entries:
    """Answer with what was done."""
    query = call.query
    after = cursors.decode(call, query.cursor)
    found = audit.recent(
        call.reader,
        before=after[0] if after else None,
        limit=query.limit + 1,
        target=query.target,
        action=query.action,
        actor=query.actor,
    )
    shown, rest = cursors.part(call, found, lambda one: (one.id,))
    return Entries(items=[_entry(one) for one in shown], next=rest)


def _page(one: Page) -> PageState:
    return PageState(
        id=one.id,
        url=one.url,
        title=one.title,
        hidden=bool(one.hidden),
        featured=bool(one.featured),
        closed=bool(one.closed),
        removed=one.removed_at is not None,
        policy=one.policy,  # type: ignore[arg-type] # the schema's CHECK says so
        likes=one.likes,
        comments=one.comments,
        views=one.views,
    )


def _entry(one: audit.Entry) -> Entry:
    return Entry(
        id=str(one.id),
        at=when(one.at),
        actor=one.actor,
        action=one.action,
        target=one.target,
        details=one.details,
        request_id=one.request_id,
    )


ROUTES = (
    Route(
        method="PUT", path="/admin/users/{name}/ban", handler=ban, tag="moderation",
        body=BanSent, status=204, signed_in=True, permission="moderate_comments",
        scope="moderate", limit="write", refusals=(NotFound, Conflict, Forbidden),
        summary="Ban somebody, or let nobody hear them.",
        example={"kind": "shadowed", "reason": "advertises"},
    ),
    Route(
        method="DELETE", path="/admin/users/{name}/ban", handler=lift, tag="moderation",
        status=204, signed_in=True, permission="moderate_comments", scope="moderate",
        limit="write", refusals=(NotFound, Forbidden),
        summary="Let somebody in and be heard again; what they wrote and liked is back.",
    ),
    Route(
        method="POST", path="/admin/users/{name}/ban", handler=ban_by_form, tag="moderation",
        body=BanForm, status=204, signed_in=True, permission="moderate_comments",
        scope="moderate", limit="write", form=True, notice="They are banned.",
        refusals=(NotFound, Conflict, Forbidden), summary="PUT and DELETE for plain forms.",
        example={"kind": "shadowed", "undo": False},
    ),
    Route(
        method="GET", path="/admin/pages", handler=list_pages, tag="moderation",
        query=PagesQuery, reply=Pages, signed_in=True, permission="moderate_comments",
        scope="moderate", summary="Pages by their ids, with what moderators decided about them.",
    ),
    Route(
        method="GET", path="/admin/pages/{page}", handler=show_page, tag="moderation",
        reply=PageState, signed_in=True, permission="moderate_comments", scope="moderate",
        refusals=(NotFound,), summary="One page, even one that is hidden or gone.",
    ),
    Route(
        method="PATCH", path="/admin/pages/{page}", handler=override, tag="moderation",
        body=Override, reply=PageState, signed_in=True, permission="moderate_comments",
        scope="moderate", limit="write", refusals=(NotFound,),
        summary="Close a page's thread, feature the page or hide it, or no longer.",
        example={"closed": True},
    ),
    Route(
        method="POST", path="/admin/pages/{page}", handler=override, tag="moderation",
        body=Override, reply=PageState, signed_in=True, permission="moderate_comments",
        scope="moderate", limit="write", form=True, refusals=(NotFound,),
        summary="The same as PATCH, for plain forms.", example={"closed": True},
    ),
    Route(
        method="GET", path="/admin/audit", handler=list_audit, tag="admin", query=AuditQuery,
        reply=Entries, signed_in=True, permission="admin_access", scope="admin",
        summary="Who did what to whom, the newest first; nothing is ever taken out of it.",
    ),
)  # fmt: skip
