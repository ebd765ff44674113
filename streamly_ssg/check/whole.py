"""The whole site: every page that was built, against every other one and against its source."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from streamly_ssg.api import Site
from streamly_ssg.engine.key import make
from streamly_ssg.errors import Problem, problem
from streamly_ssg.looking import Look
from streamly_ssg.pages.routes import CopyRoute, DocumentRoute, RedirectRoute
from streamly_ssg.pages.rules import FILES
from streamly_ssg.pages.urls import prefix_of

from .feeds import check_feed
from .links import Links
from .pages import Page, Spot, read_page
from .photographs import author_name, telling
from .places import NOWHERE, Place, Source
from .templates import check_theme

WHOLE = Spot("", 0)


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

    def as_written(self, spot: Spot) -> Spot:
        """Return the image *spot* by the name that its author knows, if it is a variant of one."""
        prefix = prefix_of(self.base_url)
        return Spot(author_name(spot.text, self.routes, prefix), spot.line)

    def made(self) -> list[str]:
        """Return the pages that are made by templates, not copied."""
        return [file for file in self.pages if not isinstance(self.routes[file], CopyRoute)]


class Finding(NamedTuple):
    """Something wrong on the page *file*; *place* is where its author wrote it, if known."""

    file: str
    spot: Spot
    place: Place
    code: str
    message: str
    hint: str


def check(site: Site) -> list[Problem]:
    """Return what is wrong with the site *site*, which was built just now."""
    with site.looking() as look:
        built = _built(site, look)
        found = {
            *check_theme(look),
            *_cover_problems(look, built),
            *telling(built.routes, site.output),
        }
    findings = [*_dead_links(built), *_page_findings(built)]
    return sorted({*found, *_problems(built, findings), *_feed_problems(built)})


def dead_links(site: Site) -> list[Problem]:
    """Return the links of the site *site*, which was built just now, that lead nowhere."""
    with site.looking() as look:
        built = _built(site, look)
    return sorted(set(_problems(built, _dead_links(built))))


def _built(site: Site, look: Look) -> Built:
    files = [file for file in look(FILES) or () if (site.output / file).is_file()]
    routes = dict(zip(files, look.many([make("route", file) for file in files]), strict=True))
    pages = {
        file: read_page((site.output / file).read_bytes())
        for file in files
        if file.endswith(".html")
    }
    paths = {file: getattr(route, "path", "") for file, route in routes.items()}
    base_url = look(make("config", "site")).base_url
    prefix = prefix_of(base_url)
    return Built(
        site=site,
        base_url=base_url,
        routes=routes,
        pages=pages,
        sources={file: Source(site.root, path, prefix) for file, path in paths.items() if path},
        moved=frozenset(look(make("config", "redirects"))),
    )


def _problems(built: Built, findings: Iterable[Finding]) -> Iterator[Problem]:
    """Yield findings as problems; what many pages share is their template's, and told once."""
    groups: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for one in findings:
        if one.place != NOWHERE:
            yield built.sources[one.file].problem(one.place, one.code, one.message, one.hint)
        else:
            groups[one.code, one.message, one.hint].append(one)
    for (code, message, hint), group in groups.items():
        first = min(group)
        told = [hint] if hint else []
        if len(group) > 1:
            more = f"{len(group) - 1} more page{'' if len(group) == 2 else 's'}"  # noqa: PLR2004
            told.append(f"and on {more}, so look in the templates")
        path, line = built.shown(first.file), first.spot.line
        yield problem(code, message, path=path, line=line, hint="; ".join(told))


def _dead_links(built: Built) -> Iterator[Finding]:
    links = Links(built.base_url, built.routes, built.pages, built.moved)
    for dead in links.dead(built.made()):
        source = built.sources.get(dead.file)
        place = source.find_link(dead.spot.text) if source else NOWHERE
        yield Finding(dead.file, dead.spot, place, dead.code, dead.message, dead.hint)


def _page_findings(built: Built) -> Iterator[Finding]:
    for file in built.made():
        page, source = built.pages[file], built.sources.get(file)
        if not isinstance(built.routes[file], RedirectRoute):
            for fault in page.faults:
                yield Finding(file, WHOLE, NOWHERE, "HTML", fault, "")
        for spot in page.twice:
            place = source.find_id(spot.text) if source else NOWHERE
            text = f'has the id "{spot.text}" more than once'
            yield Finding(file, spot, place, "ID", text, "give each its own")
        for spot in map(built.as_written, page.no_alt):
            place = source.find_link(spot.text) if source else NOWHERE
            hint = 'say what is to be seen, or alt="" for decoration'
            yield Finding(file, spot, place, "ALT", f'shows "{spot.text}" without alt', hint)
        if source is not None:
            yield from _undescribed(file, source, map(built.as_written, page.empty_alt))


def _undescribed(file: str, source: Source, spots: Iterable[Spot]) -> Iterator[Finding]:
    """Yield the images that the author wrote in Markdown and didn't describe."""
    for spot in spots:
        name = re.escape(spot.text.rpartition("/")[2])
        place = source.find(rf"!\[\s*\]\([^)]*{name}")
        if place != NOWHERE:
            text = f'shows "{spot.text}" without a description'
            hint = "write what is to be seen between the square brackets"
            yield Finding(file, spot, place, "ALT", text, hint)


def _cover_problems(look: Look, built: Built) -> Iterator[Problem]:
    documents = {f: r for f, r in built.routes.items() if isinstance(r, DocumentRoute)}
    cards = look.many([make("card", route.path) for route in documents.values()])
    for file, card in zip(documents, cards, strict=True):
        if card is not None and card.image and not card.image_alt:
            source = built.sources[file]
            text = f'has the image "{card.image}" and no image_alt'
            yield source.problem(source.find(r"^image\b"), "ALT", text, "say what is to be seen")


def _feed_problems(built: Built) -> Iterator[Problem]:
    for file, route in built.routes.items():
        if file.endswith((".xml", ".json")) and not isinstance(route, CopyRoute):
            yield from check_feed(file, built.shown(file), (built.site.output / file).read_bytes())
