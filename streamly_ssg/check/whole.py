"""The whole site: every page that was built, against every other one and against its source."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from streamly_ssg.api import Site
from streamly_ssg.engine.key import make
from streamly_ssg.errors import Problem, problem
from streamly_ssg.looking import Look
from streamly_ssg.pages.routes import CopyRoute, DocumentRoute, RedirectRoute
from streamly_ssg.pages.rules import FILES

from .feeds import check_feed
from .links import Dead, Links
from .pages import Page, Spot, read_page
from .places import Source
from .templates import check_theme


@dataclass(frozen=True, slots=True)
class Built:
    """A site as it was built: where each file comes from, and what its pages hold."""

    site: Site
    base_url: str
    routes: dict[str, Any]
    pages: dict[str, Page]
    sources: dict[str, Source]
    moved: frozenset[str]

    def shown(self, file: str) -> str:
        """Return the name under which a person finds the file *file* of the output."""
        return f"{self.site.output.name}/{file}"

    def made(self) -> list[str]:
        """Return the pages that are made by templates, not copied."""
        return [file for file in self.pages if not isinstance(self.routes[file], CopyRoute)]


def check(site: Site) -> list[Problem]:
    """Return what is wrong with the site *site*, which was built just now."""
    with site.looking() as look:
        built = _built(site, look)
        found = {*check_theme(look), *_cover_problems(look, built)}
    found |= {*_dead_links(built), *_page_problems(built), *_feed_problems(built)}
    return sorted(found)


def dead_links(site: Site) -> list[Problem]:
    """Return the links of the site *site*, which was built just now, that lead nowhere."""
    with site.looking() as look:
        built = _built(site, look)
    return sorted(set(_dead_links(built)))


def _built(site: Site, look: Look) -> Built:
    files = [file for file in look(FILES) or () if (site.output / file).is_file()]
    routes = dict(zip(files, look.many([make("route", file) for file in files]), strict=True))
    pages = {
        file: read_page((site.output / file).read_bytes())
        for file in files
        if file.endswith(".html")
    }
    paths = {file: getattr(route, "path", "") for file, route in routes.items()}
    return Built(
        site=site,
        base_url=look(make("config", "site")).base_url,
        routes=routes,
        pages=pages,
        sources={file: Source(site.root, path) for file, path in paths.items() if path},
        moved=frozenset(look(make("config", "redirects"))),
    )


def _dead_links(built: Built) -> Iterator[Problem]:
    links = Links(built.base_url, built.routes, built.pages, built.moved)
    unplaced: dict[tuple[str, str], list[Dead]] = defaultdict(list)
    for dead in links.dead(built.made()):
        source = built.sources.get(dead.file)
        place = source.find_link(dead.spot.text) if source else (0, 0)
        if source and place[0]:
            yield source.problem(place, dead.code, dead.message, dead.hint)
        else:
            unplaced[dead.code, dead.message].append(dead)
    for group in unplaced.values():
        first = group[0]
        yield _once(
            built, [(one.file, one.spot) for one in group], first.code, first.message, first.hint
        )


def _once(
    built: Built, spots: list[tuple[str, Spot]], code: str, message: str, hint: str
) -> Problem:
    """Return one problem for the same thing on many pages: it comes from their template."""
    file, spot = min(spots, key=lambda pair: pair[0])
    if len(spots) > 1:
        more = f"and on {len(spots) - 1} more pages, so look in the templates"
        hint = f"{hint}; {more}" if hint else more
    return problem(code, message, path=built.shown(file), line=spot.line, hint=hint)


def _page_problems(built: Built) -> Iterator[Problem]:
    groups: dict[tuple[str, str, str], list[tuple[str, Spot]]] = defaultdict(list)
    for file in built.made():
        for placed, code, message, hint, spot in _page_faults(built, file):
            if placed is not None:
                yield placed
            else:
                groups[code, message, hint].append((file, spot))
    for (code, message, hint), spots in groups.items():
        yield _once(built, spots, code, message, hint)


Fault = tuple[Problem | None, str, str, str, Spot]


def _page_faults(built: Built, file: str) -> Iterator[Fault]:
    """Yield what is wrong with one page, as a problem if it can be said where in its source."""
    page, source = built.pages[file], built.sources.get(file)
    if not isinstance(built.routes[file], RedirectRoute):
        for text in page.faults:
            yield None, "HTML", text, "", Spot("", 0)
    for spot in page.twice:
        message = f'has the id "{spot.text}" more than once'
        place = (
            source.find(rf"\bid=[\"']?{re.escape(spot.text)}\b|#{re.escape(spot.text)}\b")
            if source
            else (0, 0)
        )
        yield _placed(source, place, "ID", message, "give each its own", spot)
    for spot in page.no_alt:
        message = f'shows "{spot.text}" without alt'
        place = source.find_link(spot.text) if source else (0, 0)
        hint = 'say what is to be seen, or alt="" for decoration'
        yield _placed(source, place, "ALT", message, hint, spot)
    if source is not None:
        yield from _undescribed(source, page.empty_alt)


def _placed(
    source: Source | None, place: tuple[int, int], code: str, message: str, hint: str, spot: Spot
) -> Fault:
    placed = source.problem(place, code, message, hint) if source and place[0] else None
    return placed, code, message, hint, spot


def _undescribed(source: Source, spots: Iterable[Spot]) -> Iterator[Fault]:
    """Yield the images that the author wrote in Markdown and didn't describe."""
    for spot in spots:
        name = re.escape(spot.text.rpartition("/")[2])
        place = source.find(rf"!\[\s*\]\([^)]*{name}")
        if place[0]:
            message = f'shows "{spot.text}" without a description'
            hint = "write what is to be seen between the square brackets"
            yield _placed(source, place, "ALT", message, hint, spot)


def _cover_problems(look: Look, built: Built) -> Iterator[Problem]:
    documents = {f: r for f, r in built.routes.items() if isinstance(r, DocumentRoute)}
    cards = look.many([make("card", route.path) for route in documents.values()])
    for file, card in zip(documents, cards, strict=True):
        if card is not None and card.image and not card.image_alt:
            source = built.sources[file]
            message = f'has the image "{card.image}" and no image_alt'
            yield source.problem(source.find(r"^image\b"), "ALT", message, "say what is to be seen")


def _feed_problems(built: Built) -> Iterator[Problem]:
    for file, route in built.routes.items():
        if file.endswith((".xml", ".json")) and not isinstance(route, CopyRoute):
            yield from check_feed(file, built.shown(file), (built.site.output / file).read_bytes())
