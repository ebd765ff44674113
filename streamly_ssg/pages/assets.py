"""
Assets: the files of a theme below /assets/, under names that say what is in them.

Whatever names an asset, be it a page, a style sheet or a script, names its contents, so browsers
may keep it for ever. Style sheets and scripts name each other, even in circles; so the mark in a
name is the digest of all that can be reached from the file. A file ``NAME.jinja`` is a template
that sees ``site``: what it gives is the asset NAME, unless it gives nothing.

``asset-files:`` is which files there are, ``asset-text:NAME`` a text before its references are
filled in, ``mark:NAME`` its mark, ``sheet:NAME`` the text as it is published, ``asset:NAME`` what
pages learn of it.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha384
from posixpath import dirname, join, normpath, splitext
from typing import NamedTuple

from streamly_ssg.engine import digest
from streamly_ssg.engine.key import make
from streamly_ssg.engine.rule import Fetch
from streamly_ssg.errors import ContentError, problem
from streamly_ssg.values import Value

from . import shortening
from .rendering import render_asset

TEMPLATE = ".jinja"
STYLES = (".css",)
SCRIPTS = (".js", ".mjs")
TEXTS = (*STYLES, *SCRIPTS)
# An address in a style sheet; whole ones, and those from the root, are none of ours.
_IN_STYLES = re.compile(
    rb"""(?:\burl\(\s*["']?|@import\s*["'])(?![a-z]+:|[/#])(?P<name>[^"')\s?#]+)""",
    re.IGNORECASE,
)
# An address in a script; one without a dot in front means no file.
_IN_SCRIPTS = re.compile(
    rb"""(?:\bfrom|\bimport(?:\s*\()?|(?P<url>\bnew\s+URL\())\s*["']"""
    rb"""(?P<name>\.{1,2}/[^"'\s?#]+)(?=["'](?(url)\s*,\s*import\.meta\.url))"""
)


class Asset(Value):
    """
    What pages learn of an asset.

    Attributes:
        name: as the theme has it.
        url: its address, with its mark in it.
        integrity: what a browser may check it with; only for styles and scripts.
        source: the key that holds what is in it.
    """

    name: str
    url: str
    integrity: str
    source: str


AnyAsset = Asset | None
Assets = tuple[Asset, ...]
Files = dict[str, str]


class Reference(NamedTuple):
    """An asset that another one names: where, and as what."""

    start: int
    end: int
    written: str
    name: str


def files(_name: str, fetch: Fetch) -> Files:
    """Return the inputs that hold the assets, by name: those of the nearest theme that has them."""
    paths = fetch(make("listing", "theme"))
    found: Files = {}
    for theme in fetch(make("theme-chain")):
        prefix = f"{theme}/assets/"
        here = [path for path in paths if path.startswith(prefix)]
        for path in sorted(here, key=lambda path: path.endswith(TEMPLATE)):
            found.setdefault(path[len(prefix) :].removesuffix(TEMPLATE), path)
    return dict(sorted(found.items()))


def text(name: str, fetch: Fetch) -> bytes:
    """Return the style sheet, the script or the template *name*, its references as written."""
    path = fetch(make("asset-files"))[name]
    data: bytes = fetch(make("theme", path)) or b""
    if path.endswith(TEMPLATE):
        data = render_asset(f"themes/{path}", _decoded(path, data), fetch(make("site")))
    if name.endswith(TEXTS) and fetch(make("config", "output")).minify:
        shorten = shortening.style if name.endswith(STYLES) else shortening.script
        data = shorten(data)
    return data


def mark(name: str, fetch: Fetch) -> str:
    """Return the mark of the asset *name*: a piece of the digest of all that is reached from it."""
    found: dict[str, bytes] = {}
    pending = [name]
    while pending:
        one = pending.pop()
        if one not in found:
            data = _content(one, fetch)
            found[one] = digest.of(data)
            pending += [reference.name for reference in _references(one, data, fetch)]
    if len(found) == 1:
        return found[name].hex()[:10]
    parts = (b"%s %s" % (one.encode(), found[one]) for one in sorted(found))
    return digest.of(b"\0".join(parts)).hex()[:10]


def sheet(name: str, fetch: Fetch) -> bytes:
    """Return the style sheet or the script *name*, with the published names of what it names."""
    if name not in fetch(make("asset-files")):
        return b""
    data = _content(name, fetch)
    parts, at = [], 0
    for start, end, written, other in _references(name, data, fetch):
        parts += [data[at:start], _marked(written, fetch(make("mark", other))).encode()]
        at = end
    return b"".join([*parts, data[at:]])


def asset(name: str, fetch: Fetch) -> Asset | None:
    """Return what pages learn of the asset *name*; None if there is no such thing."""
    path = fetch(make("asset-files")).get(name)
    if path is None:
        return None
    url = f"/assets/{_marked(name, fetch(make('mark', name)))}"
    if not _is_text(name, path):
        return Asset(name, url, "", make("theme", path))
    source = make("sheet", name)
    data: bytes = fetch(source)
    if path.endswith(TEMPLATE) and not data.strip():
        return None
    return Asset(name, url, _integrity(data) if name.endswith(TEXTS) else "", source)


def assets(_name: str, fetch: Fetch) -> Assets:
    """Return everything below /assets/."""
    found = (fetch(make("asset", name)) for name in fetch(make("asset-files")))
    return tuple(one for one in found if one is not None)


def _is_text(name: str, path: str) -> bool:
    return name.endswith(TEXTS) or path.endswith(TEMPLATE)


def _content(name: str, fetch: Fetch) -> bytes:
    path = fetch(make("asset-files"))[name]
    key = make("asset-text", name) if _is_text(name, path) else make("theme", path)
    data: bytes = fetch(key) or b""
    return data


def _references(name: str, data: bytes, fetch: Fetch) -> Iterator[Reference]:
    """Yield the assets that the style sheet or the script *name* names, in order."""
    pattern = _pattern(name)
    known: Files = fetch(make("asset-files"))
    for match in pattern.finditer(data) if pattern else ():
        written = match["name"].decode("utf-8", "replace")
        other = normpath(join(dirname(name), written))
        if other in known:
            yield Reference(match.start("name"), match.end("name"), written, other)


def _pattern(name: str) -> re.Pattern[bytes] | None:
    if name.endswith(STYLES):
        return _IN_STYLES
    return _IN_SCRIPTS if name.endswith(SCRIPTS) else None


def _marked(name: str, mark: str) -> str:
    stem, suffix = splitext(name)
    return f"{stem}.{mark}{suffix}"


def _integrity(data: bytes) -> str:
    return f"sha384-{b64encode(sha384(data).digest()).decode()}"


def _decoded(path: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = "is not UTF-8"
        raise ContentError(problem("TEMPLATE", text, path=f"themes/{path}")) from error
