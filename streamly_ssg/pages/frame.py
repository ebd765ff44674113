"""
What many pages share: the site around them, and small views of documents, people and terms.

Each is a key of its own, made once and read by every page that shows it: ``site:``, ``origin:``,
``teaser:PATH``, ``person:NAME``, ``label:SLUG`` (of a category), ``dataset:NAME``.
"""

from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from streamly_ssg.engine.key import Key, make
from streamly_ssg.engine.rule import Fetch, Work
from streamly_ssg.errors import ContentError, problem
from streamly_ssg.values import Raw, Value, encode

from . import views
from .lots import is_searched
from .rendering import Templates, Text, render
from .routes import Ref
from .urls import prefix_of, slug_of, zone

SITE_FEEDS = (("RSS", "feed.xml"), ("Atom", "atom.xml"), ("JSON Feed", "feed.json"))
MENU = (
    ("Posts", "/posts/"),
    ("Categories", "/categories/"),
    ("Tags", "/tags/"),
    ("People", "/users/"),
    ("Trending", "/trending/"),
    ("Archive", "/archive/"),
)


class Origin(Value):
    """Where the site lives, and in which zone and language it speaks."""

    prefix: str
    host: str
    timezone: str
    language: str
    title: str

    def link(self, url: str) -> str:
        """Return *url*, a path of the site or a whole address, as pages link to it."""
        return self.prefix + url if url.startswith("/") and not url.startswith("//") else url

    def whole(self, url: str) -> str:
        """Return the whole address of *url*."""
        url = self.link(url)
        return self.host + url if url.startswith("/") and not url.startswith("//") else url

    def local(self, moment: datetime | None) -> datetime | None:
        """Return *moment* in the site's zone."""
        return None if moment is None else moment.astimezone(zone(self.timezone))


def origin(_name: str, fetch: Fetch) -> Origin:
    """Return where the site lives."""
    site = fetch(make("config", "site"))
    parts = urlsplit(site.base_url)
    host = f"{parts.scheme}://{parts.netloc}"
    return Origin(prefix_of(site.base_url), host, site.timezone, site.language, site.title)


def site(_name: str, fetch: Fetch) -> views.Site:
    """Return what every page knows of the site."""
    settings = fetch(make("config", "site"))
    menu = fetch(make("config", "menu"))
    place: Origin = fetch(make("origin"))
    main = MENU if menu.main is None else [(item.title, item.url) for item in menu.main]
    return views.Site(
        title=settings.title,
        description=settings.description,
        base_url=settings.base_url.rstrip("/"),
        prefix=place.prefix,
        language=settings.language,
        author=settings.author,
        home=place.link("/"),
        service=settings.service,
        search=place.link("/search/") if is_searched(fetch) else "",
        menu=tuple(views.Link(title, place.link(url)) for title, url in main),
        footer=tuple(views.Link(item.title, place.link(item.url)) for item in menu.footer),
        feeds=tuple(views.Link(title, place.link("/" + file)) for title, file in SITE_FEEDS),
        assets={asset.name: place.link(asset.url) for asset in fetch(make("assets"))},
        theme=fetch(make("config", "theme")),
        extra=fetch(make("config", "extra")),
    )


def teaser(path: str, fetch: Fetch) -> views.Card:
    """Return the document *path* as lists show it."""
    card = fetch(make("card", path))
    place: Origin = fetch(make("origin"))
    url = fetch(make("place", path)).url
    return views.Card(
        kind=card.kind,
        title=card.title,
        url=place.link(url),
        summary=card.summary,
        date=place.local(card.date),
        minutes=card.minutes,
        language=card.lang or place.language,
        image=image_url(card.image, path, url, fetch),
        image_alt=card.image_alt,
        authors=people(card.authors, fetch),
        categories=tuple(label(name, fetch) for name in card.categories),
        tags=tags(card.tags, fetch),
        is_featured=card.featured,
    )


def person(name: str, fetch: Fetch) -> views.Person:
    """Return the author or member *name*, by their document or by their profile."""
    place: Origin = fetch(make("origin"))
    path = fetch(make("author", name))
    if path is None:
        return views.Person(name, name, "")
    url = f"/users/{slug_of(name)}/"
    if path:
        card = fetch(make("card", path))
        image = image_url(card.image, path, url, fetch)
        return views.Person(name, card.title or name, place.link(url), card.summary, image)
    profile = fetch(make("fact", f"profile/{name}"))
    if profile is None:
        return views.Person(name, name, place.link(url))
    return views.Person(name, profile.name or name, place.link(url), profile.bio)


def category(name: str, fetch: Fetch) -> views.Term:
    """Return the category *name*, by its document if it has one."""
    place: Origin = fetch(make("origin"))
    slug = slug_of(name)
    url = place.link(f"/categories/{slug}/")
    path = fetch(make("category", slug))
    if not path:
        return views.Term(name, url)
    card = fetch(make("card", path))
    return views.Term(card.title or name, url, 0, card.summary)


def dataset(name: str, fetch: Fetch) -> Any:
    """Return the data files called *name*, or below the folder of that name."""
    from .datafiles import read  # noqa: PLC0415 - YAML and CSV are loaded only where they are used

    found: dict[str, Any] = {}
    for path in fetch(make("listing", "data")):
        steps = path.rpartition(".")[0].split("/")
        if steps[0] == name:
            _put(found, steps, path, read(path, fetch(make("data", path))))
    return found.get(name)


def _put(found: dict[str, Any], steps: list[str], path: str, value: Any) -> None:
    """Put *value* where *steps* lead; two files for one place are an error."""
    inner: Any = found
    for step in steps[:-1]:
        inner = inner.setdefault(step, {}) if isinstance(inner, dict) else None
    if not isinstance(inner, dict) or steps[-1] in inner:
        text = "stands where another data file stands already"
        hint = "rename one of them: their paths without the ending must differ"
        raise ContentError(problem("DATA", text, path=f"data/{path}", hint=hint))
    inner[steps[-1]] = value


def data(names: tuple[str, ...], fetch: Fetch) -> dict[str, Any]:
    """Return the data files that a template reads, by name."""
    if "*" in names:
        paths = fetch(make("listing", "data"))
        found = {path.rpartition(".")[0].partition("/")[0] for path in paths}
        names = tuple(sorted((found | set(names)) - {"*"}))
    return {name: fetch(make("dataset", name)) for name in names}


def people(names: tuple[str, ...], fetch: Fetch) -> tuple[views.Person, ...]:
    """Return the people called *names*."""
    return tuple(fetch(make("person", name)) for name in names)


def label(name: str, fetch: Fetch) -> views.Term:
    """Return the category called *name*."""
    found: views.Term = fetch(make("label", name))
    return found


def tags(names: tuple[str, ...], fetch: Fetch) -> tuple[views.Term, ...]:
    """Return the tags called *names*."""
    place: Origin = fetch(make("origin"))
    return tuple(views.Term(name, place.link(f"/tags/{slug_of(name)}/")) for name in names)


def teasers(refs: tuple[Ref, ...], fetch: Fetch) -> tuple[views.Card, ...]:
    """Return the documents *refs* as lists show them, ready to travel in a view."""
    return tuple(shown(make("teaser", ref.path), fetch) for ref in refs)


def shown(key: Key, fetch: Fetch) -> Any:
    """Return the view *key* in its encoded form: whoever is given it passes it on."""
    return Raw(fetch.encoded(key))


def image_url(image: str, path: str, url: str, fetch: Fetch) -> str:
    """Return the address of the image that the document *path* at *url* names."""
    if not image:
        return ""
    place: Origin = fetch(make("origin"))
    if image.startswith("/") or "://" in image:
        return place.link(image)
    found = fetch(make("resource", urljoin(path, image)))
    return place.link(found or urljoin(url, image))


def templates(name: str, fetch: Fetch) -> tuple[Templates, tuple[str, ...]]:
    """Return the template *name* ready to travel, and the data that it reads."""
    found = fetch(make("template", name))
    return Templates(found.digest, found.sources), found.data


def page(name: str, view: Any, used: Templates, text: Text = ()) -> Work:
    """Return the work of rendering *view* with the template *name*."""
    return Work(render, (name, used, type(view).__name__, encode(view), text))
