"""Answers that haven't been sent: their headers, and which bytes of which file follow."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from interact_api.settings import Settings
from interact_api.web.headers import PRIVATE, Headers

from . import labels
from .conditions import Span, Unsatisfiable, date_of, span, verdict
from .encodings import CODINGS
from .rules import Fields
from .tree import Opened

BARE = (
    '<!doctype html><html lang="en"><meta charset="utf-8">'
    "<title>{0}</title><body><p>{0}</p></body></html>\n"
)
WORDS = {
    404: "There is nothing at this address.",
    410: "What was here has been removed.",
    500: "Something went wrong on our side.",
}


class Reply(NamedTuple):
    """An answer: *span* of *file*, or *body*; whoever has it closes the file."""

    status: int
    headers: Headers
    body: bytes = b""
    file: Opened | None = None
    span: Span = Span(0, 0)


class Replies:
    """Makes answers: one of these for a site."""

    def __init__(self, settings: Settings) -> None:
        self._defences = labels.defences(settings)
        self._headers = lru_cache(maxsize=1024)(self._made)

    def of_file(self, file: Opened, asked: Mapping[bytes, bytes], rules: Fields) -> Reply:
        """Return the answer that is *file*, or a part of it, or that it is known already."""
        found = list(self._headers(file.path, file.ending, rules))
        found += [(b"etag", file.tag), (b"last-modified", date_of(file.modified))]
        decided = verdict(asked, file.tag, file.modified)
        if decided != 200:  # noqa: PLR2004 - a status
            return Reply(decided, [one for one in found if one[0] != b"content-type"], file=file)
        found.append((b"accept-ranges", b"bytes"))
        try:
            part = span(asked, file.tag, file.size)
        except Unsatisfiable:
            found.append((b"content-range", b"bytes */%d" % file.size))
            return Reply(416, _sized(found, 0), file=file)
        if part is None:
            return Reply(200, _sized(found, file.size), file=file, span=Span(0, file.size))
        found.append((b"content-range", b"bytes %d-%d/%d" % (part.first, part.end - 1, file.size)))
        return Reply(206, _sized(found, part.end - part.first), file=file, span=part)

    def of_page(self, status: int, page: Opened, rules: Fields) -> Reply:
        """Return the site's own page about *status*."""
        found = list(self._headers(page.path, page.ending, rules))
        if status >= 500:  # noqa: PLR2004 - a status
            found = labels.joined(found, (PRIVATE,))
        return Reply(status, _sized(found, page.size), file=page, span=Span(0, page.size))

    def bare(self, status: int) -> Reply:
        """Return a page about *status* for a site that has none."""
        body = BARE.format(WORDS[status]).encode()
        kind = (b"content-type", b"text/html; charset=utf-8")
        return Reply(status, _sized([*self._defences, kind, PRIVATE], len(body)), body)

    def onward(self, status: int, target: str) -> Reply:
        """Return the answer that leads to *target*."""
        found = [(b"location", target.encode()), (b"cache-control", labels.FRESH)]
        return Reply(status, _sized([*self._defences, *found], 0))

    def other_method(self, status: int) -> Reply:
        """Return what files can be asked for: with 204 as an answer, with 405 as a refusal."""
        found = [*self._defences, (b"allow", b"GET, HEAD, OPTIONS"), PRIVATE]
        return Reply(status, found if status == 204 else _sized(found, 0))  # noqa: PLR2004

    def _made(self, path: str, ending: str, rules: Fields) -> tuple[tuple[bytes, bytes], ...]:
        """Return what is said of a file, whatever is in it."""
        found = labels.joined([*self._defences, *labels.of_file(path)], rules)
        if ending:
            found.append((b"content-encoding", CODINGS[ending].encode()))
        return tuple(found)


def _sized(headers: Headers, size: int) -> Headers:
    return [*headers, (b"content-length", b"%d" % size)]
