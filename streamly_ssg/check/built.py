"""A site as it was built: where each file comes from, what pages hold, what to say of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from streamly_ssg.api import Site
from streamly_ssg.engine.crew import Executor
from streamly_ssg.engine.key import make
from streamly_ssg.errors import Problem, problem
from streamly_ssg.looking import Look
from streamly_ssg.pages.routes import CopyRoute, RedirectRoute
from streamly_ssg.pages.rules import FILES
from streamly_ssg.pages.urls import prefix_of

from .links import Links
from .pages import Page, Spot
from .photographs import author_name
from .places import NOWHERE, Place, Source
from .reading import read_pages


class Finding(NamedTuple):
    """Something wrong on the page *file*; *place* is where its author wrote it, if known."""

    file: str
    spot: Spot
    place: Place
    code: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Built:
    """
    A site as it was built.

    Attributes:
        routes: by file of the output: what the file is about.
        pages: by file: what the HTML holds.
        sources: by file: the content file that it is made of.
        redirects: from where to where the settings send readers.
        links: where the links of all pages lead.
    """

    site: Site
    base_url: str
    routes: dict[str, Any]
    pages: dict[str, Page]
    sources: dict[str, Source]
    redirects: dict[str, str]
    links: Links

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

    def is_redirect(self, file: str) -> bool:
        """Whether the page *file* only leads elsewhere."""
        return isinstance(self.routes[file], RedirectRoute)

    def problems(self, findings: Iterable[Finding]) -> Iterator[Problem]:
        """Yield findings as problems; what many pages share is their template's, and told once."""
        groups: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
        for one in findings:
            if one.place != NOWHERE:
                yield self.sources[one.file].problem(one.place, one.code, one.message, one.hint)
            else:
                groups[one.code, one.message, one.hint].append(one)
        for (code, message, hint), group in groups.items():
            yield self._shared(code, message, hint, group)

    def _shared(self, code: str, message: str, hint: str, group: list[Finding]) -> Problem:
        first = min(group)
        told = [hint] if hint else []
        if len(group) > 1:
            more = f"{len(group) - 1} more page{'' if len(group) == 2 else 's'}"  # noqa: PLR2004
            told.append(f"and on {more}, so look in the templates")
        path, line = self.shown(first.file), first.spot.line
        return problem(code, message, path=path, line=line, hint="; ".join(told))


def gather(site: Site, look: Look, executor: Executor | None) -> Built:
    """Return what *site* has, which was built just now."""
    files = [file for file in look(FILES) or () if (site.output / file).is_file()]
    routes = dict(zip(files, look.many([make("route", file) for file in files]), strict=True))
    pages = read_pages(site.output, [one for one in files if one.endswith(".html")], executor)
    paths = {file: getattr(route, "path", "") for file, route in routes.items()}
    base_url = look(make("config", "site")).base_url
    prefix = prefix_of(base_url)
    redirects = {str(old): str(new) for old, new in look(make("config", "redirects")).items()}
    return Built(
        site=site,
        base_url=base_url,
        routes=routes,
        pages=pages,
        sources={file: Source(site.root, path, prefix) for file, path in paths.items() if path},
        redirects=redirects,
        links=Links(base_url, routes, pages, redirects),
    )
