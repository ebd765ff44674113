"""
Lists: which documents stand on which page of which list, and which lists have feeds.

All of it follows from the catalogue: posts by date, by category, tag, author and series, by year and
month; notes; people and whom they follow; rankings, which come from facts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from streamly_ssg.engine.key import make
from streamly_ssg.engine.rule import Fetch

from .catalogue import FOLDERS, Catalogue, grouped
from .routes import (
    ArchiveRoute,
    FeedRoute,
    FollowsRoute,
    HomeRoute,
    ListRoute,
    PeriodCount,
    PersonRef,
    RankingRoute,
    Ref,
    Route,
    Step,
    TermRef,
    TermsRoute,
)
from .sources import Head
from .urls import page_url, zone

Grouping = Mapping[str, Sequence[Head]]
Found = Iterator[tuple[str, Route]]

FEEDS = {"rss": "feed.xml", "atom": "atom.xml", "json": "feed.json"}
RANKINGS = {
    "/trending/": "trending/week",
    "/trending/day/": "trending/day",
    "/trending/week/": "trending/week",
    "/trending/month/": "trending/month",
    "/popular/": "popular",
}


@dataclass(frozen=True, slots=True)
class Groups:
    """The posts by what they say they belong to."""

    categories: Grouping
    tags: Grouping
    series: Grouping
    authors: Grouping


def groups(known: Catalogue) -> Groups:
    """Return the posts in groups; a series is read from its beginning."""
    series = grouped(known.posts, lambda head: (head.series,) if head.series else ())
    return Groups(
        categories=grouped(known.posts, lambda head: head.categories),
        tags=grouped(known.posts, lambda head: head.tags),
        series={name: sorted(heads, key=_from_beginning) for name, heads in series.items()},
        authors=grouped(known.posts, lambda head: head.authors),
    )


def routes(known: Catalogue, groups: Groups, fetch: Fetch) -> Found:
    """Yield the address and the route of every list and feed."""
    lists = fetch(make("config", "lists"))
    limits = _Limits(lists.per_page, fetch(make("config", "feeds")).limit)
    yield from _front(known, lists)
    yield from _paged("posts", "", "/posts/", known.posts, known, limits)
    yield from _feeds("site", "", "/", "/", known.posts, known, limits)
    yield from _paged("notes", "", "/notes/", known.notes, known, limits)
    yield from _terms("category", known, groups.categories, limits)
    yield from _terms("tag", known, groups.tags, limits)
    yield from _terms("series", known, groups.series, limits)
    yield from _people(known, groups.authors, limits)
    yield from _archive(known, fetch(make("config", "site")).timezone, limits)
    for url, fact in RANKINGS.items():
        yield url, RankingRoute(url, fact)


@dataclass(frozen=True, slots=True)
class _Limits:
    page: int
    feed: int


def _front(known: Catalogue, lists: Any) -> Found:
    featured = [head for head in known.posts if _is_featured(head, known)][: lists.featured]
    latest = known.posts[: lists.per_page]
    yield (
        "/",
        HomeRoute("/", _refs(latest, known), _refs(featured, known), len(known.posts)),
    )


def _is_featured(head: Head, known: Catalogue) -> bool:
    return head.featured or (head.id in known.settings and known.settings[head.id].featured)


def _terms(kind: str, known: Catalogue, grouping: Grouping, limits: _Limits) -> Found:
    terms = {name: known.term(kind, name, len(heads)) for name, heads in grouping.items()}
    described = {term.path for term in terms.values()}
    empty = sorted(set(known.categories.items()) if kind == "category" else ())
    terms |= {slug: known.term(kind, slug) for slug, path in empty if path not in described}
    index_url = f"/{FOLDERS[kind]}/"
    yield index_url, TermsRoute(kind, index_url, tuple(terms.values()))
    for name, term in terms.items():
        heads = grouping.get(name, ())
        yield from _paged(kind, name, term.url, heads, known, limits, term.path)
        yield from _feeds(kind, name, term.url, term.url, heads, known, limits, term.path)


def _people(known: Catalogue, grouping: Grouping, limits: _Limits) -> Found:
    posts = {known.person(name).url: (name, heads) for name, heads in grouping.items()}
    people: dict[str, PersonRef] = {}
    for name in known.people():
        person = known.person(name)
        people.setdefault(person.url, person)
    ordered = [people[url] for url in sorted(people)]
    terms = tuple(
        TermRef(person.name, url, person.path, len(posts.get(url, ("", ()))[1]))
        for url, person in ((person.url, person) for person in ordered)
    )
    yield "/users/", TermsRoute("user", "/users/", terms)
    for person in ordered:
        heads = posts.get(person.url, ("", ()))[1]
        yield from _paged("user", person.name, person.url, heads, known, limits, person.path)
        yield from _feeds("user", person.name, person.url, person.url, heads, known, limits, person.path)
        for kind in ("followers/", "following/", "card.html"):
            url = person.url + kind
            shown = kind.strip("/")
            yield url, FollowsRoute(shown, url, person.name, person.path, len(heads))


def _archive(known: Catalogue, timezone: str, limits: _Limits) -> Found:
    periods: dict[tuple[int, int], list[Head]] = {}
    for head in known.posts:
        if head.date is not None:
            local = head.date.astimezone(zone(timezone))
            periods.setdefault((local.year, local.month), []).append(head)
    counts = tuple(PeriodCount(year, month, len(heads)) for (year, month), heads in periods.items())
    yield "/archive/", ArchiveRoute("/archive/", counts)
    years: dict[int, list[Head]] = {}
    for (year, month), heads in periods.items():
        years.setdefault(year, []).extend(heads)
        url = f"/archive/{year:04}/{month:02}/"
        yield from _paged("month", f"{year:04}-{month:02}", url, heads, known, limits)
    for year, heads in years.items():
        yield from _paged("year", f"{year:04}", f"/archive/{year:04}/", heads, known, limits)


def _paged(  # noqa: PLR0913 - a list is all of these
    kind: str,
    name: str,
    url: str,
    heads: Sequence[Head],
    known: Catalogue,
    limits: _Limits,
    path: str = "",
) -> Found:
    total = max(1, -(-len(heads) // limits.page))
    for number in range(1, total + 1):
        shown = heads[(number - 1) * limits.page : number * limits.page]
        step = Step(number, total, len(heads))
        here = page_url(url, number)
        has_feeds = kind in {"category", "tag", "series", "user"}
        yield here, ListRoute(kind, name, url, _refs(shown, known), step, path, has_feeds)


def _feeds(  # noqa: PLR0913 - a feed is all of these
    kind: str,
    name: str,
    url: str,
    page: str,
    heads: Sequence[Head],
    known: Catalogue,
    limits: _Limits,
    path: str = "",
) -> Found:
    newest = heads if kind != "series" else sorted(heads, key=_newest)
    refs = _refs(newest[: limits.feed], known)
    for form, file in FEEDS.items():
        yield url + file, FeedRoute(form, kind, name, url + file, page, refs, path)


def _refs(heads: Sequence[Head], known: Catalogue) -> tuple[Ref, ...]:
    return tuple(map(known.ref, heads))


def _from_beginning(head: Head) -> tuple[int, float, str]:
    return head.weight, head.date.timestamp() if head.date else 0.0, head.path


def _newest(head: Head) -> tuple[float, str]:
    return -head.date.timestamp() if head.date else 0.0, head.path
