"""Routes of the queue: comments that wait for a moderator, and what people reported."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

from interact_api.errors import Conflict, Gone, NotFound
from interact_api.moderation import queue
from interact_api.social import pages, reports
from interact_api.social.comments import Comment
from interact_api.web import cursors
from interact_api.web.call import Answer, Call
from interact_api.web.ids import Id, number
from interact_api.web.routing import Handler, Route
from interact_api.web.times import when
from interact_api.wire import Meta, Reply, Sent

from .comments import State

Ids = Annotated[tuple[Id, ...], Meta(min_length=1, max_length=queue.MOST)]


class QueueQuery(cursors.Listing):
    """Which part of the queue."""

    state: queue.Waiting = "pending"


class Sentence(Sent):
    """What is to be done to which comments."""

    act: queue.Act
    ids: Ids | Id  # a plain form with one box ticked sends one


class ReportReply(Reply):
    """Who found fault with a comment, and why."""

    id: str
    comment: str
    by: str
    reason: reports.Reason
    text: str
    at: datetime


class Waiting(Reply):
    """A comment as moderators read it: `body` is its source, `held` says why it waits."""

    id: str
    page: str
    url: str
    parent: str | None
    author: str | None
    author_status: str | None
    html: str
    body: str
    state: State
    held: str
    likes: int
    replies: int
    at: datetime
    edited: datetime | None
    reports: list[ReportReply]


class Queue(Reply):
    """Comments that wait, the oldest first."""

    items: list[Waiting]
    next: str | None


class Result(Reply):
    """What came of one comment: `code` is empty if it worked."""

    id: str
    code: str
    detail: str


class Results(Reply):
    """What came of each."""

    items: list[Result]
    done: int


class Reports(Reply):
    """Open reports, the oldest first."""

    items: list[ReportReply]
    next: str | None


async def list_queue(call: Call) -> Queue:
    """Answer with what waits."""
    (after,) = cursors.decode(call, call.query.cursor) or (0,)
    found = queue.listed(call.reader, call.actor, call.query.state, after, call.query.limit + 1)
    shown, rest = cursors.part(call, found, lambda one: (one.id,))
    return Queue(items=_waiting(call, shown), next=rest)


def deciding(decision: queue.Decision) -> Handler:
    """Return what decides so about one comment."""

    async def decide(call: Call) -> Waiting:
        identity = number(call.path["comment"])
        made = await call.write(
            lambda tx: queue.decide(tx, call.actor, identity, decision, call.request_id)
        )
        return _waiting(call, [made])[0]

    return decide


async def undo(call: Call) -> Waiting:
    """Take the last decision about a comment back."""
    identity = number(call.path["comment"])
    made = await call.write(lambda tx: queue.undo(tx, call.actor, identity, call.request_id))
    return _waiting(call, [made])[0]


async def decide_all(call: Call) -> Answer:
    """Do the same to many comments."""
    sent = call.body
    ids = [int(one) for one in ([sent.ids] if isinstance(sent.ids, str) else sent.ids)]
    found = await call.write(
        lambda tx: queue.decide_all(tx, call.actor, ids, sent.act, call.request_id)
    )
    done = sum(not one.code for one in found)
    items = [Result(id=str(one.comment_id), code=one.code, detail=one.detail) for one in found]
    return Answer(Results(items=items, done=done), notice=f"Done with {done} of {len(ids)}.")


async def list_reports(call: Call) -> Reports:
    """Answer with open reports."""
    (after,) = cursors.decode(call, call.query.cursor) or (0,)
    found = reports.listed(call.reader, call.actor, after, call.query.limit + 1)
    shown, rest = cursors.part(call, found, lambda one: (one.id,))
    return Reports(items=[_report(one) for one in shown], next=rest)


async def close_report(call: Call) -> None:
    """Close a report and leave the comment as it is."""
    identity = number(call.path["report"])
    await call.write(lambda tx: reports.close(tx, call.actor, identity, call.request_id))


def _waiting(call: Call, found: list[Comment]) -> list[Waiting]:
    told = reports.of_many(call.reader, [one.id for one in found])
    places = {page: pages.find(call.reader, page) for page in {one.page for one in found}}
    return [
        Waiting(
            id=str(one.id),
            page=one.page,
            url=pages.permalink(places[one.page], one.id),
            parent=None if one.parent_id is None else str(one.parent_id),
            author=one.name,
            author_status=one.status,
            html=one.html,
            body=one.body,
            state=one.state,  # type: ignore[arg-type] # the schema's CHECK says so
            held=one.held,
            likes=one.likes,
            replies=one.replies,
            at=when(one.created_at),
            edited=when(one.edited_at),
            reports=[_report(report) for report in told[one.id]],
        )
        for one in found
    ]


def _report(one: reports.Report) -> ReportReply:
    return ReportReply(
        id=str(one.id),
        comment=str(one.comment_id),
        by=one.name,
        reason=one.reason,  # type: ignore[arg-type] # only these are written
        text=one.text,
        at=when(one.at),
    )


def _decision(verb: str, handler: Callable[[Call], Awaitable[object]], does: str) -> Route:
    return Route(
        method="POST", path=f"/comments/{{comment}}/{verb}", handler=handler, tag="moderation",
        reply=Waiting, signed_in=True, permission="moderate_comments", scope="moderate",
        limit="write", form=True, refusals=(NotFound, Gone, Conflict), summary=does,
    )  # fmt: skip


ROUTES = (
    Route(
        method="GET", path="/admin/comments", handler=list_queue, tag="moderation",
        query=QueueQuery, reply=Queue, signed_in=True, permission="moderate_comments",
        scope="moderate", summary="Comments that wait for a moderator, the oldest first.",
    ),
    Route(
        method="POST", path="/admin/comments", handler=decide_all, tag="moderation",
        body=Sentence, reply=Results, signed_in=True, permission="moderate_comments",
        scope="moderate", limit="write", form=True,
        summary="Do the same to up to a hundred comments; each tells what came of it.",
        example={"act": "approve", "ids": ["12", "13"]},
    ),
    _decision("approve", deciding("approve"), "Let everybody read a comment."),
    _decision("reject", deciding("reject"), "Let nobody read a comment."),
    _decision("spam", deciding("spam"), "Take a comment for spam, and learn from it."),
    _decision("undo", undo, "Take the last decision about a comment back."),
    Route(
        method="GET", path="/admin/reports", handler=list_reports, tag="moderation",
        query=cursors.Listing, reply=Reports, signed_in=True, permission="moderate_comments",
        scope="moderate", summary="Open reports, the oldest first.",
    ),
    Route(
        method="POST", path="/admin/reports/{report}/close", handler=close_report,
        tag="moderation", status=204, signed_in=True, permission="moderate_comments",
        scope="moderate", limit="write", form=True, notice="The report is closed.",
        refusals=(NotFound,), summary="Close a report and leave the comment as it is.",
    ),
)  # fmt: skip
