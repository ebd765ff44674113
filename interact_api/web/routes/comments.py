"""Routes of comments: reading a thread, writing, changing, taking away."""

from datetime import datetime
from typing import Annotated, Literal, NamedTuple

from interact_api.db import Reader, Tx
from interact_api.errors import Gone, NotFound
from interact_api.moderation import admission
from interact_api.social import (
    blocks,
    comments,
    mentions,
    pages,
    shadows,
    text,
    threads,
)
from interact_api.social.comments import Comment
from interact_api.social.pages import Page
from interact_api.web import cursors
from interact_api.web.call import Answer, Call
from interact_api.web.ids import MaybeId, number
from interact_api.web.routing import PREFIX, Route
from interact_api.web.times import when
from interact_api.wire import Meta, Reply, Sent

LONGEST = 100_000  # more than any settings allow; those say what is too long
WAITS = "Your comment waits until a moderator has read it."

Source = Annotated[
    str, Meta(min_length=1, max_length=LONGEST, description="Markdown", examples=["I *agree*."])
]
State = Literal["approved", "pending", "rejected", "spam", "deleted", "blocked"]


class ThreadQuery(cursors.Listing):
    """Which comments of a page: all, or the direct replies to one."""

    sort: Literal["oldest", "newest", "best"] = "oldest"
    parent: MaybeId = ""
    limit: cursors.Limit = 50


class CommentSent(Sent):
    """A comment, and the one that it answers."""

    body: Source
    parent: MaybeId | None = None


class Changed(Sent):
    """What a comment is to say."""

    body: Source


class Preview(Sent):
    """What a comment would say."""

    body: Source


class CommentReply(Reply):
    """
    A comment as whoever asks may read it.

    Where `state` is ``deleted`` or ``blocked`` the comment keeps its place, without text. `author`
    is null where somebody has left. `body` is for those who may change it; `mentions` are the names
    behind an @ that somebody has.
    """

    id: str
    page: str
    url: str
    parent: str | None
    depth: int
    author: str | None
    name: str | None
    html: str
    body: str | None
    state: State
    likes: int
    liked: bool | None
    mentions: list[str]
    replies: int
    pinned: bool
    at: datetime
    edited: datetime | None
    editable: bool


class Thread(Reply):
    """A part of a thread; the first part has what is pinned. `open`: may anybody comment now."""

    items: list[CommentReply]
    pinned: list[CommentReply]
    next: str | None
    count: int
    open: bool


class Drawn(Reply):
    """What a text looks like."""

    html: str


async def read(call: Call) -> Thread:
    """Answer with a part of a thread."""
    query = call.query
    after = cursors.decode(call, query.cursor)
    page = pages.with_thread(call.reader, call.path["page"])
    found = threads.part(
        call.reader,
        page.id,
        call.actor,
        order=query.sort,
        after=threads.Place(*after) if after else None,
        limit=query.limit,
        parent_id=int(query.parent) if query.parent else None,
    )
    about = _about(call, call.reader, page, [*found.pinned, *found.items])
    return Thread(
        items=[_reply(call, about, one) for one in found.items],
        pinned=[_reply(call, about, one) for one in found.pinned],
        next=cursors.encode(call, *found.next) if found.next else None,
        count=page.comments + sum(about.own.values()),
        open=page.is_open,
    )


async def write(call: Call) -> Answer:
    """Comment on a page."""
    sent = call.body
    written = text.written(sent.body, call.settings.comments)
    parent = int(sent.parent) if sent.parent else None

    def act(tx: Tx) -> tuple[Comment, Page]:
        page = pages.open_thread(tx, call.path["page"])
        made = admission.write(tx, call.actor, page, written, call.settings, parent_id=parent)
        return made, page

    made, page = await call.write(act, is_small=True)
    # The answer is made afterwards: nobody else can write while a transaction goes on.
    there = (("Location", f"{PREFIX}/comments/{made.id}"),)
    return _said(_shown(call, call.reader, made, page), there)


async def preview(call: Call) -> Drawn:
    """Answer with what a comment would look like."""
    return Drawn(html=text.written(call.body.body, call.settings.comments).html)


async def show(call: Call) -> CommentReply:
    """Answer with one comment."""
    return shown_to(
        call, call.reader, comments.seen(call.reader, number(call.path["comment"]), call.actor)
    )


async def edit(call: Call) -> Answer:
    """Change a comment."""
    identity = number(call.path["comment"])
    written = text.written(call.body.body, call.settings.comments)

    def act(tx: Tx) -> Answer:
        made = admission.change(
            tx, call.actor, identity, written, call.settings, request_id=call.request_id
        )
        return _said(shown_to(call, tx, made))

    return await call.write(act, is_small=True)


async def delete(call: Call) -> None:
    """Take a comment away."""
    identity = number(call.path["comment"])
    await call.write(lambda tx: comments.delete(tx, call.actor, identity, call.request_id))


def _said(shown: CommentReply, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Answer with a comment that was written, and lead a plain form there."""
    waits = WAITS if shown.state == "pending" else ""
    return Answer(shown, headers=headers, onward=shown.url, notice=waits)


def shown_to(call: Call, reader: Reader, one: Comment) -> CommentReply:
    """Return a comment as whoever asks may read it."""
    return _shown(call, reader, one, pages.find(reader, one.page))


def _shown(call: Call, reader: Reader, one: Comment, page: Page) -> CommentReply:
    if not call.actor.may("moderate_comments"):
        own = one.is_by(call.actor)
        blocked = frozenset() if own else blocks.ids(reader, call.actor.id)
        one = threads.as_seen(one, call.actor, blocked)
    return _reply(call, _about(call, reader, page, [one]), one)


class _About(NamedTuple):
    """What is to be known about comments of a page beside themselves."""

    page: Page
    liked: frozenset[int]
    mentions: dict[int, list[str]]
    own: dict[int, int]  # what a shadow wrote, by what it answers


def _about(call: Call, reader: Reader, page: Page, found: list[Comment]) -> _About:
    actor = call.actor
    # A shadow's likes don't count, and what isn't shown tells no number.
    likable = [one for one in found if one.likes or actor.is_shadowed or not one.is_public]
    liked = threads.liked(reader, actor, likable)
    calling = [one.id for one in found if "@" in one.html]
    called = mentions.of_many(reader, calling)
    return _About(page, liked, called, shadows.own_comments(reader, actor, page.id))


def _reply(call: Call, about: _About, one: Comment) -> CommentReply:
    actor = call.actor
    editable = actor.is_somebody and comments.is_editable(
        actor, one, call.service.now, call.settings.comments
    )
    author = one.author
    liked = one.id in about.liked if actor.is_somebody else None
    return CommentReply(
        id=str(one.id),
        page=one.page,
        url=pages.permalink(about.page, one.id),
        parent=None if one.parent_id is None else str(one.parent_id),
        depth=one.depth,
        author=author,
        name=one.display if author else None,
        html=one.html,
        body=one.body if editable else None,
        state=one.state,  # type: ignore[arg-type] # the schema's CHECK says so
        likes=one.likes + shadows.own_like(actor, liked=liked),
        liked=liked,
        mentions=about.mentions.get(one.id, []),
        replies=one.replies + about.own.get(one.id, 0),
        pinned=bool(one.pinned),
        at=when(one.created_at),
        edited=when(one.edited_at),
        editable=editable,
    )


ROUTES = (
    Route(
        method="GET", path="/pages/{page}/comments", handler=read, tag="comments",
        shared=True, query=ThreadQuery, reply=Thread, refusals=(NotFound,),
        summary="The comments of a page, or the replies to one of them, a part at a time.",
    ),
    Route(
        method="POST", path="/pages/{page}/comments", handler=write, tag="comments",
        asks_again=True,
        body=CommentSent, reply=CommentReply, status=201, signed_in=True,
        permission="create_comments", scope="write", limit="write", form=True,
        notice="Your comment is there.", refusals=(NotFound,),
        summary="Comment on a page; it may be held back until a moderator has read it.",
        example={"body": "I *agree*."},
    ),
    Route(
        method="POST", path="/comments/preview", handler=preview, tag="comments", body=Preview,
        reply=Drawn, signed_in=True, permission="create_comments", limit="write",
        summary="What a comment would look like.", example={"body": "I *agree*."},
    ),
    Route(
        method="GET", path="/comments/{comment}", handler=show, tag="comments",
        shared=True, reply=CommentReply, refusals=(NotFound, Gone), summary="One comment.",
    ),
    Route(
        method="PATCH", path="/comments/{comment}", handler=edit, tag="comments", body=Changed,
        reply=CommentReply, signed_in=True, scope="write", limit="write",
        refusals=(NotFound, Gone),
        summary="Change your comment, for a while after you wrote it.",
        example={"body": "I *disagree*."},
    ),
    Route(
        method="POST", path="/comments/{comment}", handler=edit, tag="comments", body=Changed,
        reply=CommentReply, signed_in=True, scope="write", limit="write", form=True,
        notice="Your comment is changed.", refusals=(NotFound, Gone),
        summary="The same as PATCH, for plain forms.", example={"body": "I *disagree*."},
    ),
    Route(
        method="DELETE", path="/comments/{comment}", handler=delete, tag="comments", status=204,
        signed_in=True, scope="write", limit="write", refusals=(NotFound, Gone),
        summary="Take your comment away, or one on your page; its replies stay.",
    ),
    Route(
        method="POST", path="/comments/{comment}/delete", handler=delete, tag="comments",
        status=204, signed_in=True, scope="write", limit="write", form=True,
        notice="The comment is gone.", refusals=(NotFound, Gone),
        summary="The same as DELETE, for plain forms.",
    ),
)  # fmt: skip
