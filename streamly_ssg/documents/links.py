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

from .fragments import Link
from .texts import control_character

# It begins with a letter that is rare in HTML, so the regex engine skips from one to the next.
_URL = re.compile(
    r"""=(?:(?<=\shref=)|(?<=\ssrc=)|(?<=\sposter=))(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE
)
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


def cut_links(html: str, part: Part, hole: Callable[[Link], str]) -> str:
    """Return *html* with every relative URL replaced by what *hole* gives for it."""
    if "href=" not in html and "src=" not in html and "poster=" not in html:
        return html
    finder: _Finder | None = None

    def cut(match: re.Match[str]) -> str:
        nonlocal finder
        url = unescape(match[1] or match[2] or "")
        if not is_relative(url) or not _is_in_tag(html, match.start()):
            return match[0]
        finder = finder or _Finder(part)
        line, column = finder.find(url)
        image = not html.endswith(("href", "HREF"), 0, match.start())
        quote = match[0][-1]
        return f"={quote}{hole(Link(as_written(url), image, line, column))}{quote}"

    return _URL.sub(cut, html)


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
