"""
Themes: which templates and assets a site has, and all that a template depends on.

A theme may extend another one, and files of the site's own ``themes/`` stand before those that come
with Streamly, file by file. Looking for a file that isn't there is an answer too: if it appears
later, whoever looked must notice. That is why every step of a search is a fetch.

``source:NAME`` is one template, ``template:NAME`` a template with all that it includes, in the
language of the site (``template:NAME@CODE`` in another one), ``assets:`` the files under /assets/,
``sheet:NAME`` one of its style sheets, ``theme-chain:`` the theme and its ancestors.
"""

import re
import tomllib
from posixpath import dirname, join, normpath, splitext
from typing import Any

from jinja2 import TemplateSyntaxError, meta, nodes

from streamly_ssg.engine import digest
from streamly_ssg.engine.key import Key, make
from streamly_ssg.engine.rule import Fetch
from streamly_ssg.errors import ContentError, did_you_mean, problem
from streamly_ssg.values import Value, encode

from .rendering import environment
from .tongue import ENGLISH

EVERYTHING = "*"
PLAIN_ENGLISH = encode(ENGLISH)
METHODS = {"get", "items", "keys", "values"}
MANY = 16  # ancestors that a theme may have
SHEET = ".css"
_SPOKEN = re.compile(r"(.+)@([A-Za-z0-9-]+)")
# An address in a style sheet; whole ones, and those from the root, are none of ours.
_REFERENCE = re.compile(rb"""(\burl\(\s*["']?)(?![a-z]+:|[/#])([^"')\s?#]+)""", re.IGNORECASE)


class Source(Value):
    """One template: its text, what it includes, and which data files it reads."""

    name: str
    path: str
    text: str
    includes: tuple[str, ...]
    data: tuple[str, ...]


class TemplateSet(Value):
    """A template with all that it includes; *tongue* is its language, encoded, unless English."""

    digest: bytes
    sources: tuple[tuple[str, str, str], ...]
    data: tuple[str, ...]
    tongue: bytes


class Asset(Value):
    """A file of the theme: its name, its address with a digest in it, the input that holds it."""

    name: str
    url: str
    source: str


AnySource = Source | None
Assets = tuple[Asset, ...]


def chain(_name: str, fetch: Fetch) -> tuple[str, ...]:
    """Return the names of the site's theme and its ancestors, nearest first."""
    names: list[str] = []
    name = fetch(make("config", "site")).theme
    while name and name not in names and len(names) < MANY:
        names.append(name)
        name = _settings(name, fetch).get("extends", "")
    if name:
        text = "extends itself: " + " → ".join([*names, str(name)])
        raise ContentError(problem("THEME", text, path=f"themes/{names[0]}/theme.toml"))
    return tuple(names)


def _settings(name: str, fetch: Fetch) -> dict[str, Any]:
    path = f"{name}/theme.toml"
    data = fetch(make("theme", path))
    if data is None:
        known = sorted({path.partition("/")[0] for path in fetch(make("listing", "theme"))})
        hint = did_you_mean(name, known) or f"known are {', '.join(known)}"
        text = f'there is no theme "{name}"'
        raise ContentError(problem("THEME", text, path="streamly.toml", hint=hint))
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ContentError(problem("THEME", str(error), path=f"themes/{path}")) from error


def source(name: str, fetch: Fetch) -> Source | None:
    """Return the template *name* of the nearest theme that has it, or None."""
    for theme in fetch(make("theme-chain")):
        path = f"{theme}/templates/{name}"
        data = fetch(make("theme", path))
        if data is not None:
            return _parsed(name, f"themes/{path}", data)
    return None


def template(name: str, fetch: Fetch) -> TemplateSet:
    """Return the template *name* with all that it includes, directly or not, and its language."""
    name, language = _in_language(name)
    found: dict[str, Source] = {}
    pending = [name]
    while pending:
        wanted = pending.pop()
        if wanted in found:
            continue
        if wanted == EVERYTHING:
            pending += _all_templates(fetch)
            continue
        one = fetch(make("source", wanted))
        if one is not None:
            found[wanted] = one
            pending += one.includes
    if name not in found:
        text = f'the theme has no template "{name}"'
        raise ContentError(problem("TEMPLATE", text, path=f"templates/{name}"))
    sources = tuple((name, one.path, one.text) for name, one in sorted(found.items()))
    data = {name for one in found.values() for name in one.data}
    summary = digest.of("\0".join(part for one in sources for part in one).encode())
    language = language or fetch(make("config", "site")).language
    tongue = fetch.encoded(make("tongue", language))
    spoken = b"" if tongue == PLAIN_ENGLISH else tongue
    return TemplateSet(summary, sources, tuple(sorted(data)), spoken)


def _in_language(name: str) -> tuple[str, str]:
    """Return the template's own name, and its language if the name of the key has one."""
    found = _SPOKEN.fullmatch(name)
    return (found[1], found[2]) if found else (name, "")


def _all_templates(fetch: Fetch) -> list[str]:
    """A template that includes by a computed name depends on every template there is."""
    paths = fetch(make("listing", "theme"))
    prefixes = [f"{theme}/templates/" for theme in fetch(make("theme-chain"))]
    return sorted({path[len(p) :] for path in paths for p in prefixes if path.startswith(p)})


def _parsed(name: str, path: str, data: bytes) -> Source:
    try:
        text = data.decode("utf-8-sig")
        tree = _PARSER.parse(text)
    except UnicodeDecodeError as error:
        raise ContentError(problem("TEMPLATE", "is not UTF-8", path=path)) from error
    except TemplateSyntaxError as error:
        raise ContentError(
            problem("TEMPLATE", error.message or "can't be read", path=path, line=error.lineno)
        ) from error
    includes = [EVERYTHING if one is None else one for one in meta.find_referenced_templates(tree)]
    return Source(name, path, text, tuple(dict.fromkeys(includes)), _data_names(tree))


def _data_names(tree: nodes.Template) -> tuple[str, ...]:
    """Return the names in ``data.NAME``; any other use of ``data`` reads them all."""
    names: set[str] = set()
    counted = 0
    for node in tree.find_all(nodes.Getattr):
        if _is_data(node.node):
            names.add(EVERYTHING if node.attr in METHODS else node.attr)
            counted += 1
    for item in tree.find_all(nodes.Getitem):
        if _is_data(item.node) and isinstance(item.arg, nodes.Const):
            names.add(str(item.arg.value))
            counted += 1
    uses = sum(map(_is_data, tree.find_all(nodes.Name)))
    return (EVERYTHING,) if uses > counted else tuple(sorted(names))


def _is_data(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name) and node.name == "data"


def assets(_name: str, fetch: Fetch) -> tuple[Asset, ...]:
    """Return the files under /assets/: those of the nearest theme that has them."""
    return tuple(_asset(name, key, fetch) for name, key in sorted(_files(fetch).items()))


def sheet(name: str, fetch: Fetch) -> bytes:
    """Return the style sheet *name*, with the published names of the fonts and images in it."""
    files = _files(fetch)

    def published(match: re.Match[bytes]) -> bytes:
        written = match[2].decode("utf-8", "replace")
        wanted = normpath(join(dirname(name), written))
        if wanted not in files or wanted.endswith(SHEET):
            return match[0]
        return match[1] + _marked(written, fetch(files[wanted]) or b"").encode()

    return _REFERENCE.sub(published, fetch(files[name]) or b"") if name in files else b""


def _files(fetch: Fetch) -> dict[str, Key]:
    """Return the inputs that hold the assets, by name."""
    paths = fetch(make("listing", "theme"))
    found: dict[str, Key] = {}
    for theme in fetch(make("theme-chain")):
        prefix = f"{theme}/assets/"
        for path in paths:
            if path.startswith(prefix):
                found.setdefault(path[len(prefix) :], make("theme", path))
    return found


def _asset(name: str, key: Key, fetch: Fetch) -> Asset:
    source = make("sheet", name) if name.endswith(SHEET) else key
    return Asset(name, f"/assets/{_marked(name, fetch(source) or b'')}", source)


def _marked(name: str, data: bytes) -> str:
    """Return *name* with a piece of the digest of *data* in it."""
    stem, suffix = splitext(name)
    return f"{stem}.{digest.of(data).hex()[:10]}{suffix}"


_PARSER = environment({})
_PARSER.translates = False  # what is wrong with a word is told where it is used
