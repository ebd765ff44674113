"""
``_headers`` and ``_redirects`` of the output, in the form that Netlify and Cloudflare Pages read.

A path may hold ``*`` for anything and ``:name`` for one step. Of several rules for a header the
last one counts, since the builder writes the more particular ones later; ``! Name`` takes a header
away. Of several redirects the first one counts, but those that name one whole path go before.
"""

import logging
import re
from collections.abc import Iterator
from typing import NamedTuple

from .paths import spelled

LOG = logging.getLogger(__name__)
ONWARD = (301, 302, 303, 307, 308)
ABSENT = (404, 410)
NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
HOLE = re.compile(r"\*|:[A-Za-z]\w*")
SPLAT = "splat"
FRAMING = set(
    "connection content-encoding content-length content-range date etag keep-alive last-modified"
    " location trailer transfer-encoding upgrade".split()
)
MOST = 1024  # paths whose headers are remembered

Field = tuple[bytes, bytes | None]  # None: the header goes
Fields = tuple[Field, ...]


class Redirect(NamedTuple):
    """Where a path leads: to *target*, or nowhere if *status* is 404 or 410."""

    target: str
    status: int


class HeaderRules:
    """What ``_headers`` says."""

    def __init__(self, text: str = "") -> None:
        self._rules = [(_pattern(path), fields) for path, fields in _blocks(text)]
        self._known: dict[str, Fields] = {}

    def of(self, path: str) -> Fields:
        """Return the headers of an answer to *path*."""
        found = self._known.get(path)
        if found is None:
            matching = (fields for rule, fields in self._rules if rule.fullmatch(path))
            found = tuple({name: value for fields in matching for name, value in fields}.items())
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[path] = found
        return found


class RedirectRules:
    """What ``_redirects`` says."""

    def __init__(self, text: str = "") -> None:
        self._exact: dict[str, Redirect] = {}
        self._patterns: list[tuple[re.Pattern[str], Redirect]] = []
        for source, redirect in _lines(text):
            if HOLE.search(source):
                self._patterns.append((_pattern(source), redirect))
            else:
                self._exact.setdefault(_trimmed(source), redirect)

    def of(self, path: str) -> Redirect | None:
        """Return where *path*, an address in its one spelling, leads to."""
        found = self._exact.get(_trimmed(path))
        if found is None:
            found = next(self._filled(path), None)
        return None if found is None or found.target == path else found

    def _filled(self, path: str) -> Iterator[Redirect]:
        for pattern, redirect in self._patterns:
            if match := pattern.fullmatch(path):
                yield redirect._replace(target=_fill(redirect.target, match.groupdict()))


def _blocks(text: str) -> Iterator[tuple[str, list[Field]]]:
    path, fields = "", list[Field]()
    for line in _told(text):
        if not line[0].isspace():
            if path:
                yield path, fields
            path, fields = line.strip(), []
        elif path and (field := _field(line.strip())) is not None:
            fields.append(field)
    if path:
        yield path, fields


def _field(line: str) -> Field | None:
    is_removal = line.startswith("!")
    name, colon, value = line.lstrip("! ").partition(":")
    name, value = name.strip().lower(), value.strip()
    is_sound = NAME.fullmatch(name) and name not in FRAMING and value.isprintable()
    if not is_sound or bool(colon) == is_removal or not value.isascii():
        LOG.warning("_headers: what is written in %r is no header that can be set", line)
        return None
    return name.encode(), None if is_removal else value.encode()


def _lines(text: str) -> Iterator[tuple[str, Redirect]]:
    for line in _told(text):
        source, *rest = line.split()
        target = rest[0] if rest else ""
        status = rest[1].removesuffix("!") if len(rest) > 1 else "301"
        is_known = status.isdecimal() and int(status) in (*ONWARD, *ABSENT)
        if not source.startswith("/") or not target or not is_known or not target.isascii():
            LOG.warning("_redirects: what is written in %r is no redirect that can be done", line)
            continue
        yield spelled(source), Redirect(target, int(status))


def _told(text: str) -> Iterator[str]:
    return (line for line in text.splitlines() if line.strip() and line.strip()[0] != "#")


def _pattern(path: str) -> re.Pattern[str]:
    """Return *path* as an expression; each name counts once, and so does the star."""
    parts, at, names = "", 0, set[str]()
    for hole in HOLE.finditer(path):
        name = SPLAT if hole[0] == "*" else hole[0][1:]
        group = "" if name in names else f"?P<{name}>"
        names.add(name)
        parts += re.escape(path[at : hole.start()])
        parts += f"({group}{'.*' if name == SPLAT else '[^/]+'})"
        at = hole.end()
    return re.compile(parts + re.escape(path[at:]), re.DOTALL)


def _fill(target: str, values: dict[str, str]) -> str:
    def value(hole: re.Match[str]) -> str:
        return values.get(hole[0][1:], hole[0])

    return re.sub(r":[A-Za-z]\w*", value, target)


def _trimmed(path: str) -> str:
    return path.rstrip("/") or "/"
