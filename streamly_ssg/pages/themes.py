"""
Themes: which templates and assets a site has, and all that a template depends on.

A theme may extend another one, and files of the site's own ``themes/`` stand before those that come
with Streamly, file by file. Looking for a file that isn't there is an answer too: if it appears
later, whoever looked must notice. That is why every step of a search is a fetch.

``source:NAME`` is one template, ``template:NAME`` a template with all that it includes and the
assets that these name, in the language of the site (``template:NAME@CODE`` in another one),
``theme-chain:`` the theme and its ancestors.
"""

import re
import tomllib
from collections.abc import Iterable
from typing import Any

from jinja2 import TemplateSyntaxError, meta, nodes

from streamly_ssg.engine import digest
from streamly_ssg.engine.key import make
from streamly_ssg.engine.rule import Fetch
from streamly_ssg.errors import ContentError, did_you_mean, problem
from streamly_ssg.values import Value, encode

from .rendering import can_be_short, environment
from .tongue import ENGLISH

EVERYTHING = "*"
PLAIN_ENGLISH = encode(ENGLISH)
ASSETS = ("assets", "integrity")  # of the site
HTML, SHORTCODES = ".html", "shortcodes/"
METHODS = {"get", "items", "keys", "values"}
MANY = 16  # ancestors that a theme may have
_SPOKEN = re.compile(r"(.+)@([A-Za-z0-9-]+)")


class Source(Value):
    """One template: its text, what it includes, which data files and assets it names."""

    name: str
    path: str
    text: str
    includes: tuple[str, ...]
    data: tuple[str, ...]
    assets: tuple[str, ...]
    can_be_short: bool


class TemplateSet(Value):
    """
    A template with all that it includes.

    *tongue* is its language, encoded, unless English; *assets* are ``(name, url, integrity)`` of
    those that it names.
    """

    digest: bytes
    sources: tuple[tuple[str, str, str], ...]
    data: tuple[str, ...]
    tongue: bytes
    assets: tuple[tuple[str, str, str], ...]
    are_short: bool


AnySource = Source | None


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


def option(name: str, fetch: Fetch) -> Any:
    """Return what theme.toml of the nearest theme that says it gives for *name*, or None."""
    for theme in fetch(make("theme-chain")):
        settings = _settings(theme, fetch)
        if name in settings:
            return settings[name]
    return None


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
    assets = _assets(found.values(), fetch)
    short = _are_short(name, found.values(), fetch)
    return TemplateSet(summary, sources, tuple(sorted(data)), spoken, assets, short)


def _are_short(name: str, found: Iterable[Source], fetch: Fetch) -> bool:
    """Tell whether whitespace is shortened; a shortcode may stand in a ``pre`` of the text."""
    can_be = name.endswith(HTML) and not name.startswith(SHORTCODES)
    can_be = can_be and all(one.can_be_short for one in found)
    return can_be and fetch(make("config", "output")).minify


def _assets(found: Iterable[Source], fetch: Fetch) -> tuple[tuple[str, str, str], ...]:
    """Return what is known of the assets that templates name; one that isn't there is missed."""
    names = {name for one in found for name in one.assets}
    if EVERYTHING in names:
        names |= fetch(make("asset-files")).keys()
    known = [fetch(make("asset", name)) for name in sorted(names - {EVERYTHING})]
    prefix = fetch(make("origin")).prefix if any(known) else ""
    return tuple((one.name, prefix + one.url, one.integrity) for one in known if one)


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
    names = tuple(dict.fromkeys(includes))
    told = _data_names(tree), _asset_names(tree), can_be_short(text)
    return Source(name, path, text, names, *told)


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


def _asset_names(tree: nodes.Template) -> tuple[str, ...]:
    """Return the names in ``site.assets["NAME"]`` and its like; any other use names them all."""
    names: set[str] = set()
    counted = 0
    for node in tree.find_all((nodes.Getitem, nodes.Call, nodes.Compare)):
        match node:
            case nodes.Getitem(node=holder, arg=nodes.Const(value=str(name))):
                pass
            case nodes.Call(
                node=nodes.Getattr(node=holder, attr="get"),
                args=[nodes.Const(value=str(name)), *_],
            ):
                pass
            case nodes.Compare(
                expr=nodes.Const(value=str(name)),
                ops=[nodes.Operand(op="in" | "notin", expr=holder)],
            ):
                pass
            case _:
                continue
        if _is_assets(holder):
            names.add(name)
            counted += 1
    uses = sum(map(_is_assets, tree.find_all(nodes.Getattr)))
    hidden = any(one.value in ASSETS for one in tree.find_all(nodes.Const))
    return (EVERYTHING,) if uses > counted or hidden else tuple(sorted(names))


def _is_assets(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Getattr) and node.attr in ASSETS


_PARSER = environment({})
_PARSER.translates = False  # what is wrong with a word is told where it is used
