"""Routes of what people do to a comment: like it, report it, let it stand on top."""

from typing import Annotated

from interact_api.errors import Conflict, Forbidden, Gone, NotFound
from interact_api.social import comments, likes, reports
from interact_api.web import cursors
from interact_api.web.call import Answer, Call
from interact_api.web.ids import number
from interact_api.web.routing import Route
from interact_api.wire import Meta, Sent

from .comments import CommentReply, shown_to
from .social import LATEST, LikeReply, People, Wish, since


class ReportSent(Sent):
    """What is wrong with a comment."""

    reason: reports.Reason
    text: Annotated[str, Meta(max_length=reports.LONGEST)] = ""


async def like(call: Call) -> LikeReply:
    """Like a comment."""
    identity = number(call.path["comment"])
    count, _ = await call.write(
        lambda tx: likes.like_comment(tx, call.actor, identity), is_small=True
    )
    return LikeReply(likes=count, liked=True)


async def unlike(call: Call) -> LikeReply:
    """Take a like back."""
    identity = number(call.path["comment"])
    count, _ = await call.write(
        lambda tx: likes.unlike_comment(tx, call.actor, identity), is_small=True
    )
    return LikeReply(likes=count, liked=False)


async def like_by_form(call: Call) -> Answer:
    """Like a comment, or no longer."""
    if call.body.undo:
        return Answer(await unlike(call), notice="You no longer like this comment.")
    return Answer(await like(call))


async def list_likes(call: Call) -> People:
    """Answer with who likes a comment."""
    identity = number(call.path["comment"])
    (before,) = cursors.decode(call, call.query.cursor) or (LATEST,)
    limit = call.query.limit + 1
    found = likes.who_of_comment(call.reader, identity, call.actor, before, limit)
    shown, rest = cursors.part(call, found, lambda one: (one.id,))
    return People(items=[since(one) for one in shown], next=rest)


async def report(call: Call) -> None:
    """Say that a comment shouldn't be there."""
    sent, identity = call.body, number(call.path["comment"])
    rules = call.settings.moderation
    await call.write(
        lambda tx: reports.report(tx, call.actor, identity, sent.reason, sent.text, rules=rules)
    )


async def pin(call: Call) -> CommentReply:
    """Let a comment stand on top."""
    return await _pin(call, pinned=True)


async def unpin(call: Call) -> CommentReply:
    """Let a comment stand on top no longer."""
    return await _pin(call, pinned=False)


async def pin_by_form(call: Call) -> Answer:
    """Let a comment stand on top, or no longer."""
    if call.body.undo:
        return Answer(await unpin(call), notice="The comment isn't pinned any more.")
    return Answer(await pin(call))


async def _pin(call: Call, *, pinned: bool) -> CommentReply:
    identity = number(call.path["comment"])
    await call.write(
        lambda tx: comments.pin(tx, call.actor, identity, pinned=pinned, request_id=call.request_id)
    )
    return shown_to(call, call.reader, comments.find(call.reader, identity))


ROUTES = (
    Route(
        method="PUT", path="/comments/{comment}/like", handler=like, tag="comments",
        asks_again=True,
        reply=LikeReply, signed_in=True, permission="create_comments", scope="write",
        limit="write", refusals=(NotFound,), summary="Like a comment.",
    ),
    Route(
        method="DELETE", path="/comments/{comment}/like", handler=unlike, tag="comments",
        asks_again=True,
        reply=LikeReply, signed_in=True, permission="create_comments", scope="write",
        limit="write", refusals=(NotFound,), summary="Take your like of a comment back.",
    ),
    Route(
        method="POST", path="/comments/{comment}/like", handler=like_by_form, tag="comments",
        body=Wish, reply=LikeReply, signed_in=True, permission="create_comments", scope="write",
        limit="write", form=True, notice="You like this comment.", refusals=(NotFound,),
        summary="PUT and DELETE for plain forms.", example={"undo": False},
    ),
    Route(
        method="GET", path="/comments/{comment}/likes", handler=list_likes, tag="comments",
        shared=True, query=cursors.Listing, reply=People, refusals=(NotFound,),
        summary="Who likes a comment, the newest members first.",
    ),
    Route(
        method="POST", path="/comments/{comment}/report", handler=report, tag="comments",
        body=ReportSent, status=204, signed_in=True, permission="create_comments", scope="write",
        limit="write", form=True, notice="Thank you. A moderator will look at it.",
        refusals=(NotFound, Gone), summary="Say that a comment shouldn't be there.",
        example={"reason": "spam"},
    ),
    Route(
        method="PUT", path="/comments/{comment}/pin", handler=pin, tag="comments",
        reply=CommentReply, signed_in=True, permission="create_comments", scope="write",
        limit="write", refusals=(NotFound, Gone, Conflict, Forbidden),
        summary="Let a comment stand on top of its page; its authors and moderators may.",
    ),
    Route(
        method="DELETE", path="/comments/{comment}/pin", handler=unpin, tag="comments",
        reply=CommentReply, signed_in=True, permission="create_comments", scope="write",
        limit="write", refusals=(NotFound, Gone, Forbidden),
        summary="Let a comment stand on top no longer.",
    ),
    Route(
        method="POST", path="/comments/{comment}/pin", handler=pin_by_form, tag="comments",
        body=Wish, reply=CommentReply, signed_in=True, permission="create_comments",
        scope="write", limit="write", form=True, notice="The comment is pinned.",
        refusals=(NotFound, Gone, Conflict, Forbidden), summary="PUT and DELETE for plain forms.",
        example={"undo": False},
    ),
)  # fmt: skip
