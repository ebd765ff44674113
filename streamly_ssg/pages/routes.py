"""
Routes: which pages exist, and what each of them is about.

A route holds references and numbers, never titles or texts: those are fetched by the page that
shows them. ``route:FILE`` is a part of the index.
"""

from datetime import datetime

from streamly_ssg.errors import Problem
from streamly_ssg.values import Tagged, Value

GONE = "/410.html"  # what leads here has been taken away


class Ref(Value):
    """A document and where it is."""

    path: str
    url: str


class TermRef(Value):
    """A category, tag or series: its name, its list's address, its document if it has one."""

    name: str
    url: str
    path: str = ""
    count: int = 0


class PersonRef(Value):
    """An author or a member: the name, the profile's address, the document if there is one."""

    name: str
    url: str
    path: str = ""
    count: int = 0


class Translation(Value):
    """The same page in another language; a list has no document."""

    lang: str
    ref: Ref


class SeriesPlace(Value):
    """A post's place in its series, and the parts around it, of which one is the *first*."""

    term: TermRef
    number: int
    first: int
    refs: tuple[Ref, ...]


class DocumentRoute(Tagged):
    """The page of a post, a note or a page."""

    path: str
    url: str
    id: str
    newer: Ref | None
    older: Ref | None
    related: tuple[Ref, ...]
    series: SeriesPlace | None
    translations: tuple[Translation, ...]
    closed: bool


class Step(Value):
    """One page of a list, among the others."""

    number: int
    total: int
    items: int


class ListRoute(Tagged):
    """One page of a list of documents: all posts, a tag's, a month's, an author's."""

    kind: str
    name: str
    url: str
    refs: tuple[Ref, ...]
    step: Step
    path: str = ""
    has_feeds: bool = False
    translations: tuple[Translation, ...] = ()


class ProfileRoute(Tagged):
    """A profile with one page of the person's posts."""

    name: str
    url: str
    refs: tuple[Ref, ...]
    step: Step
    path: str = ""


class HomeRoute(Tagged):
    """The front page."""

    url: str
    latest: tuple[Ref, ...]
    featured: tuple[Ref, ...]
    total: int
    translations: tuple[Translation, ...] = ()


class TermsRoute(Tagged):
    """A list of categories, tags, series or people."""

    kind: str
    url: str
    terms: tuple[TermRef, ...]
    translations: tuple[Translation, ...] = ()


class PeriodCount(Value):
    """How many posts a month has."""

    year: int
    month: int
    count: int


class ArchiveRoute(Tagged):
    """The years and months in which something was posted."""

    url: str
    periods: tuple[PeriodCount, ...]
    translations: tuple[Translation, ...] = ()


class RankingRoute(Tagged):
    """A ranking from facts: trending in a window, or popular."""

    url: str
    fact: str
    translations: tuple[Translation, ...] = ()


class FollowsRoute(Tagged):
    """Who follows somebody, or whom they follow; or their card."""

    kind: str
    url: str
    name: str
    path: str
    count: int


class FeedRoute(Tagged):
    """A feed of a list, in one format."""

    format: str
    kind: str
    name: str
    url: str
    page: str
    refs: tuple[Ref, ...]
    path: str = ""


class SitemapEntry(Value):
    """One address of the sitemap, with those of the same page in other languages."""

    url: str
    updated: datetime | None
    translations: tuple[Translation, ...] = ()


class SitemapRoute(Tagged):
    """A sitemap, or the list of sitemaps if there are several."""

    entries: tuple[SitemapEntry, ...]
    maps: tuple[str, ...] = ()


class RedirectRoute(Tagged):
    """A page that leads elsewhere."""

    url: str
    target: str


class WellKnownRoute(Tagged):
    """A file with a name of its own: robots.txt, 404.html, _headers."""

    name: str
    url: str
    redirects: tuple[tuple[str, str], ...] = ()


class ShellRoute(Tagged):
    """A page that the service fills: /login/, /feed/."""

    name: str
    url: str


class SearchRoute(Tagged):
    """The page on which readers search, and what its script must know of the index."""

    url: str
    documents: int
    shards: int
    languages: tuple[str, ...]


class ShardRoute(Tagged):
    """One shard of the search index: of so many volumes, without words that more documents have."""

    number: int
    volumes: int
    most: int


class LotRoute(Tagged):
    """What search results say of the documents of one lot."""

    name: str


class CopyRoute(Tagged):
    """A file that is copied as it is; *source* is an input's key."""

    source: str


class ImageRoute(Tagged):
    """An image of the input *source*: the variant *part* of it, or by default itself."""

    source: str
    part: str = ""


class CardRoute(Tagged):
    """The picture of a link to the document *path*, which has none of its own."""

    path: str


Route = (
    DocumentRoute
    | ListRoute
    | ProfileRoute
    | HomeRoute
    | TermsRoute
    | ArchiveRoute
    | RankingRoute
    | FollowsRoute
    | FeedRoute
    | SitemapRoute
    | RedirectRoute
    | WellKnownRoute
    | ShellRoute
    | SearchRoute
    | ShardRoute
    | LotRoute
    | CopyRoute
    | ImageRoute
    | CardRoute
)


class Place(Value):
    """Where a document is, for those who link to it; only pages of their own have an id."""

    path: str
    url: str
    id: str


class Fault(Value):
    """A problem as a value."""

    path: str
    line: int
    column: int
    code: str
    message: str
    hint: str


class Summary(Value):
    """What the index says of itself: its problems, and how long it stays true."""

    faults: tuple[Fault, ...]
    since: str
    until: str


def fault(problem: Problem) -> Fault:
    """Return *problem* as a value."""
    parts = (problem.path, problem.line, problem.column, problem.code, problem.message)
    return Fault(*parts, problem.hint)


def as_problem(fault: Fault) -> Problem:
    """Return the problem that *fault* holds."""
    parts = (fault.path, fault.line, fault.column, fault.code, fault.message)
    return Problem(*parts, fault.hint)


def file_of(url: str) -> str:
    """Return the output file in which the page at *url* lies."""
    path = url.lstrip("/")
    return f"{path}index.html" if url.endswith("/") else path
