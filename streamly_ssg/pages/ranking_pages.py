"""The pages of rankings: trending by window, and popular. Their order comes from facts."""

from collections.abc import Iterator

from streamly_ssg.engine.key import make
from streamly_ssg.engine.rule import Fetch, Work
from streamly_ssg.inputs.facts import Ranking

from . import frame, views
from .origin import Origin
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
    origin: Origin = fetch(make("origin"))
    tree = origin.at(route.url)
    used, data_names = frame.templates("ranking.html", tree, fetch)
    ranking: Ranking = fetch(make("fact", route.fact)) or Ranking()
    view = views.RankingView(
        site=frame.shown(make("site", tree), fetch),
        page=_page(route, tree, fetch),
        data=frame.data(data_names, fetch),
        window=route.fact.rpartition("/")[2],
        as_of=origin.local(ranking.as_of),
        ranked=ranked(route.fact, tree, fetch),
        windows=tuple(_windows(tree, fetch)),
    )
    return frame.page("ranking.html", view, used)


def _page(route: RankingRoute, tree: str, fetch: Fetch) -> views.Page:
    origin: Origin = fetch(make("origin"))
    home = origin.prefixes.get(tree, "")
    is_week = route.url == f"{home}/trending/"
    return views.Page(
        kind="list",
        title=frame.speech(tree, fetch).text(TITLES[route.fact]),
        description="",
        url=origin.link(route.url),
        canonical=origin.whole(f"{home}/trending/week/" if is_week else route.url),
        language=origin.spoken(tree),
        translations=() if is_week else frame.alternates(route.translations, origin),
        versions=frame.versions(route.translations, route.url, origin),
    )


def _windows(tree: str, fetch: Fetch) -> Iterator[views.Link]:
    origin: Origin = fetch(make("origin"))
    home = origin.prefixes.get(tree, "")
    speech = frame.speech(tree, fetch)
    for title, url in WINDOWS:
        yield views.Link(speech.text(title), origin.link(home + url))


def ranked(fact: str, tree: str, fetch: Fetch) -> tuple[views.Ranked, ...]:
    """Return the documents of a ranking in a language; what isn't published now is left out."""
    origin: Origin = fetch(make("origin"))
    ranking: Ranking = fetch(make("fact", fact)) or Ranking()
    found = []
    for rank in ranking.items:
        place = fetch(make("page", rank.page))
        if place is not None and origin.at(place.url) == tree:
            card = frame.shown(make("teaser", place.path), fetch)
            found.append(views.Ranked(card, rank.likes, rank.comments, rank.views))
    return tuple(found)
