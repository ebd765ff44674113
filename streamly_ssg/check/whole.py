"""The whole site: every page that was built, against every other one and against its source."""

from collections.abc import Iterator

from streamly_ssg.api import Site
from streamly_ssg.engine.crew import Executor
from streamly_ssg.errors import Problem
from streamly_ssg.pages.routes import CopyRoute

from .built import Built, Finding, gather
from .contents import cover_problems, page_findings
from .feeds import check_feed
from .photographs import telling
from .places import NOWHERE
from .templates import check_theme, texts
from .unused import redirect_problems, unused_files
from .words import unused_words


def check(site: Site, executor: Executor | None = None) -> tuple[list[Problem], Built]:
    """Return what is wrong with the site *site*, which was built just now, and what it has."""
    with site.looking() as look:
        built = gather(site, look, executor)
        found = {*check_theme(look), *cover_problems(look, built)}
        found |= {*unused_words(site.root, texts(look)), *telling(built.routes, site.output)}
    found |= {*built.problems([*_dead_links(built), *page_findings(built)])}
    found |= {*redirect_problems(built), *unused_files(built), *_feed_problems(built)}
    return sorted(found), built


def dead_links(site: Site, executor: Executor | None = None) -> list[Problem]:
    """Return the links of the site *site*, which was built just now, that lead nowhere."""
    with site.looking() as look:
        built = gather(site, look, executor)
    return sorted({*built.problems(_dead_links(built))})


def _dead_links(built: Built) -> Iterator[Finding]:
    for dead in built.links.dead(built.made()):
        source = built.sources.get(dead.file)
        place = source.find_link(dead.spot.text) if source else NOWHERE
        yield Finding(dead.file, dead.spot, place, dead.code, dead.message, dead.hint)


def _feed_problems(built: Built) -> Iterator[Problem]:
    for file, route in built.routes.items():
        if file.endswith((".xml", ".json")) and not isinstance(route, CopyRoute):
            yield from check_feed(file, built.shown(file), (built.site.output / file).read_bytes())
