"""Routes of pages and their numbers: one page, many at once, and what is trending."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from interact_api.errors import NotFound, invalid
from interact_api.numbers import rankings, stats
from interact_api.social import shadows
from interact_api.web.call import Call
from interact_api.web.routing import Route
from interact_api.wire import Meta, Reply, Sent

MOST = 100  # pages of one request
PageId = Annotated[str, Meta(min_length=1, max_length=200)]


class PageReply(Reply):
    """What a page has come to; `open` tells whether anybody may comment now."""

    id: str
    likes: int
    comments: int
    views: int
    open: bool
    policy: Literal["open", "closed", "off"]
    featured: bool
    closed: bool
    hidden: bool
    liked: bool | None  # by whoever asks; null if nobody is signed in


class Numbers(Reply):
    """The numbers of one page."""

    id: str
    likes: int
    comments: int
    views: int


class Stats(Reply):
    """The numbers of pages, in the order asked for; those that aren't there are left out."""

    items: list[Numbers]


class StatsQuery(Sent):
    """Which pages."""

    ids: Annotated[str, Meta(min_length=1, max_length=8_000, description="separated by commas")]


class Trending(Sent):
    """Which ranking; `rising` is what gained most in a day."""

    window: Literal["day", "week", "month", "rising", "popular"] = "week"


class Ranked(Reply):
    """A page in a ranking, with its numbers of all time."""

    page: str
    url: str
    title: str
    score: float
    likes: int
    comments: int
    views: int


class Ranking(Reply):
    """Pages, best first; `as_of` is when this order came about, null if nothing was counted yet."""

    as_of: datetime | None
    items: list[Ranked]


async def show(call: Call) -> PageReply:
    """Answer with one page."""
    found = stats.of_page(call.reader, call.path["page"], call.actor)
    somebody = call.actor.is_somebody
    liked = stats.is_liked(call.reader, found.id, call.actor) if somebody else None
    own = sum(shadows.own_comments(call.reader, call.actor, found.id).values())
    seen = found._replace(
        likes=found.likes + shadows.own_like(call.actor, liked=liked), comments=found.comments + own
    )
    return PageReply(**seen._asdict(), open=found.is_open, liked=liked)


async def show_many(call: Call) -> Stats:
    """Answer with the numbers of many pages."""
    wanted = call.query.ids.split(",")
    if len(wanted) > MOST:
        raise invalid("ids", f"at most {MOST} at once")
    found = stats.of_pages(call.reader, wanted)
    return Stats(items=[_numbers(one) for one in found])


async def show_trending(call: Call) -> Ranking:
    """Answer with a ranking."""
    window = call.query.window
    name = window if window in rankings.NAMES else f"trending/{window}"
    at, places = rankings.places(call.reader, name)
    as_of = datetime.fromtimestamp(at // 1000, UTC) if at else None
    return Ranking(as_of=as_of, items=[Ranked(**one._asdict()) for one in places])


def _numbers(one: stats.PageNumbers) -> Numbers:
    return Numbers(id=one.id, likes=one.likes, comments=one.comments, views=one.views)


ROUTES = (
    Route(
        method="GET",
        path="/pages/stats",
        handler=show_many,
        summary="The numbers of up to a hundred pages.",
        tag="pages",
        query=StatsQuery,
        reply=Stats,
        public=True,
    ),
    Route(
        method="GET",
        path="/pages/{page}",
        handler=show,
        summary="The numbers and settings of a page, and whether you like it.",
        tag="pages",
        reply=PageReply,
        shared=True,
        refusals=(NotFound,),
    ),
    Route(
        method="GET",
        path="/trending",
        handler=show_trending,
        summary="What people turned to in a day, a week or a month; what is rising or popular.",
        tag="pages",
        query=Trending,
        reply=Ranking,
        public=True,
    ),
)
