"""Routes between people, and between people and pages: likes, follows, blocks."""

from datetime import datetime
from typing import Literal

from interact_api.errors import Forbidden, NotFound
from interact_api.social import blocks, follows, likes, pages, people
from interact_api.social.people import Connection, Person
from interact_api.web import cursors
from interact_api.web.call import Answer, Call
from interact_api.web.cursors import Listing
from interact_api.web.routing import Route
from interact_api.web.times import when
from interact_api.wire import Reply, Sent

LATEST = 2**62  # later than everything, and beyond every id
BEYOND = "\U0010ffff"  # after every page's id


class Wish(Sent):
    """What a plain form asks for: forms can only POST, so taking back is a field."""

    undo: bool = False


class Top(Sent):
    """How many at most."""

    limit: cursors.Limit = 20


class LikeReply(Reply):
    """How many like it now, and whether you do."""

    likes: int
    liked: bool


class FollowReply(Reply):
    """How many follow this person now, and whether you do."""

    followers: int
    following: bool


class Bond(Reply):
    """What there is between you and somebody."""

    following: bool
    follows_you: bool
    blocked: bool


class Since(Reply):
    """Somebody, and since when."""

    name: str
    display: str
    since: datetime


class People(Reply):
    """People, the newest first."""

    items: list[Since]
    next: str | None


class Named(Reply):
    """Somebody."""

    name: str
    display: str


class Names(Reply):
    """People."""

    items: list[Named]
    next: str | None


class PostReply(Reply):
    """Something that somebody wrote for the site."""

    page: str
    url: str
    title: str
    kind: Literal["post", "note"]
    published: datetime


class Posts(Reply):
    """Posts and notes, the newest first."""

    items: list[PostReply]
    next: str | None


class LikedReply(Reply):
    """A page that somebody likes, and since when."""

    page: str
    url: str
    title: str
    since: datetime


class LikedPages(Reply):
    """Pages, the one liked last first."""

    items: list[LikedReply]
    next: str | None


class Suggested(Reply):
    """Somebody, followed by *mutual* of the people whom you follow."""

    name: str
    display: str
    mutual: int


class Suggestions(Reply):
    """People whom you may want to follow, the best guess first."""

    items: list[Suggested]
    next: None = None


async def like(call: Call) -> LikeReply:
    """Like a page."""
    page = call.path["page"]
    count, _ = await call.write(lambda tx: likes.like(tx, call.actor, page), is_small=True)
    return LikeReply(likes=count, liked=True)


async def unlike(call: Call) -> LikeReply:
    """Take a like back."""
    page = call.path["page"]
    count, _ = await call.write(lambda tx: likes.unlike(tx, call.actor, page), is_small=True)
    return LikeReply(likes=count, liked=False)


async def like_by_form(call: Call) -> Answer:
    """Like a page, or no longer."""
    if call.body.undo:
        return Answer(await unlike(call), notice="You no longer like this page.")
    return Answer(await like(call))


async def list_likes(call: Call) -> People:
    """Answer with who likes a page."""
    found = likes.who(
        call.reader, call.path["page"], call.actor, _before(call), call.query.limit + 1
    )
    return _people(call, found)


async def list_posts(call: Call) -> Posts:
    """Answer with what somebody wrote for the site."""
    name = people.named(call.reader, call.path["name"], call.actor).name
    at, page = cursors.decode(call, call.query.cursor) or (LATEST, BEYOND)
    found = pages.by_author(call.reader, name, (at, page), call.query.limit + 1)
    shown, rest = cursors.part(call, found, lambda one: (one.published, one.id))
    return Posts(items=[_post(one) for one in shown], next=rest)


async def list_liked(call: Call) -> LikedPages:
    """Answer with what somebody likes."""
    at, page = cursors.decode(call, call.query.cursor) or (LATEST, BEYOND)
    limit = call.query.limit + 1
    found = likes.by(call.reader, call.path["name"], call.actor, (at, page), limit)
    shown, rest = cursors.part(call, found, lambda one: (one.at, one.page))
    items = [
        LikedReply(page=one.page, url=one.url, title=one.title, since=when(one.at)) for one in shown
    ]
    return LikedPages(items=items, next=rest)


async def follow(call: Call) -> FollowReply:
    """Follow somebody."""
    name = call.path["name"]
    count, _ = await call.write(lambda tx: follows.follow(tx, call.actor, name), is_small=True)
    return FollowReply(followers=count, following=True)


async def unfollow(call: Call) -> FollowReply:
    """Follow somebody no longer."""
    name = call.path["name"]
    count, _ = await call.write(lambda tx: follows.unfollow(tx, call.actor, name), is_small=True)
    return FollowReply(followers=count, following=False)


async def follow_by_form(call: Call) -> Answer:
    """Follow somebody, or no longer."""
    if call.body.undo:
        return Answer(await unfollow(call), notice="You no longer follow this person.")
    return Answer(await follow(call))


async def show_bond(call: Call) -> Bond:
    """Answer with what there is between whoever asks and somebody."""
    found = follows.bond(call.reader, call.actor, call.path["name"])
    return Bond(**found._asdict())


async def list_followers(call: Call) -> People:
    """Answer with who follows somebody."""
    found = follows.followers(
        call.reader, call.path["name"], call.actor, _before(call), call.query.limit + 1
    )
    return _people(call, found)


async def list_following(call: Call) -> People:
    """Answer with whom somebody follows."""
    found = follows.following(
        call.reader, call.path["name"], call.actor, _before(call), call.query.limit + 1
    )
    return _people(call, found)


async def list_mutual(call: Call) -> Names:
    """Answer with whom one follows of those who follow somebody."""
    (after,) = cursors.decode(call, call.query.cursor) or (0,)
    limit = call.query.limit + 1
    found = follows.mutual(call.reader, call.actor, call.path["name"], after, limit)
    return _names(call, found)


async def list_suggestions(call: Call) -> Suggestions:
    """Answer with whom one may want to follow."""
    found = follows.suggestions(call.reader, call.actor, call.query.limit)
    return Suggestions(
        items=[Suggested(name=one.name, display=one.display, mutual=one.mutual) for one in found]
    )


async def block(call: Call) -> None:
    """Keep somebody away."""
    await call.write(lambda tx: blocks.block(tx, call.actor, call.path["name"]))


async def unblock(call: Call) -> None:
    """Keep somebody away no longer."""
    await call.write(lambda tx: blocks.unblock(tx, call.actor, call.path["name"]))


async def block_by_form(call: Call) -> Answer:
    """Keep somebody away, or no longer."""
    if call.body.undo:
        await unblock(call)
        return Answer(notice="You no longer block this person.")
    await block(call)
    return Answer()


async def list_blocks(call: Call) -> Names:
    """Answer with whom one keeps away."""
    (after,) = cursors.decode(call, call.query.cursor) or (0,)
    return _names(call, blocks.of(call.reader, call.actor, after, call.query.limit + 1))


def _post(one: pages.Written) -> PostReply:
    return PostReply(
        page=one.id,
        url=one.url,
        title=one.title,
        kind=one.kind,  # type: ignore[arg-type] # the statement says so
        published=when(one.published),
    )


def _before(call: Call) -> tuple[int, int]:
    at, identity = cursors.decode(call, call.query.cursor) or (LATEST, LATEST)
    return at, identity


def _people(call: Call, found: list[Connection]) -> People:
    shown, rest = cursors.part(call, found, lambda one: (one.at, one.id))
    return People(items=[since(one) for one in shown], next=rest)


def since(one: Connection) -> Since:
    """Return somebody as lists show them."""
    return Since(name=one.name, display=one.display, since=when(one.at))


def _names(call: Call, found: list[Person]) -> Names:
    shown, rest = cursors.part(call, found, lambda one: (one.id,))
    return Names(items=[Named(name=one.name, display=one.display) for one in shown], next=rest)


ROUTES = (
    Route(
        method="PUT", path="/pages/{page}/like", handler=like, tag="social", reply=LikeReply,
        asks_again=True,
        signed_in=True, permission="create_comments", scope="write", limit="write",
        refusals=(NotFound,), summary="Like a page; a second time changes nothing.",
    ),
    Route(
        method="DELETE", path="/pages/{page}/like", handler=unlike, tag="social", reply=LikeReply,
        asks_again=True,
        signed_in=True, permission="create_comments", scope="write", limit="write",
        refusals=(NotFound,), summary="Take your like of a page back.",
    ),
    Route(
        method="POST", path="/pages/{page}/like", handler=like_by_form, tag="social", body=Wish,
        reply=LikeReply, signed_in=True, permission="create_comments", scope="write",
        limit="write", form=True, notice="You like this page.", refusals=(NotFound,),
        summary="PUT and DELETE for plain forms.", example={"undo": False},
    ),
    Route(
        method="GET", path="/pages/{page}/likes", handler=list_likes, tag="social", query=Listing,
        shared=True, reply=People, refusals=(NotFound,),
        summary="Who likes a page, the newest first; those who hide it are left out.",
    ),
    Route(
        method="GET", path="/users/{name}/likes", handler=list_liked, tag="social", query=Listing,
        shared=True, reply=LikedPages, refusals=(NotFound, Forbidden),
        summary="Which pages somebody likes, unless they keep that to themselves.",
    ),
    Route(
        method="GET", path="/users/{name}/posts", handler=list_posts, tag="social", shared=True,
        query=Listing, reply=Posts, refusals=(NotFound,),
        summary="What a member wrote for the site, the newest first.",
    ),
    Route(
        method="GET", path="/users/{name}/follow", handler=show_bond, tag="social", reply=Bond,
        signed_in=True, refusals=(NotFound,),
        summary="Whether you follow or block somebody, and whether they follow you.",
    ),
    Route(
        method="PUT", path="/users/{name}/follow", handler=follow, tag="social",
        asks_again=True,
        reply=FollowReply, signed_in=True, permission="create_comments", scope="write",
        limit="write", refusals=(NotFound,), summary="Follow somebody.",
    ),
    Route(
        method="DELETE", path="/users/{name}/follow", handler=unfollow, tag="social",
        asks_again=True,
        reply=FollowReply, signed_in=True, permission="create_comments", scope="write",
        limit="write", refusals=(NotFound,), summary="Follow somebody no longer.",
    ),
    Route(
        method="POST", path="/users/{name}/follow", handler=follow_by_form, tag="social",
        body=Wish, reply=FollowReply, signed_in=True, permission="create_comments",
        scope="write", limit="write", form=True, notice="You follow this person.",
        refusals=(NotFound,), summary="PUT and DELETE for plain forms.", example={"undo": False},
    ),
    Route(
        method="GET", path="/users/{name}/followers", handler=list_followers, tag="social",
        shared=True, query=Listing, reply=People, refusals=(NotFound,),
        summary="Who follows somebody, the newest first.",
    ),
    Route(
        method="GET", path="/users/{name}/following", handler=list_following, tag="social",
        shared=True, query=Listing, reply=People, refusals=(NotFound,),
        summary="Whom somebody follows, the newest first.",
    ),
    Route(
        method="GET", path="/users/{name}/mutual", handler=list_mutual, tag="social",
        query=Listing, reply=Names, signed_in=True, refusals=(NotFound,),
        summary="Whom you follow of those who follow somebody.",
    ),
    Route(
        method="GET", path="/users/suggestions", handler=list_suggestions, tag="social",
        query=Top, reply=Suggestions, signed_in=True,
        summary="Whom you may want to follow: followed by most of those whom you follow.",
    ),
    Route(
        method="PUT", path="/users/{name}/block", handler=block, tag="social", status=204,
        signed_in=True, permission="create_comments", scope="write", limit="write",
        refusals=(NotFound,),
        summary="Keep somebody away: follows end, and neither can answer or follow the other.",
    ),
    Route(
        method="DELETE", path="/users/{name}/block", handler=unblock, tag="social", status=204,
        signed_in=True, permission="create_comments", scope="write", limit="write",
        summary="Keep somebody away no longer.",
    ),
    Route(
        method="POST", path="/users/{name}/block", handler=block_by_form, tag="social", body=Wish,
        status=204, signed_in=True, permission="create_comments", scope="write", limit="write",
        form=True, notice="You block this person.", refusals=(NotFound,),
        summary="PUT and DELETE for plain forms.", example={"undo": False},
    ),
    Route(
        method="GET", path="/me/blocks", handler=list_blocks, tag="social", query=Listing,
        reply=Names, signed_in=True, summary="Whom you block.",
    ),
)  # fmt: skip
