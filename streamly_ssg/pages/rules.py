"""
The rules: for every kind of key, how its values come about. Read this first.

    content:PATH ─ doc:PATH ┬ head:PATH ─ index: ┬ route:FILE ─ file:FILE, the output
                            │                    ├ place:PATH, page:ID, author:NAME, category:SLUG
                            │                    └ files:, summary:
                            ├ card:PATH ─ teaser:PATH, person:NAME, label:NAME ─ file:FILE
                            └ body:PATH ─ entry:PATH ─ file:FILE
    theme:PATH ─ source:NAME ─ template:NAME ─ file:FILE
"""

from typing import Any

from streamly_ssg.engine.key import Key, make
from streamly_ssg.engine.rule import Codec, Fetch, Rule, Rules, Work
from streamly_ssg.values import decoder, encode

from . import (
    document_pages,
    feeds,
    frame,
    index,
    list_pages,
    people_pages,
    ranking_pages,
    site_files,
    sources,
    themes,
    views,
)
from .documents import Document
from .parsing import ParseSettings
from .routes import (
    ArchiveRoute,
    CopyRoute,
    DocumentRoute,
    FeedRoute,
    FollowsRoute,
    HomeRoute,
    ListRoute,
    Place,
    RankingRoute,
    RedirectRoute,
    Route,
    SitemapRoute,
    TermsRoute,
    WellKnownRoute,
)

FILES = make("files")
SUMMARY = make("summary")


def file(name: str, fetch: Fetch) -> Work | bytes:
    """Make the output file *name* as its route says."""
    route: Route = fetch(make("route", name))
    made: Work | bytes = _MAKERS[type(route)](route, fetch)
    return made


def _list(route: ListRoute, fetch: Fetch) -> Work:
    page = people_pages.profile_page if route.kind == "user" else list_pages.list_page
    return page(route, fetch)


def _copy(route: CopyRoute, fetch: Fetch) -> bytes:
    data: bytes = fetch(Key(route.source))
    return data


_MAKERS: dict[type, Any] = {
    DocumentRoute: document_pages.document_page,
    ListRoute: _list,
    HomeRoute: list_pages.home_page,
    TermsRoute: list_pages.terms_page,
    ArchiveRoute: list_pages.archive_page,
    RankingRoute: ranking_pages.ranking_page,
    FollowsRoute: people_pages.follows_page,
    FeedRoute: feeds.feed,
    SitemapRoute: site_files.sitemap,
    RedirectRoute: site_files.redirect_page,
    WellKnownRoute: site_files.well_known,
    CopyRoute: _copy,
}


def _of(kind: Any) -> Codec:
    return Codec(encode, decoder(kind))


def _part(owner: Any, kind: Any, *, hot: bool = False) -> Rule:
    return Rule(owner=owner, codec=_of(kind), hot=hot)


RULES: Rules = {
    "parsing": Rule(sources.settings, _of(ParseSettings), hot=True),
    "doc": Rule(sources.document, _of(Any)),
    "head": _part(sources.owner, sources.Head | sources.Broken),
    "card": _part(sources.owner, sources.Card | None),
    "body": _part(sources.owner, Document | None),
    "theme-chain": Rule(themes.chain, _of(tuple[str, ...]), hot=True),
    "source": Rule(themes.source, _of(themes.Source | None), hot=True),
    "template": Rule(themes.template, _of(themes.TemplateSet), hot=True),
    "assets": Rule(themes.assets, _of(tuple[themes.Asset, ...]), hot=True),
    "index": Rule(index.index, _of(Any), wide=1),
    "route": _part(index.owner, Route),
    "place": _part(index.owner, Place),
    "page": _part(index.owner, Place),
    "author": _part(index.owner, str),
    "category": _part(index.owner, str),
    "resource": _part(index.owner, str),
    "files": _part(index.owner, tuple[str, ...]),
    "summary": _part(index.owner, index.Summary),
    "origin": Rule(frame.origin, _of(frame.Origin), hot=True),
    "site": Rule(frame.site, _of(views.Site), hot=True),
    "dataset": Rule(frame.dataset, _of(Any), hot=True),
    "teaser": Rule(frame.teaser, _of(views.Card), hot=True),
    "person": Rule(frame.person, _of(views.Person), hot=True),
    "label": Rule(frame.category, _of(views.Term), hot=True),
    "entry": Rule(feeds.entry, _of(feeds.Entry)),
    "file": Rule(file, file=True),
}
