"""
Telling the service on another machine which pages there are: its copy of our manifest follows ours.

Only what it lacks is sent, part by part. If its copy isn't the beginning of our manifest, the whole
of it is sent again; the service goes by the old one until the new one is complete.
"""

import hashlib
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import urlencode

from streamly_ssg.inputs.distant import Broken, Distant, Key
from streamly_ssg.values import Record, Unreadable, from_json

T = TypeVar("T")
ROUTE = "/manifest"
VARIABLE = "STREAMLY_MANIFEST_TOKEN"
PART = 200_000  # bytes, a few hundred pages
MOST = 64_000  # bytes of an answer


class _Copy(Record):
    """What the service has of the manifest."""

    size: int
    digest: str


class Told(Record):
    """How many pages the service met that were new or different, and how many have gone."""

    changed: int = 0
    removed: int = 0


class _Part(NamedTuple):
    """Some whole lines, where they begin, and whether others follow."""

    at: int
    lines: bytes
    more: bool


def tell(address: str, token: str, manifest: Path) -> Told:
    """Bring the copy of the service at *address* to what *manifest* is."""
    key = Key(token, VARIABLE, "admin", "say which pages there are", "PUBLISH")
    service = Distant(address, ROUTE, key)
    whole = manifest.read_bytes()

    def attempt() -> Told:
        told = Told()
        for part in _parts(whole, _known(service, whole)):
            told = _send(service, part)
        if _known(service, whole) != len(whole):
            raise Broken("somebody else tells it something else")
        return told

    return service.trying("the manifest doesn't arrive", attempt)


def _known(service: Distant, whole: bytes) -> int:
    """Return how much of *whole* the service has; 0 if it has something else."""
    with service.asked("GET", service.address) as answer:
        copy = _read(answer, _Copy)
    is_ours = hashlib.sha256(whole[: copy.size]).hexdigest() == copy.digest
    return copy.size if is_ours else 0


def _parts(whole: bytes, at: int) -> Iterator[_Part]:
    """Yield what comes after *at*, in whole lines."""
    while at < len(whole):
        end = whole.rfind(b"\n", at, at + PART) + 1 or whole.find(b"\n", at) + 1
        yield _Part(at, whole[at:end], more=end < len(whole))
        at = end


def _send(service: Distant, part: _Part) -> Told:
    query = urlencode({"at": part.at, "more": str(part.more).lower()})
    with service.asked("PATCH", f"{service.address}?{query}", part.lines) as answer:
        return _read(answer, Told)


def _read(answer: HTTPResponse, kind: type[T]) -> T:
    try:
        return from_json(answer.read(MOST), kind)
    except Unreadable as error:
        raise Broken(str(error)) from error
