"""What is wrong on each page by itself: ids, headings, images."""

import re
from collections.abc import Iterable, Iterator

from streamly_ssg.engine.key import make
from streamly_ssg.errors import Problem
from streamly_ssg.looking import Look
from streamly_ssg.pages.routes import DocumentRoute

from . import pictures
from .advice import LARGE
from .built import Built, Finding
from .pages import Heading, Page, Spot
from .places import NOWHERE, Source

WHOLE = Spot("", 0)


def page_findings(built: Built) -> Iterator[Finding]:
    """Yield what is wrong on each page."""
    for file in built.made():
        page, source = built.pages[file], built.sources.get(file)
        if not built.is_redirect(file):
            yield from _structure(file, page, source)
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
    yield from _large_pictures(built)


def _structure(file: str, page: Page, source: Source | None) -> Iterator[Finding]:
    for fault in page.faults:
        yield Finding(file, WHOLE, NOWHERE, "HTML", fault, "")
    for one in page.headings:
        place = source.find_heading(one.level, one.text) if source else NOWHERE
        text, hint = _disorder(one)
        yield Finding(file, Spot(one.text, one.line), place, "HEADING", text, hint)


def _disorder(one: Heading) -> tuple[str, str]:
    """Return what is wrong with a heading, and what to do."""
    if one.level == 1:
        return f'has a second heading of the first level, "{one.text}"', "begin it with ##"
    above = f"follows one of level {one.before}" if one.before else "is the first one"
    hint = f"make it level {one.before + 1}: readers who listen go from heading to heading"
    return f'has the heading "{one.text}" of level {one.level}, which {above}', hint


def _undescribed(file: str, source: Source, spots: Iterable[Spot]) -> Iterator[Finding]:
    """Yield the images that the author wrote in Markdown and didn't describe."""
    for spot in spots:
        name = re.escape(spot.text.rpartition("/")[2])
        place = source.find(rf"!\[\s*\]\([^)]*{name}")
        if place != NOWHERE:
            text = f'shows "{spot.text}" without a description'
            hint = "write what is to be seen between the square brackets"
            yield Finding(file, spot, place, "ALT", text, hint)


def _large_pictures(built: Built) -> Iterator[Finding]:
    """Yield pictures that are larger than anybody sees, each where it is shown first."""
    told = set()
    for file in built.made():
        for one in built.pages[file].pictures:
            found = built.links.file_of(file, one.url)
            if not found or found in told:
                continue
            told.add(found)
            text, hint = pictures.fault(built.site.output / found, one.width)
            if text:
                source = built.sources.get(file)
                place = source.find_link(one.url) if source else NOWHERE
                yield Finding(
                    file, Spot(one.url, one.line), place, LARGE, f'"{found}" {text}', hint
                )


def cover_problems(look: Look, built: Built) -> Iterator[Problem]:
    """Yield the documents whose picture nobody described."""
    documents = {f: r for f, r in built.routes.items() if isinstance(r, DocumentRoute)}
    cards = look.many([make("card", route.path) for route in documents.values()])
    for file, card in zip(documents, cards, strict=True):
        if card is not None and card.image and not card.image_alt:
            source = built.sources[file]
            text = f'has the image "{card.image}" and no image_alt'
            yield source.problem(source.find(r"^image\b"), "ALT", text, "say what is to be seen")
