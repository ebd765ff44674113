"""The pages of rankings: trending by window, and popular. Their order comes from facts."""

from streamly_ssg.engine.key import make
from streamly_ssg.engine.rule import Fetch, Work
from streamly_ssg.inputs.facts import Ranking

from . import frame, views
from .frame import Origin
from .routes import RankingRoute

TITLES = {
    "trending/day": "Trending today",
    "trending/week": "Trending this week",
    "trending/month": "Trending this month",
    "popular": "Popular",
}
WINDOWS = (
    ("Today", "/trending/day/"),
    ("This week", "/trending/week/"),
    ("This month", "/trending/month/"),
    ("All time", "/popular/"),
)


def ranking_page(route: RankingRoute, fetch: Fetch) -> Work:
    """Return the work of rendering a ranking."""
    used, data_names = frame.templates("ranking.html", fetch)
    origin: Origin = fetch(make("origin"))
    ranking: Ranking = fetch(make("fact", route.fact)) or Ranking()
    canonical = "/trending/week/" if route.url == "/trending/" else route.url
    view = views.RankingView(
        site=frame.shown(make("site"), fetch),
        page=views.Page(
            kind="list",
            title=TITLES[route.fact],
            description="",
            url=origin.link(route.url),
            canonical=origin.whole(canonical),
            language=origin.language,
        ),
        data=frame.data(data_names, fetch),
        window=route.fact.rpartition("/")[2],
        as_of=origin.local(ranking.as_of),
        ranked=ranked(route.fact, fetch),
        windows=tuple(views.Link(title, origin.link(url)) for title, url in WINDOWS),
    )
    return frame.page("ranking.html", view, used)


def ranked(fact: str, fetch: Fetch) -> tuple[views.Ranked, ...]:
    """Return the documents of a ranking; what isn't published any more is left out."""
    ranking: Ranking = fetch(make("fact", fact)) or Ranking()
    found = []
    for rank in ranking.items:
        place = fetch(make("page", rank.page))
        if place is not None:
            card = frame.shown(make("teaser", place.path), fetch)
            found.append(views.Ranked(card, rank.likes, rank.comments, rank.views))
    return tuple(found)
