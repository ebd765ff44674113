"""
The index: one wide table with all routes, made from the catalogue.

``route:FILE`` says what a page is about, ``place:PATH`` where a document is, ``page:ID`` which
document an id means, ``author:NAME`` and ``category:SLUG`` which documents describe them,
``resource:PATH`` where a file among the documents goes, ``files:`` which files there are. A page
reads its own route and nothing else of this.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from streamly_ssg.engine.key import Key, make
from streamly_ssg.engine.rule import Fetch, Table
from streamly_ssg.errors import problem
from streamly_ssg.images.headers import format_of
from streamly_ssg.images.variants import Refusal
from streamly_ssg.values import changed

from . import listing, pictures, standing
from .catalogue import Catalogue, catalogue
from .lots import SEARCH, Lots, searching
from .routes import (
    GONE,
    CardRoute,
    CopyRoute,
    DocumentRoute,
    FeedRoute,
    ImageRoute,
    ListRoute,
    Place,
    RedirectRoute,
    Ref,
    Route,
    SearchRoute,
    ShellRoute,
    SitemapEntry,
    SitemapRoute,
    Summary,
    Translation,
    WellKnownRoute,
    fault,
    file_of,
)
from .social import card_url
from .urls import page_of

Found = tuple[str, Route]
Pairs = list[tuple[str, str]]

WELL_KNOWN = ("robots.txt", "404.html", "410.html", "500.html", "_headers")
SHELLS = "login register reset-password confirm account feed notifications messages admin".split()
SITEMAP_LIMIT = 50_000
DOCUMENTS = (".md", ".markdown")


def index(_name: str, fetch: Fetch) -> Table:
    """Make the index."""
    known = catalogue(fetch)
    trees = known.trees(fetch(make("origin")))
    routes = _Routes(known, trees)
    lists: list[list[Found]] = []
    translations = standing.translations(known, fetch(make("config", "site")).language)
    for tree in trees:
        groups = listing.groups(tree)
        for route in standing.routes(tree, groups, translations, fetch):
            routes.add(route.url, route)
        lists.append(list(listing.routes(tree, groups, fetch)))
    _add_lists(routes, lists, fetch)
    aliases = _add_aliases(routes, known)
    _add_shells(routes, fetch)
    _add_search(routes, fetch)
    _add_well_known(routes)
    _add_cards(routes, known, fetch)
    refused = _add_images(routes, known, fetch)
    _add_copies(routes, known, refused, fetch)
    _add_redirects(routes, known, aliases, fetch)
    routes.refuse_collisions()
    return Table(routes.parts())


class _Routes:
    """Routes by file; whoever comes second at an address is told."""

    def __init__(self, known: Catalogue, trees: Sequence[Catalogue]) -> None:
        self.known = known
        self.trees = trees
        self.by_file: dict[str, Route] = {}
        self.resources: dict[str, str] = {}
        self.lots = Lots([])
        self._spelled: dict[str, str] = {}

    def add(self, url: str, route: Route) -> None:
        """Add *route* at *url*, unless there is one."""
        file = file_of(url)
        # Where capitals don't count, two such files would be one.
        taken = self._spelled.setdefault(file.casefold(), file)
        if file not in self.by_file and taken == file:
            self.by_file[file] = route
            return
        first = _origin(self.by_file[taken])
        text = f"would be at {url}, where {first} is"
        hint = "give one of them another address"
        self.known.problems.append(problem("DUPLICATE", text, path=_origin(route), hint=hint))

    def refuse_collisions(self) -> None:
        """A file can't lie where others need a folder: the one gives way to the many."""
        folders = {parent for file in self.by_file for parent in _parents(file)}
        for file in sorted(folders & self.by_file.keys()):
            origin = _origin(self.by_file.pop(file))
            text = f"would be the file /{file}, where a folder is needed"
            hint = "give it another name"
            self.known.problems.append(problem("DUPLICATE", text, path=origin, hint=hint))

    def parts(self) -> dict[Key, Any]:
        """Return all parts of the index."""
        known = self.known
        files = sorted(self.by_file, key=lambda file: _as_read(self.by_file[file]))
        parts: dict[Key, Any] = {make("route", file): self.by_file[file] for file in files}
        for head in (*known.posts, *known.pages, *known.notes):
            place = Place(head.path, known.urls[head.path], head.id)
            parts[make("place", head.path)] = place
            parts[make("page", head.id)] = place
        for path, url in self._described():
            parts[make("place", path)] = Place(path, url, "")
        parts |= {make("author", name): known.authors.get(name, "") for name in known.people()}
        parts |= {make("category", slug): path for slug, path in known.categories.items()}
        parts |= dict(self.lots.parts())
        parts |= {make("resource", path): url for path, url in self.resources.items()}
        parts[make("files")] = tuple(files)
        parts[make("summary")] = Summary(
            tuple(map(fault, known.problems)),
            known.since.isoformat() if known.since else "",
            known.until.isoformat() if known.until else "",
        )
        return parts

    def _described(self) -> Iterator[tuple[str, str]]:
        """Yield the documents of people and categories with the addresses of what they describe."""
        known = self.known
        for name, path in known.authors.items():
            yield path, known.person(name).url
        for tree in self.trees:
            for slug, path in tree.described():
                yield path, tree.term("category", slug).url


def _parents(file: str) -> Iterator[str]:
    while "/" in file:
        file = file.rpartition("/")[0]
        yield file


def _as_read(route: Route) -> tuple[bool, str]:
    """Order pages as their documents were read: so what was kept of these is found in a row."""
    return (False, route.path) if isinstance(route, DocumentRoute) else (True, "")


def _origin(route: Route) -> str:
    """Return what a person may look at to change where *route* leads."""
    match route:
        case DocumentRoute(path=path):
            return f"content/{path}"
        case CopyRoute(source=source) | ImageRoute(source=source):
            folder, _, path = source.partition(":")
            return f"{folder}/{path}"
        case CardRoute(path=path):
            return f"the card of content/{path}"
        case RedirectRoute(url=url, target=target):
            return f"the alias {url} of {target}"
        case _:
            return "a list"


def _add_lists(routes: _Routes, lists: Sequence[Sequence[Found]], fetch: Fetch) -> None:
    """Add the lists of all languages; those with the same address below their prefix are one."""
    found: defaultdict[str, list[Translation]] = defaultdict(list)
    if len(lists) > 1:
        origin = fetch(make("origin"))
        for tree, of_tree in zip(routes.trees, lists, strict=True):
            lang = origin.spoken(tree.tree)
            for url, _ in of_tree:
                found[url.removeprefix(tree.prefix)].append(Translation(lang, Ref("", url)))
    for tree, of_tree in zip(routes.trees, lists, strict=True):
        for url, route in of_tree:
            others = sorted(found[url.removeprefix(tree.prefix)], key=lambda one: one.lang)
            routes.add(url, _translated(route, tuple(others)) if len(others) > 1 else route)
    for url, route in listing.people(routes.known, fetch):
        routes.add(url, route)


def _translated(route: Route, translations: tuple[Translation, ...]) -> Route:
    if isinstance(route, FeedRoute) or (isinstance(route, ListRoute) and route.step.number > 1):
        return route
    return changed(route, translations=translations)


def _add_aliases(routes: _Routes, known: Catalogue) -> Pairs:
    pairs: Pairs = []
    for head in (*known.posts, *known.pages, *known.notes):
        for alias in head.aliases:
            url = page_of(alias)
            routes.add(url, RedirectRoute(url, known.urls[head.path]))
            pairs.append((alias, known.urls[head.path]))
    return pairs


def _add_redirects(routes: _Routes, known: Catalogue, aliases: Pairs, fetch: Fetch) -> None:
    given = fetch(make("config", "redirects"))
    pairs = aliases + [(str(source), str(target)) for source, target in given.items()]
    taken = {*routes.by_file, *(file_of(page_of(source)) for source, _ in pairs)}
    gone = [old for url, head in known.gone.items() for old in (url, *head.aliases)]
    pairs += [(old, GONE) for old in gone if file_of(page_of(old)) not in taken]
    routes.add("/_redirects", WellKnownRoute("_redirects", "", tuple(sorted(pairs))))


def _add_shells(routes: _Routes, fetch: Fetch) -> None:
    """Add what a site with a service needs, if its theme has it; pages of the site's own stay."""
    if not fetch(make("config", "site")).service or not fetch(make("source", "shell.html")):
        return
    for tree in routes.trees:
        for name in SHELLS:
            url = f"{tree.prefix}/{name}/"
            if file_of(url) not in routes.by_file:
                routes.add(url, ShellRoute(name, url))


def _add_search(routes: _Routes, fetch: Fetch) -> None:
    """Add a page for searching in each language, and the index; pages of the site's own stay."""
    prefixes = [tree.prefix for tree in routes.trees]
    free = [one for one in prefixes if file_of(one + SEARCH) not in routes.by_file]
    routes.lots, found = searching(routes.known, free, fetch)
    for url, route in found:
        routes.add(url, route)


def _add_well_known(routes: _Routes) -> None:
    for name in WELL_KNOWN:
        routes.add(f"/{name}", WellKnownRoute(name, f"/{name}"))
    for tree in filter(lambda one: one.prefix, routes.trees):
        for name in WELL_KNOWN:
            if name.endswith(".html"):
                url = f"{tree.prefix}/{name}"
                routes.add(url, WellKnownRoute(name, url))
    entries = tuple(sorted(_sitemap_entries(routes), key=lambda entry: entry.url))
    if len(entries) <= SITEMAP_LIMIT:
        routes.add("/sitemap.xml", SitemapRoute(entries))
        return
    chunks = [entries[i : i + SITEMAP_LIMIT] for i in range(0, len(entries), SITEMAP_LIMIT)]
    names = [f"/sitemap-{number}.xml" for number in range(1, len(chunks) + 1)]
    for name, chunk in zip(names, chunks, strict=True):
        routes.add(name, SitemapRoute(chunk))
    routes.add("/sitemap.xml", SitemapRoute((), tuple(names)))


def _sitemap_entries(routes: _Routes) -> Iterator[SitemapEntry]:
    known = routes.known
    updated = {
        known.urls[head.path]: head.updated or head.date
        for head in (*known.posts, *known.pages, *known.notes)
    }
    unlisted = RedirectRoute | CopyRoute | ImageRoute | ShellRoute | SearchRoute
    for file, route in routes.by_file.items():
        url = "/" + file.removesuffix("index.html")
        if file.endswith("index.html") and not isinstance(route, unlisted):
            translations = getattr(route, "translations", ())
            yield SitemapEntry(url, updated.get(url), translations)


def _add_copies(routes: _Routes, known: Catalogue, refused: set[str], fetch: Fetch) -> None:
    for path in fetch(make("listing", "static")):
        routes.add(f"/{path}", CopyRoute(make("static", path)))
    for asset in fetch(make("assets")):
        routes.add(asset.url, CopyRoute(asset.source))
    for path in fetch(make("listing", "content")):
        if not path.endswith(DOCUMENTS):
            url = resource_url(path, known)
            routes.resources[path] = url
            source = make("content", path)
            if source not in refused:
                routes.add(url, ImageRoute(source) if format_of(path) else CopyRoute(source))


def _add_images(routes: _Routes, known: Catalogue, fetch: Fetch) -> set[str]:
    """Add what is made of the images that pages show; return those of which the pages complain."""
    heads = (*known.posts, *known.pages, *known.notes, *known.describing)
    found = pictures.all_made({one for head in heads for one in head.images}, fetch)
    for url, route in pictures.routes(found):
        routes.add(url, route)
    return {source for source, made in found.items() if isinstance(made, Refusal)}


def _add_cards(routes: _Routes, known: Catalogue, fetch: Fetch) -> None:
    """Add the pictures of links to documents that have none, if the site wants them."""
    if fetch(make("card-style")) is not None:
        for head in (*known.posts, *known.pages, *known.notes):
            if head.wants_card:
                routes.add(card_url(known.urls[head.path]), CardRoute(head.path))


def resource_url(path: str, known: Catalogue) -> str:
    """Return where a file among the documents goes: with its bundle, or where it lies."""
    bundle = bundle_of(path, known)
    if bundle is None:
        return f"/{path}"
    return bundle.url + path[len(bundle.path.rpartition("/")[0]) + 1 :]


def bundle_of(path: str, known: Catalogue) -> Ref | None:
    """Return the document of the bundle in which the file *path* lies."""
    folder = path.rpartition("/")[0]
    while folder:
        for name in ("index.md", "index.markdown"):
            url = known.urls.get(f"{folder}/{name}")
            if url:
                return Ref(f"{folder}/{name}", url)
        folder = folder.rpartition("/")[0]
    return None
