"""Links that lead somewhere by a detour, or to where something was."""

import re
from collections.abc import Collection, Iterator, Mapping
from posixpath import dirname, relpath
from urllib.parse import urlsplit

from streamly_ssg.documents.links import is_relative
from streamly_ssg.pages.urls import resolve

from .mends import Edit, Text

DOCUMENTS = (".md", ".markdown")
MOST = 16  # redirects, one after the other
_CODE = re.compile(
    r"^[ \t>*+\-]*(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t>]*(?P=fence)[`~]*[ \t\r]*$|\Z)"
    r"|^(?: {4}|\t)[^\n]*"
    r"|<!--.*?(?:-->|\Z)"
    r"|\{\{<.*?>\}\}"
    r"|(?P<ticks>(?<!`)`+(?!`)).+?(?<!`)(?P=ticks)(?!`)",
    re.DOTALL | re.MULTILINE,
)
_URL = re.compile(
    r"\]\([ ]*<?([^\s<>()]+)"
    r"|^ {0,3}\[[^\]\n]+\]:[ \t]*<?([^\s<>]+)"
    r"|<[A-Za-z][^<>]*?\s(?:href|src)=[\"']([^\"'\s]+)"
    r"|<(https?://[^\s<>]+)>",
    re.MULTILINE,
)


class Addresses:
    """
    What there is on the site, and what has moved.

    Args:
        base_url: where the site lives.
        files: of the output.
        content: files below content/.
        moved: former addresses, and where each leads now.
        own: the address of each document.
    """

    def __init__(
        self,
        base_url: str,
        files: Collection[str],
        content: Collection[str],
        moved: Mapping[str, str],
        own: Mapping[str, str],
    ) -> None:
        parts = urlsplit(base_url)
        self._host = parts.netloc if parts.scheme == "https" else ""
        self._files = set(files)
        self._content = set(content)
        self._moved = {old.rstrip("/"): new for old, new in moved.items()}
        self._own = own
        self._named: dict[str, list[str]] = {}
        for path in content:
            if path.endswith(DOCUMENTS):
                self._named.setdefault(path.rpartition("/")[2], []).append(path)

    def edits(self, text: Text) -> Iterator[Edit]:
        """Yield the links of a document that could be written better."""
        if not any(self.better(url, text.path)[0] for _, url in _urls(text.text)):
            return  # as nearly always, and then it doesn't matter what is code
        start = text.body_start
        for at, url in _urls(without_code(text.text[start:])):
            better, what = self.better(url, text.path)
            if better:
                end = start + at + len(url)
                yield Edit(start + at, end, better, f'links to "{url}", {what} "{better}"')

    def better(self, url: str, path: str) -> tuple[str, str]:
        """Return how the link *url* of the document *path* is written best, and why."""
        target = re.split(r"[?#]", url, maxsplit=1)[0]
        rest = url[len(target) :]
        if self._host and re.match(rf"http://{re.escape(self._host)}(/|$)", target):
            return f"https{url[4:]}", "which is an address of this site:"
        if not is_relative(url) or "%" in target or "&" in target:
            return "", ""
        new, why = self._better(target, path)
        # A page may show its own former address.
        return (f"{new}{rest}", why) if new and new != self._own.get(path) else ("", "")

    def _better(self, target: str, path: str) -> tuple[str, str]:
        if target.endswith(DOCUMENTS):
            return self._document(target, path), "which lies elsewhere now:"
        if not target.startswith("/"):
            return self._source(target, path), "which is made of"
        new = self._current(target)
        return (new, "which has moved to") if new else (self._exact(target), "which leads to")

    def _document(self, target: str, path: str) -> str:
        """Return where a content file lies that was moved and has kept its name."""
        name = target.rpartition("/")[2]
        found = self._named.get(name, ())
        if resolve(target, path) in self._content or len(found) != 1 or name.startswith("index."):
            return ""
        return f"/{found[0]}" if target.startswith("/") else relpath(found[0], dirname(path) or ".")

    def _source(self, target: str, path: str) -> str:
        """Return the content file of which a page is made that is linked to as HTML."""
        source = f"{target.removesuffix('.html')}.md"
        is_known = resolve(source, path) in self._content
        html = target.endswith(".html") and resolve(target, path) not in self._content
        return source if html and is_known else ""

    def _current(self, target: str) -> str:
        """Return where an address leads in the end that was given up."""
        here = target
        for _ in range(MOST):
            new = self._moved.get(here.rstrip("/"))
            if new is None:
                break
            here = new
        is_there = here.startswith("/") and f"{here[1:]}index.html" in self._files
        return here if here != target and is_there else ""

    def _exact(self, target: str) -> str:
        """Return the address of the page of which *target* is nearly the address."""
        if target[1:] in self._files or target.endswith("/"):
            return ""
        path = target.removesuffix(".html")
        return f"{path}/" if f"{path[1:]}/index.html" in self._files else ""


def _urls(text: str) -> Iterator[tuple[int, str]]:
    """Yield where the links of *text* are, and where they lead."""
    for match in _URL.finditer(text):
        group = match.lastindex or 1
        yield match.start(group), match[group]


def without_code(text: str) -> str:
    """Return *text* with everything blanked that isn't prose; places stay."""
    return _CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
