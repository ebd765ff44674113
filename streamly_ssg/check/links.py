"""Where the links of all pages lead: to a page, to a place on it, or nowhere."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from posixpath import splitext
from urllib.parse import unquote, urljoin, urlsplit

from streamly_ssg.errors import did_you_mean

from .pages import Page, Spot

WEB = {"", "http", "https"}
ALWAYS_THERE = {"", "top"}
SERVICE = "/api/"
GUESSES = 50  # dead links whose nearest neighbour is looked for


@dataclass(frozen=True, slots=True)
class Dead:
    """A link that leads nowhere: on which page, how it is written there, what is missing."""

    file: str
    spot: Spot
    code: str
    message: str
    hint: str


Fault = tuple[str, str, str]  # code, message and hint


class Links:
    """The addresses of one site: which files there are, and what is on the pages."""

    def __init__(
        self,
        base_url: str,
        files: Collection[str],
        pages: Mapping[str, Page],
        moved: Collection[str],
    ) -> None:
        """
        Know the site.

        Args:
            base_url: where the site lives.
            files: every file of the output.
            pages: those of them that are HTML.
            moved: paths that the host sends elsewhere.
        """
        parts = urlsplit(base_url)
        self._host = parts.netloc
        self._prefix = parts.path.rstrip("/")
        self._files = set(files)
        self._pages = pages
        self._moved = {path.rstrip("/") for path in moved}
        self._judged: dict[str, Fault | None] = {}
        self._guesses = GUESSES

    def dead(self, files: Iterable[str]) -> Iterator[Dead]:
        """Yield the links on the pages *files* that lead nowhere."""
        for file in files:
            seen = set()
            for spot in self._pages[file].links:
                if spot.text not in seen:
                    seen.add(spot.text)
                    fault = self._fault(file, spot.text)
                    if fault is not None:
                        yield Dead(file, spot, *fault)

    def outside(self, files: Iterable[str]) -> dict[str, tuple[str, Spot]]:
        """Return the addresses of other sites, each with the first page that links there."""
        found: dict[str, tuple[str, Spot]] = {}
        for file in files:
            for spot in self._pages[file].links:
                if spot.text not in found and self._is_elsewhere(spot.text):
                    found[spot.text] = file, spot
        return found

    def _is_elsewhere(self, url: str) -> bool:
        """Whether *url* is on another site, and doesn't only take a page of ours there to share."""
        if not url.startswith(("http:", "https:", "//")):
            return False
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        return parts.netloc not in {"", self._host} and self._host not in unquote(
            f"{parts.query} {parts.fragment}"
        )

    def file_of(self, file: str, url: str) -> str:
        """Return the file of the output that *url* on the page *file* means, or an empty text."""
        try:
            target = urlsplit(urljoin(f"//{self._host}{self._prefix}/{_address(file)}", url))
        except ValueError:
            return ""
        path = unquote(target.path)
        if target.netloc != self._host or not path.startswith(f"{self._prefix}/"):
            return ""
        return self._file_at(path[len(self._prefix) + 1 :]) or ""

    def leads_nowhere(self, path: str) -> bool:
        """Whether *path*, as the settings write it, is an address of this site without a page."""
        here = unquote(urlsplit(path).path)
        return path.startswith("/") and self._file_at(here[1:]) is None

    def has_page(self, path: str) -> bool:
        """Whether there is a file at *path*, as the settings write it."""
        return bool(self._file_at(unquote(path)[1:]))

    def _fault(self, file: str, url: str) -> Fault | None:
        """Return what is wrong with a link; one from the root is the same everywhere."""
        if not url.startswith("/"):
            return self._judge(file, url)
        if url not in self._judged:
            self._judged[url] = self._judge(file, url)
        return self._judged[url]

    def _judge(self, file: str, url: str) -> Fault | None:
        try:
            target = urlsplit(urljoin(f"//{self._host}{self._prefix}/{_address(file)}", url))
            path = unquote(target.path)
        except ValueError:
            return "LINK", f'links to "{url}", which is no address', ""
        if target.scheme not in WEB or target.netloc != self._host:
            return None
        if not path.startswith(f"{self._prefix}/"):
            return self._outside_fault(url, path)
        if path.startswith(self._prefix + SERVICE):
            return None
        return self._inside_fault(url, path, unquote(target.fragment))

    def _inside_fault(self, url: str, path: str, mark: str) -> Fault | None:
        found = self._file_at(path[len(self._prefix) + 1 :])
        if found is None:
            return "LINK", f'links to "{url}", which does not exist', self._near(path)
        return self._anchor_fault(url, found, mark) if found in self._pages else None

    def _outside_fault(self, url: str, path: str) -> Fault | None:
        """Return what is wrong if a page of ours is meant, and the path of the site forgotten."""
        if not self._file_at(path.removeprefix("/")):
            return None
        hint = f"write {self._prefix}{path}, or link to the file"
        return "LINK", f'links to "{url}", which is outside of {self._prefix}/', hint

    def _file_at(self, path: str) -> str | None:
        """Return the file of the output at *path*; an empty text if only the host knows."""
        for file in (path, f"{path}index.html", f"{path}/index.html"):
            if file in self._files and not file.startswith("/"):
                return file
        return "" if f"/{path}".rstrip("/") in self._moved else None

    def _anchor_fault(self, url: str, found: str, mark: str) -> Fault | None:
        mark = mark.partition(":~:")[0]
        ids = self._pages[found].ids
        if mark in ALWAYS_THERE or mark in ids:
            return None
        text = f'links to "{url}", where nothing has the id "{mark}"'
        return "ANCHOR", text, did_you_mean(mark, ids)

    def _near(self, path: str) -> str:
        self._guesses -= 1
        alike = self._addresses.get(splitext(path)[1], ()) if self._guesses >= 0 else ()
        return did_you_mean(path, alike) or "correct it, or take the link out"

    @cached_property
    def _addresses(self) -> dict[str, list[str]]:
        """All addresses, by what they end with."""
        found: dict[str, list[str]] = {}
        for file in sorted(self._files):
            address = f"{self._prefix}/{_address(file)}"
            found.setdefault(splitext(address)[1], []).append(address)
        return found


def _address(file: str) -> str:
    return file.removesuffix("index.html")
