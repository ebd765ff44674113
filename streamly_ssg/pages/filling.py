"""
Filling: what a document left open is closed by the page that shows it.

A link to another content file becomes that document's address, and fails with its place if there is
none; a relative file becomes the address it is copied to; a shortcode becomes an inset that is
rendered with its template.
"""

from collections.abc import Callable
from html import escape
from urllib.parse import urljoin

from streamly_ssg.documents.fragments import Call, Fragment, Link
from streamly_ssg.engine.key import make
from streamly_ssg.engine.rule import Fetch
from streamly_ssg.errors import ContentError, Problem, did_you_mean, problem

from .frame import templates
from .origin import Origin
from .rendering import Inset, Text
from .urls import resolve

DOCUMENTS = (".md", ".markdown")


def fill(
    fragment: Fragment, path: str, url: str, fetch: Fetch, *, whole: bool = False, tree: str = ""
) -> Text:
    """
    Return the text of *fragment*.

    Args:
        fragment: what was parsed from the document.
        path: of the document.
        url: of the document's page.
        fetch: the door.
        whole: whether addresses must be complete, because the text leaves the site.
        tree: the language of the page.
    """
    if not fragment.holes:
        return fragment.pieces
    problems: list[Problem] = []
    text = _fill(fragment, _Place(path, url, whole, tree, fetch), problems)
    if problems:
        raise ContentError(*problems)
    return text


class _Place:
    """Where a text stands."""

    def __init__(self, path: str, url: str, whole: bool, tree: str, fetch: Fetch) -> None:  # noqa: FBT001
        self.tree = tree
        self.path = path
        self.url = url
        self.fetch = fetch
        self.origin: Origin = fetch(make("origin"))
        self.link: Callable[[str], str] = self.origin.whole if whole else self.origin.link


def _fill(fragment: Fragment, place: _Place, problems: list[Problem]) -> Text:
    parts: list[str | Inset] = [fragment.pieces[0]]
    for hole, piece in zip(fragment.holes, fragment.pieces[1:], strict=True):
        try:
            part = _link(hole, place) if isinstance(hole, Link) else _inset(hole, place, problems)
        except ContentError as error:
            problems += error.problems
            continue
        if isinstance(part, str) and isinstance(parts[-1], str):
            parts[-1] += part + piece
        else:
            parts += [part, piece]
    return tuple(parts)


def _link(link: Link, place: _Place) -> str:
    target, mark, fragment = link.target.partition("#")
    file = resolve(target, place.path)
    if target.endswith(DOCUMENTS):
        return escape(_document(file, link, place) + mark + fragment)
    if not target.startswith("/"):
        target = place.fetch(make("resource", file)) or urljoin(place.url, target)
    return escape(place.link(target) + mark + fragment)


def _document(file: str, link: Link, place: _Place) -> str:
    found = place.fetch(make("place", file))
    if found is not None:
        return place.link(found.url)
    listing = place.fetch(make("listing", "content"))
    if file in listing:
        text = f'links to "{link.target}", which is not published'
        hint = "publish it, or take the link out"
    else:
        text = f'links to "{link.target}", which does not exist'
        hint = did_you_mean(file, listing) or f"there is no content/{file}"
    raise ContentError(_at(link, "LINK", text, hint, place))


def _inset(call: Call, place: _Place, problems: list[Problem]) -> Inset:
    name = f"shortcodes/{call.name}.html"
    if place.fetch(make("source", name)) is None:
        text = f'there is no shortcode "{call.name}"'
        hint = did_you_mean(call.name, _known(place.fetch)) or f"add templates/{name} to the theme"
        raise ContentError(_at(call, "SHORTCODE", text, hint, place))
    used, _ = templates(name, place.tree, place.fetch)
    inner = _fill(call.inner, place, problems) if call.inner else ()
    options = {key: _option(key, value, place) for key, value in call.options}
    return Inset(name, used, call.args, options, inner, place.origin.prefix)


def _option(key: str, value: str, place: _Place) -> str:
    """An address among the options is one like any other in the text."""
    if key not in {"src", "poster", "href"} or "://" in value or value.startswith("//"):
        return value
    if value.startswith("/"):
        return place.link(value)
    found = place.fetch(make("resource", resolve(value, place.path)))
    return place.link(found or urljoin(place.url, value))


def _known(fetch: Fetch) -> list[str]:
    paths = fetch(make("listing", "theme"))
    return [
        path.rpartition("/")[2].removesuffix(".html") for path in paths if "/shortcodes/" in path
    ]


def _at(hole: Link | Call, code: str, message: str, hint: str, place: _Place) -> Problem:
    path = f"content/{place.path}"
    return problem(code, message, path=path, line=hole.line, column=hole.column, hint=hint)
