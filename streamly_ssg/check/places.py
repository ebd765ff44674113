"""From something on a page to where its author wrote it."""

import re
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

from streamly_ssg.errors import Problem, problem

Place = tuple[int, int]  # line and column
NOWHERE: Place = (0, 0)


class Source:
    """
    A content file from which a page is made.

    Args:
        root: the site's folder.
        path: of the file, below content/.
        prefix: the path under which the site lives: pages have it before their links, texts don't.
    """

    def __init__(self, root: Path, path: str, prefix: str) -> None:
        self.path = f"content/{path}"
        self._prefix = prefix
        self._file = root / "content" / path

    @cached_property
    def lines(self) -> list[str]:
        """The file's lines."""
        try:
            return self._file.read_text("utf-8-sig", "replace").splitlines()
        except OSError:
            return []

    def find(self, pattern: str) -> Place:
        """Return where *pattern* first matches."""
        for number, line in enumerate(self.lines, 1):
            if match := re.search(pattern, line):
                return number, match.start() + 1
        return NOWHERE

    def find_link(self, url: str) -> Place:
        """Return where the link stands that became *url*."""
        for written in _spellings(url, self._prefix):
            place = self.find(rf"{re.escape(written)}(?![\w-])")
            if place != NOWHERE:
                return place
        return NOWHERE

    def find_id(self, name: str) -> Place:
        """Return where something is given the id *name*."""
        return self.find(rf"\bid=[\"']?{re.escape(name)}\b|\{{[^}}]*#{re.escape(name)}\b")

    def find_heading(self, level: int, text: str) -> Place:
        """Return where the heading *text* stands."""
        letters = _letters(text)
        for number, line in enumerate(self.lines, 1):
            match = re.match(rf" {{0,3}}#{{{level}}}[ \t]+(.*)", line)
            if match and _letters(match[1]).startswith(letters):
                return number, 1
        return self.find(rf"<h{level}\b")

    def problem(self, place: Place, code: str, message: str, hint: str = "") -> Problem:
        """Return a problem at *place* of this file."""
        line, column = place
        return problem(code, message, path=self.path, line=line, column=column, hint=hint)


def _letters(text: str) -> str:
    return "".join(mark for mark in text.casefold() if mark.isalnum())


def _spellings(url: str, prefix: str) -> list[str]:
    """Return how an author may have written what became *url*, the surest first."""
    parts = urlsplit(url)
    own = url.removeprefix(prefix)
    found = [own, unquote(own), url]
    if parts.fragment:
        found += [f"#{parts.fragment}", f"#{unquote(parts.fragment)}"]
    else:
        last = parts.path.rstrip("/").rpartition("/")[2]
        found += [last, unquote(last)]
    return [one for one in dict.fromkeys(found) if one.strip("/#")]
