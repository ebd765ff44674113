"""
Relative links: found in the HTML, placed in the source.

Neither engine tells where a link stood, so its URL is looked up in the text that the author wrote;
code is blanked first, and every find continues behind the last one of the same URL.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cached_property
from html import escape, unescape
from itertools import accumulate
from urllib.parse import unquote

from .fragments import Image, Link
from .texts import control_character

# It begins with a letter that is rare in HTML, so the regex engine skips from one to the next.
_URL = re.compile(
    r"""=(?:(?<=\shref=)|(?<=\ssrc=)|(?<=\sposter=))(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE
)
_IMAGE = re.compile(
    r"""<img\b((?:[^>"']|"[^"]*"|'[^']*')*)>|=(?:(?<=\shref=)|(?<=\ssrc=)|(?<=\sposter=))"""
    r"""(?:"([^"]*)"|'([^']*)')""",
    re.IGNORECASE,
)
_MARKS = ("href=", "src=", "poster=", "<IMG")
_TAKEN = re.compile(r"<!--.*?(?:-->|\Z)|<picture\b.*?(?:</picture|\Z)", re.IGNORECASE | re.DOTALL)
_ATTRIBUTE = re.compile(r"""([^\s=>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")
MAX_TAG = 10_000
_ABSOLUTE = re.compile(r"https?:|[A-Za-z][A-Za-z0-9+.-]*:|//|[#?\s]|$")
_RUN = re.compile(r"`+|~+")
MAX_MISSES = 100
MAX_LOOK_BACK = 4000


class Part:
    """A stretch of a file: where its first line begins, and what was cut off its other lines."""

    def __init__(self, source: str, line: int, column: int = 1, indent: int = 0) -> None:
        self.source = source
        self.line = line
        self.column = column
        self.indent = indent

    @cached_property
    def starts(self) -> list[int]:
        """The offset of every line."""
        return list(accumulate((len(line) + 1 for line in self.source.split("\n")), initial=0))

    def place(self, at: int) -> tuple[int, int]:
        """Return the line and the column of the file for an offset of this part."""
        row = bisect_right(self.starts, at) - 1
        shift = self.indent if row else self.column - 1
        return self.line + row, at - self.starts[row] + 1 + shift

    def reading(self, source: str) -> Part:
        """Return the same stretch with another text of the same lines."""
        return Part(source, self.line, self.column, self.indent)


def cut_links(html: str, part: Part, hole: Callable[[Link | Image], str]) -> str:
    """Return *html* with every relative URL, and every image that has one, replaced by *hole*'s."""
    if not any(mark in html for mark in _MARKS):
        return html
    return _Cutter(html, part, hole).cut()


class _Cutter:
    """Cuts the links and images out of one text."""

    def __init__(self, html: str, part: Part, hole: Callable[[Link | Image], str]) -> None:
        self.html = html
        self.hole = hole
        self.part = part

    @cached_property
    def taken(self) -> list[tuple[int, ...]]:
        """Where comments and pictures begin and end."""
        return [match.span() for match in _TAKEN.finditer(self.html)]

    @cached_property
    def finder(self) -> _Finder:
        """What finds where a URL was written."""
        return _Finder(self.part)

    def cut(self) -> str:
        """Return the text with holes."""
        if "<img" in self.html or "<IMG" in self.html:
            return _IMAGE.sub(self._image_or_link, self.html)
        return _URL.sub(self._link, self.html)

    def _image_or_link(self, match: re.Match[str]) -> str:
        if match[1] is None:
            return self._link(match, 2)
        attributes = dict(_attributes(match[1]))
        url = attributes.pop("src", "")
        if "srcset" in attributes or not self._is_free(match):
            return _URL.sub(self._inner_link, match[0])
        if not is_relative(url):
            return match[0]
        line, column = self.finder.find(url)
        others = tuple(attributes.items())
        return self.hole(Image(as_written(url), others, line, column))

    def _is_free(self, match: re.Match[str]) -> bool:
        """Tell whether nothing else says what is to be shown: no picture, comment or shortcode."""
        at = bisect_right(self.taken, (match.start(),)) - 1
        return (at < 0 or self.taken[at][1] <= match.start()) and "\ufdd0" not in match[0]

    def _link(self, match: re.Match[str], first: int = 1) -> str:
        return self._put(match, first) if _is_in_tag(self.html, match.start()) else match[0]

    def _inner_link(self, match: re.Match[str]) -> str:
        return self._put(match, 1)

    def _put(self, match: re.Match[str], first: int) -> str:
        url = unescape(match[first] or match[first + 1] or "")
        if not is_relative(url):
            return match[0]
        line, column = self.finder.find(url)
        image = not match.string.endswith(("href", "HREF"), 0, match.start())
        quote = match[0][-1]
        return f"={quote}{self.hole(Link(as_written(url), image, line, column))}{quote}"


def _attributes(tag: str) -> Iterator[tuple[str, str]]:
    """Yield the attributes of a tag; of those that stand there twice, the first counts."""
    seen = set()
    for name, *values in _ATTRIBUTE.findall(tag):
        if name.lower() not in seen:
            seen.add(name.lower())
            yield name.lower(), unescape("".join(values))


def _is_in_tag(html: str, at: int) -> bool:
    """Return whether a tag is open; neither engine escapes every quote of a text about HTML."""
    start = max(0, at - MAX_TAG)
    return html.rfind("<", start, at) > html.rfind(">", start, at)


def is_relative(url: str) -> bool:
    """Return whether the site has to resolve *url*: all that it serves itself."""
    return not _ABSOLUTE.match(url) and "\ufdd0" not in url


def as_written(url: str) -> str:
    """Return *url* without its percent escapes, unless it would then mean something else."""
    if "%" not in url:
        return url
    decoded = unquote(url)
    same = all(decoded.count(mark) == url.count(mark) for mark in "#?\ufffd")
    return decoded if same and not control_character(decoded) else url


class _Finder:
    """Finds where URLs were written, in order."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.last: dict[str, int] = {}
        self.misses = 0
        self.fenced = list(_fenced(part.source))

    def find(self, url: str) -> tuple[int, int]:
        """Return line and column of *url*, or of the whole part if it was written differently."""
        for form in (url, unquote(url), escape(url)):
            at = self._next(form)
            if at >= 0:
                self.last[form] = at + len(form)
                return self.part.place(at)
        return self.part.line, self.part.column

    def _next(self, form: str) -> int:
        """Return the next offset of *form* outside code, or -1."""
        at = self.last.get(form, 0) - 1
        while self.misses < MAX_MISSES:
            at = self.part.source.find(form, at + 1)
            if at >= 0 and not self._is_code(at):
                return at
            self.misses += 1
            if at < 0:
                break
        return -1

    def _is_code(self, at: int) -> bool:
        starts = self.part.starts
        line = max(starts[bisect_right(starts, at) - 1], at - MAX_LOOK_BACK)
        if self.part.source.count("`", line, at) % 2:
            return True
        return any(start < at < end for start, end in self.fenced)


def _fenced(source: str) -> Iterator[tuple[int, int]]:
    """Yield where fenced code begins and ends."""
    fence = ""
    start = 0
    for at in sorted([*_found("```", source), *_found("~~~", source)]):
        if source[source.rfind("\n", 0, at) + 1 : at].strip(" \t>"):
            continue
        if not fence:
            fence, start = _RUN.match(source, at)[0], at  # type: ignore[index]
        elif source.startswith(fence, at):
            yield start, at
            fence = ""
    if fence:
        yield start, len(source)


def _found(mark: str, source: str) -> Iterator[int]:
    at = source.find(mark)
    while at >= 0:
        yield at
        end = source.find("\n", at)
        at = source.find(mark, end) if end >= 0 else -1
