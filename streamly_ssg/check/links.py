"""Where the links of all pages lead: to a page, to a place on it, or nowhere."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from posixpath import splitext
from urllib.parse import unquote, urljoin, urlsplit

from streamly_ssg.errors import did_you_mean

from .pages import Page, Spot

WEB = {"", "http", "https"}
ALWAYS_THERE = {"", "top"}
SERVICE = "/api/"


@dataclass(frozen=True, slots=True)
class Dead:
    """A link that leads nowhere: on which page, how it is written there, what is missing."""

    file: str
    spot: Spot
    code: str
    message: str
    hint: str


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
        self._by_suffix: dict[str, tuple[str, ...]] = {}

    def dead(self, files: Iterable[str]) -> Iterator[Dead]:
        """Yield the links on the pages *files* that lead nowhere."""
        for file in files:
            seen = set()
            for spot in self._pages[file].links:
                if spot.text not in seen:
                    seen.add(spot.text)
                    yield from self._check(file, spot)

    def _check(self, file: str, spot: Spot) -> Iterator[Dead]:
        try:
            target = urlsplit(urljoin(f"//{self._host}{self._prefix}/{_address(file)}", spot.text))
            path = unquote(target.path)
        except ValueError:
            yield Dead(file, spot, "LINK", f'links to "{spot.text}", which is no address', "")
            return
        if target.scheme not in WEB or target.netloc != self._host:
            return
        if not path.startswith(f"{self._prefix}/"):
            yield from self._check_outside(file, spot, path)
            return
        if path.startswith(self._prefix + SERVICE):
            return
        found = self._file_at(path[len(self._prefix) + 1 :])
        if found is None:
            text = f'links to "{spot.text}", which does not exist'
            yield Dead(file, spot, "LINK", text, self._near(path))
        elif found in self._pages:
            yield from self._check_anchor(file, spot, found, unquote(target.fragment))

    def _check_outside(self, file: str, spot: Spot, path: str) -> Iterator[Dead]:
        """Yield the link if it means a page of ours and forgets where the site lives."""
        if self._file_at(path.removeprefix("/")):
            text = f'links to "{spot.text}", which is outside of {self._prefix}/'
            yield Dead(file, spot, "LINK", text, f"write {self._prefix}{path}, or link to the file")

    def _file_at(self, path: str) -> str | None:
        """Return the file of the output at *path*; an empty text if only the host knows."""
        for file in (path, f"{path}index.html", f"{path}/index.html"):
            if file in self._files and not file.startswith("/"):
                return file
        return "" if f"/{path}".rstrip("/") in self._moved else None

    def _check_anchor(self, file: str, spot: Spot, found: str, mark: str) -> Iterator[Dead]:
        mark = mark.partition(":~:")[0]
        ids = self._pages[found].ids
        if mark not in ALWAYS_THERE and mark not in ids:
            text = f'links to "{spot.text}", where nothing has the id "{mark}"'
            yield Dead(file, spot, "ANCHOR", text, did_you_mean(mark, ids))

    def _near(self, path: str) -> str:
        near = did_you_mean(path, self._alike(splitext(path)[1]))
        return near or "correct it, or take the link out"

    def _alike(self, suffix: str) -> tuple[str, ...]:
        """Return the addresses that end in *suffix*."""
        if suffix not in self._by_suffix:
            addresses = map(_address, self._files)
            alike = (one for one in addresses if splitext(one)[1] == suffix)
            self._by_suffix[suffix] = tuple(f"{self._prefix}/{one}" for one in alike)
        return self._by_suffix[suffix]


def _address(file: str) -> str:
    return file.removesuffix("index.html")
