"""The pages of lists: posts, notes, terms, periods; the front page; the archive; all terms."""

from collections.abc import Iterable
from functools import partial
from itertools import groupby

from streamly_ssg.documents.document import Document
from streamly_ssg.engine.key import make
from streamly_ssg.engine.rule import Fetch, Work

from . import frame, views
from .filling import fill
from .filters import MONTHS
from .frame import Origin
from .listing import FEEDS
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
FEED_TITLES = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}
AROUND = 2  # pages that a pager names on either side


def list_page(route: ListRoute, fetch: Fetch) -> Work:
    """Return the work of rendering one page of a list."""
    title, summary, text = _heading(route, fetch)
    used, data_names = frame.templates("list.html", fetch)
    view = views.ListView(
        site=frame.shown(make("site"), fetch),
        page=page_of("list", route, title, summary, fetch),
        data=frame.data(data_names, fetch),
        kind=route.kind,
        title=title,
        content="",
        cards=frame.teasers(route.refs, fetch),
        pager=pager(route.url, route.step, fetch),
    )
    return frame.page("list.html", view, used, text)


def _heading(route: ListRoute, fetch: Fetch) -> tuple[str, str, Text]:
    """Return a list's title, its description, and the text of its document."""
    if route.path:
        document: Document = fetch(make("body", route.path))
        text = fill(document.body, route.path, route.url, fetch) if route.step.number == 1 else ()
        meta = document.meta
        return meta.title, meta.summary or meta.description or document.excerpt_text, text
    if route.kind == "month":
        year, _, month = route.name.partition("-")
        return f"{MONTHS[int(month) - 1]} {year}", "", ()
    return route.name or TITLES[route.kind], "", ()


def page_of(
    kind: str, route: ListRoute | ProfileRoute, title: str, summary: str, fetch: Fetch
) -> views.Page:
    """Return what the head of a list's page says."""
    origin: Origin = fetch(make("origin"))
    url = page_url(route.url, route.step.number)
    at = partial(_at, route.url, route.step, origin)
    number = f" – page {route.step.number}" if route.step.number > 1 else ""
    has_feeds = isinstance(route, ProfileRoute) or route.has_feeds
    return views.Page(
        kind=kind,
        title=title + number,
        description=summary,
        url=origin.link(url),
        canonical=origin.whole(url),
        language=origin.language,
        feeds=feeds(route.url, title, fetch) if has_feeds else (),
        previous=at(route.step.number - 1),
        next=at(route.step.number + 1),
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
    used, data_names = frame.templates("home.html", fetch)
    site: views.Site = fetch(make("site"))
    origin: Origin = fetch(make("origin"))
    limit = fetch(make("config", "lists")).trending
    view = views.HomeView(
        site=site,
        page=views.Page(
            kind="home",
            title=site.title,
            description=site.description,
            url=site.home,
            canonical=origin.whole("/"),
            language=site.language,
        ),
        data=frame.data(data_names, fetch),
        latest=frame.teasers(route.latest, fetch),
        featured=frame.teasers(route.featured, fetch),
        trending=ranked("trending/week", fetch)[:limit],
        total=route.total,
    )
    return frame.page("home.html", view, used)


def terms_page(route: TermsRoute, fetch: Fetch) -> Work:
    """Return the work of rendering the list of all categories, tags, series or people."""
    name = "people.html" if route.kind == "user" else "terms.html"
    used, data_names = frame.templates(name, fetch)
    view = views.TermsView(
        site=frame.shown(make("site"), fetch),
        page=_plain_page(TITLES[route.kind], route.url, fetch),
        data=frame.data(data_names, fetch),
        kind=route.kind,
        terms=() if route.kind == "user" else tuple(_terms(route, fetch)),
        people=frame.people(tuple(t.name for t in route.terms), fetch)
        if route.kind == "user"
        else (),
    )
    return frame.page(name, view, used)


def _terms(route: TermsRoute, fetch: Fetch) -> Iterable[views.Term]:
    origin: Origin = fetch(make("origin"))
    for term in route.terms:
        label = frame.label(term.name, fetch) if route.kind == "category" else None
        title, summary = (label.title, label.summary) if label else (term.name, "")
        yield views.Term(title, origin.link(term.url), term.count, summary)


def archive_page(route: ArchiveRoute, fetch: Fetch) -> Work:
    """Return the work of rendering the archive's years and months."""
    used, data_names = frame.templates("archive.html", fetch)
    origin: Origin = fetch(make("origin"))
    grouped = groupby(route.periods, key=lambda period: period.year)
    view = views.ArchiveView(
        site=frame.shown(make("site"), fetch),
        page=_plain_page("Archive", route.url, fetch),
        data=frame.data(data_names, fetch),
        years=tuple(_year(year, tuple(periods), origin) for year, periods in grouped),
    )
    return frame.page("archive.html", view, used)


def _year(year: int, periods: tuple[PeriodCount, ...], origin: Origin) -> views.Year:
    base = f"/archive/{year:04}/"
    months = tuple(
        views.Month(one.year, one.month, origin.link(f"{base}{one.month:02}/"), one.count)
        for one in periods
    )
    return views.Year(year, origin.link(base), sum(one.count for one in periods), months)


def _plain_page(title: str, url: str, fetch: Fetch) -> views.Page:
    origin: Origin = fetch(make("origin"))
    return views.Page("list", title, "", origin.link(url), origin.whole(url), origin.language)
