"""
Lists: which documents stand on which page of which list, and which lists have feeds.

All of it follows from the catalogue: posts by date, by category, tag, author and series, by year
and month; notes; people and whom they follow; rankings, which come from facts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from streamly_ssg.engine.key import make
from streamly_ssg.engine.rule import Fetch

from .catalogue import FOLDERS, Catalogue, grouped, newest_first
from .routes import (
    ArchiveRoute,
    FeedRoute,
    FollowsRoute,
    HomeRoute,
    ListRoute,
    PeriodCount,
    ProfileRoute,
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

WITH_FEEDS = {"category", "tag", "series"}
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


def groups(known: Catalogue) -> Groups:
    """Return the posts in groups; a series is read from its beginning."""
    series = grouped(known.posts, lambda head: (head.series,) if head.series else ())
    return Groups(
        categories=grouped(known.posts, lambda head: head.categories),
        tags=grouped(known.posts, lambda head: head.tags),
        series={name: sorted(heads, key=_from_beginning) for name, heads in series.items()},
    )


def routes(known: Catalogue, groups: Groups, fetch: Fetch) -> Found:
    """Yield the address and the route of every list and feed of one language."""
    lists = fetch(make("config", "lists"))
    prefix = known.prefix
    lister = _Lister(known, lists.per_page, fetch(make("config", "feeds")).limit)
    yield from _front(known, lists)
    yield from lister.pages(_Subject("posts", "", f"{prefix}/posts/"), known.posts)
    yield from lister.feeds(_Subject("site", "", f"{prefix}/"), known.posts)
    yield from lister.pages(_Subject("notes", "", f"{prefix}/notes/"), known.notes)
    yield from _terms("category", groups.categories, lister)
    yield from _terms("tag", groups.tags, lister)
    yield from _terms("series", groups.series, lister)
    yield from _archive(fetch(make("config", "site")).timezone, lister)
    for url, fact in RANKINGS.items():
        yield prefix + url, RankingRoute(prefix + url, fact)


def people(known: Catalogue, fetch: Fetch) -> Found:
    """Yield the address and the route of whatever is about people, whose pages are in one place."""
    lists, feeds = fetch(make("config", "lists")), fetch(make("config", "feeds"))
    grouping = grouped(known.posts, lambda head: head.authors)
    yield from _people(grouping, _Lister(known, lists.per_page, feeds.limit))


class _Subject(NamedTuple):
    """What a list is about: its kind, its name, its address, the document that describes it."""

    kind: str
    name: str
    url: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class _Lister:
    """Cuts documents into the pages and feeds of a list."""

    known: Catalogue
    per_page: int
    feed_limit: int

    def pages(self, subject: _Subject, heads: Sequence[Head]) -> Found:
        """Yield the pages of a list; one without documents has one page."""
        total = max(1, -(-len(heads) // self.per_page))
        for number in range(1, total + 1):
            shown = heads[(number - 1) * self.per_page : number * self.per_page]
            refs, step = _refs(shown, self.known), Step(number, total, len(heads))
            yield page_url(subject.url, number), self._route(subject, refs, step)

    def _route(self, subject: _Subject, refs: tuple[Ref, ...], step: Step) -> Route:
        kind, name, url, path = subject
        if kind == "user":
            return ProfileRoute(name, url, refs, step, path)
        return ListRoute(kind, name, url, refs, step, path, kind in WITH_FEEDS)

    def feeds(self, subject: _Subject, heads: Sequence[Head]) -> Found:
        """Yield the feeds of a list, each with the newest documents."""
        newest = sorted(heads, key=newest_first) if subject.kind == "series" else heads
        refs = _refs(newest[: self.feed_limit], self.known)
        kind, name, page, path = subject
        for form, file in FEEDS.items():
            yield page + file, FeedRoute(form, kind, name, page + file, page, refs, path)


def _front(known: Catalogue, lists: Any) -> Found:
    featured = [head for head in known.posts if _is_featured(head, known)][: lists.featured]
    latest = known.posts[: lists.per_page]
    url = f"{known.prefix}/"
    yield url, HomeRoute(url, _refs(latest, known), _refs(featured, known), len(known.posts))


def _is_featured(head: Head, known: Catalogue) -> bool:
    return head.featured or (head.id in known.settings and known.settings[head.id].featured)


def _terms(kind: str, grouping: Grouping, lister: _Lister) -> Found:
    known = lister.known
    terms = {name: known.term(kind, name, len(heads)) for name, heads in grouping.items()}
    described = {term.path for term in terms.values()}
    empty = known.described() if kind == "category" else ()
    terms |= {slug: known.term(kind, slug) for slug, path in empty if path not in described}
    index_url = f"{known.prefix}/{FOLDERS[kind]}/"
    yield index_url, TermsRoute(kind, index_url, tuple(terms.values()))
    for name, term in terms.items():
        subject = _Subject(kind, name, term.url, term.path)
        yield from lister.pages(subject, grouping.get(name, ()))
        yield from lister.feeds(subject, grouping.get(name, ()))


def _people(grouping: Grouping, lister: _Lister) -> Found:
    known = lister.known
    posts = {known.person(name).url: heads for name, heads in grouping.items()}
    people = {person.url: person for person in map(known.person, reversed(known.people()))}
    terms = tuple(
        TermRef(person.name, url, person.path, len(posts.get(url, ())))
        for url, person in sorted(people.items())
    )
    yield "/users/", TermsRoute("user", "/users/", terms)
    for term in terms:
        subject = _Subject("user", term.name, term.url, term.path)
        yield from lister.pages(subject, posts.get(term.url, ()))
        yield from lister.feeds(subject, posts.get(term.url, ()))
        for kind in ("followers/", "following/", "card.html"):
            url = term.url + kind
            yield url, FollowsRoute(kind.strip("/"), url, term.name, term.path, term.count)


def _archive(timezone: str, lister: _Lister) -> Found:
    months: dict[tuple[int, int], list[Head]] = {}
    years: dict[int, list[Head]] = {}
    for head in lister.known.posts:
        if head.date is not None:
            local = head.date.astimezone(zone(timezone))
            months.setdefault((local.year, local.month), []).append(head)
            years.setdefault(local.year, []).append(head)
    counts = tuple(PeriodCount(*month, len(heads)) for month, heads in months.items())
    url = f"{lister.known.prefix}/archive/"
    yield url, ArchiveRoute(url, counts)
    for year, heads in years.items():
        yield from lister.pages(_Subject("year", f"{year:04}", f"{url}{year:04}/"), heads)
    for (year, month), heads in months.items():
        name = f"{year:04}-{month:02}"
        yield from lister.pages(_Subject("month", name, f"{url}{year:04}/{month:02}/"), heads)


def _refs(heads: Sequence[Head], known: Catalogue) -> tuple[Ref, ...]:
    return tuple(map(known.ref, heads))


def _from_beginning(head: Head) -> tuple[int, float, str]:
    return head.weight, head.date.timestamp() if head.date else 0.0, head.path
