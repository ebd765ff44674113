"""The pages of lists: posts, notes, terms, periods; the front page; the archive; all terms."""

from collections.abc import Iterable
from functools import partial
from itertools import groupby

from streamly_ssg.documents.document import Document
from streamly_ssg.engine.key import make
from streamly_ssg.engine.rule import Fetch, Work

from . import frame, views
from .filling import fill
from .listing import FEEDS
from .origin import Origin
from .ranking_pages import ranked
from .rendering import Text
from .routes import (
    ArchiveRoute,
    HomeRoute,
    ListRoute,
    PeriodCount,
    ProfileRoute,
    Step,
    TermsRoute,
)
from .urls import page_url

TITLES = {
    "posts": "Posts",
    "notes": "Notes",
    "category": "Categories",
    "tag": "Tags",
    "series": "Series",
    "user": "People",
}
NUMBERED = "%(title)s – page %(n)s"
FEED_TITLES = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}
ARCHIVE = "Archive"
AROUND = 2  # pages that a pager names on either side


def list_page(route: ListRoute, fetch: Fetch) -> Work:
    """Return the work of rendering one page of a list."""
    origin: Origin = fetch(make("origin"))
    tree = origin.at(route.url)
    title, summary, text = _heading(route, tree, fetch)
    used, data_names = frame.templates("list.html", tree, fetch)
    view = views.ListView(
        site=frame.shown(make("site", tree), fetch),
        page=page_of("list", route, title, summary, fetch),
        data=frame.data(data_names, fetch),
        kind=route.kind,
        title=title,
        content="",
        cards=frame.teasers(route.refs, fetch),
        pager=pager(route.url, route.step, fetch),
    )
    return frame.page("list.html", view, used, text)


def _heading(route: ListRoute, tree: str, fetch: Fetch) -> tuple[str, str, Text]:
    """Return a list's title, its description, and the text of its document."""
    if route.path:
        document: Document = fetch(make("body", route.path))
        is_first = route.step.number == 1
        text = fill(document.body, route.path, route.url, fetch, tree=tree) if is_first else ()
        meta = document.meta
        return meta.title, meta.summary or meta.description or document.excerpt_text, text
    if route.kind == "month":
        year, _, month = route.name.partition("-")
        return frame.speech(tree, fetch).month_of(int(year), int(month)), "", ()
    return route.name or frame.speech(tree, fetch).text(TITLES[route.kind]), "", ()


def page_of(
    kind: str, route: ListRoute | ProfileRoute, title: str, summary: str, fetch: Fetch
) -> views.Page:
    """Return what the head of a list's page says."""
    origin: Origin = fetch(make("origin"))
    url = page_url(route.url, route.step.number)
    at = partial(_at, route.url, route.step, origin)
    tree, number = origin.at(route.url), route.step.number
    numbered = frame.speech(tree, fetch).text(NUMBERED, title=title, n=number)
    has_feeds = isinstance(route, ProfileRoute) or route.has_feeds
    translations = route.translations if isinstance(route, ListRoute) else ()
    return views.Page(
        kind=kind,
        title=numbered if number > 1 else title,
        description=summary,
        url=origin.link(url),
        canonical=origin.whole(url),
        language=origin.spoken(tree),
        feeds=feeds(route.url, title, fetch) if has_feeds else (),
        translations=frame.alternates(translations, origin),
        previous=at(number - 1),
        next=at(number + 1),
        versions=frame.versions(translations, route.url, origin),
    )


def feeds(url: str, title: str, fetch: Fetch) -> tuple[views.Link, ...]:
    """Return the feeds of the list at *url*."""
    origin: Origin = fetch(make("origin"))
    return tuple(
        views.Link(f"{title} ({FEED_TITLES[form]})", origin.link(url + file))
        for form, file in FEEDS.items()
    )


def pager(url: str, step: Step, fetch: Fetch) -> views.Pager:
    """Return the links from one page of a list to the others."""
    at = partial(_at, url, step, fetch(make("origin")))
    near = range(max(1, step.number - AROUND), min(step.total, step.number + AROUND) + 1)
    return views.Pager(
        number=step.number,
        total=step.total,
        items=step.items,
        first=at(1),
        last=at(step.total),
        previous=at(step.number - 1),
        next=at(step.number + 1),
        pages=tuple(views.Link(str(number), at(number)) for number in near),
    )


def _at(url: str, step: Step, origin: Origin, number: int) -> str:
    """Return the address of page *number* of the list at *url*, if it has one."""
    return origin.link(page_url(url, number)) if 1 <= number <= step.total else ""


def home_page(route: HomeRoute, fetch: Fetch) -> Work:
    """Return the work of rendering the front page."""
    origin: Origin = fetch(make("origin"))
    tree = origin.at(route.url)
    used, data_names = frame.templates("home.html", tree, fetch)
    site: views.Site = fetch(make("site", tree))
    limit = fetch(make("config", "lists")).trending
    view = views.HomeView(
        site=site,
        page=views.Page(
            kind="home",
            title=site.title,
            description=site.description,
            url=site.home,
            canonical=origin.whole(route.url),
            language=site.language,
            translations=frame.alternates(route.translations, origin),
            versions=frame.versions(route.translations, route.url, origin),
        ),
        data=frame.data(data_names, fetch),
        latest=frame.teasers(route.latest, fetch),
        featured=frame.teasers(route.featured, fetch),
        trending=ranked("trending/week", tree, fetch)[:limit],
        total=route.total,
    )
    return frame.page("home.html", view, used)


def terms_page(route: TermsRoute, fetch: Fetch) -> Work:
    """Return the work of rendering the list of all categories, tags, series or people."""
    name = "people.html" if route.kind == "user" else "terms.html"
    origin: Origin = fetch(make("origin"))
    tree = origin.at(route.url)
    used, data_names = frame.templates(name, tree, fetch)
    view = views.TermsView(
        site=frame.shown(make("site", tree), fetch),
        page=_plain_page(TITLES[route.kind], route, fetch),
        data=frame.data(data_names, fetch),
        kind=route.kind,
        terms=() if route.kind == "user" else tuple(_terms(route, tree, fetch)),
        people=frame.people(tuple(t.name for t in route.terms), fetch)
        if route.kind == "user"
        else (),
    )
    return frame.page(name, view, used)


def _terms(route: TermsRoute, tree: str, fetch: Fetch) -> Iterable[views.Term]:
    origin: Origin = fetch(make("origin"))
    for term in route.terms:
        label = frame.label(term.name, tree, fetch) if route.kind == "category" else None
        title, summary = (label.title, label.summary) if label else (term.name, "")
        yield views.Term(title, origin.link(term.url), term.count, summary)


def archive_page(route: ArchiveRoute, fetch: Fetch) -> Work:
    """Return the work of rendering the archive's years and months."""
    origin: Origin = fetch(make("origin"))
    tree = origin.at(route.url)
    used, data_names = frame.templates("archive.html", tree, fetch)
    grouped = groupby(route.periods, key=lambda period: period.year)
    view = views.ArchiveView(
        site=frame.shown(make("site", tree), fetch),
        page=_plain_page(ARCHIVE, route, fetch),
        data=frame.data(data_names, fetch),
        years=tuple(_year(route.url, year, tuple(found), origin) for year, found in grouped),
    )
    return frame.page("archive.html", view, used)


def _year(url: str, year: int, periods: tuple[PeriodCount, ...], origin: Origin) -> views.Year:
    base = f"{url}{year:04}/"
    months = tuple(
        views.Month(one.year, one.month, origin.link(f"{base}{one.month:02}/"), one.count)
        for one in periods
    )
    return views.Year(year, origin.link(base), sum(one.count for one in periods), months)


def _plain_page(title: str, route: TermsRoute | ArchiveRoute, fetch: Fetch) -> views.Page:
    """Return what the head of a page says that has a title and nothing else of its own."""
    origin: Origin = fetch(make("origin"))
    tree = origin.at(route.url)
    return views.Page(
        kind="list",
        title=frame.speech(tree, fetch).text(title),
        description="",
        url=origin.link(route.url),
        canonical=origin.whole(route.url),
        language=origin.spoken(tree),
        translations=frame.alternates(route.translations, origin),
        versions=frame.versions(route.translations, route.url, origin),
    )
