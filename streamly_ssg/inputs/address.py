"""
Facts from the service's address: for a build on another machine.

What changed comes in parts, one line of JSON for each fact. A part that breaks off is asked for
again from where it began; all of them are checked and kept aside before the builder is told of any.
"""

import tempfile
from collections.abc import Iterator
from hashlib import sha256
from http.client import HTTPResponse
from typing import IO, NamedTuple
from urllib.parse import urlencode, urljoin, urlsplit

from streamly_ssg.values import Unreadable, from_json

from .distant import Broken, Distant, Key
from .facts import SERVICE, Changes, Fact, Line, Token, checked

ROUTE = "/facts"
MEDIA = "application/x-ndjson"
VARIABLE = "STREAMLY_FACTS_TOKEN"
IN_MEMORY = 8 << 20  # bytes of facts


class _Part(NamedTuple):
    """Some of what changed: from where to where, in whose life, and where the next part is."""

    since: int
    seq: int
    life: str
    following: str


class AddressFacts:
    """The facts of the service at *address*, for whoever has *token*."""

    identity = SERVICE

    def __init__(self, address: str, token: str) -> None:
        key = Key(token, VARIABLE, "read", "read facts", "FACTS")
        self._service = Distant(address, ROUTE, key)

    def changes(self, since: Token) -> Changes:
        """Return what changed after *since*, or everything if the service says so."""
        seq, life = since or (0, "")
        spool = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - read later, then gone
        try:
            first = self._fetch(self._asking(seq, life), seq, spool)
            last = self._follow(first, spool)
        except BaseException:
            spool.close()
            raise
        complete = since is None or first.since != seq
        return Changes(_told(spool), (last.seq, last.life), complete=complete)

    def _follow(self, part: _Part, spool: IO[bytes]) -> _Part:
        """Add what comes after *part* to *spool*; return the last part."""
        while part.following:
            following = self._fetch(part.following, part.seq, spool)
            if following.since != part.seq:
                raise self._service.problem("another database came back meanwhile", "build again")
            part = following
        return part

    def _asking(self, seq: int, life: str) -> str:
        query = urlencode({"since": seq, "life": life} if life else {"since": seq})
        return urlsplit(self._service.address)._replace(query=query).geturl()

    def _fetch(self, address: str, seq: int, spool: IO[bytes]) -> _Part:
        """Add the part at *address* to *spool*, as a whole; try again if it breaks off."""
        begin = spool.tell()

        def attempt() -> _Part:
            spool.seek(begin)
            spool.truncate()
            with self._service.asked("GET", address) as answer:
                return self._read(answer, address, spool)

        return self._service.trying(f"the facts after {seq} don't arrive", attempt)

    def _read(self, answer: HTTPResponse, address: str, spool: IO[bytes]) -> _Part:
        part = self._part(answer, address)
        last = part.since
        while line := answer.readline():
            try:
                last = _check(line, last)
            except Unreadable as error:
                raise Broken(str(error)) from error
            spool.write(line)
        if last != part.seq:
            raise Broken(f"it broke off after {last}")
        return part

    def _part(self, answer: HTTPResponse, address: str) -> _Part:
        told = {name: answer.getheader(f"Streamly-{name}", "") for name in ("Since", "Seq")}
        if answer.getheader("Content-Type", MEDIA) != MEDIA:
            raise self._service.problem("this is no answer with facts")
        if not all(one.isdecimal() for one in told.values()):
            raise Broken("it broke off before it began")
        link = answer.getheader("Link", "")
        where, _, kind = link.partition(">")
        following = urljoin(address, where[1:]) if 'rel="next"' in kind else ""
        if following and not self._service.is_here(following):
            text = "the answer goes on at another address"
            raise self._service.problem(text, "which isn't asked")
        life = answer.getheader("Streamly-Life", "")
        return _Part(int(told["Since"]), int(told["Seq"]), life, following)


def _check(line: bytes, last: int) -> int:
    """Return the number of the fact that *line* holds; raise Unreadable if it isn't as was sent."""
    given = from_json(line, Line)
    if given.digest != sha256(bytes(given.value)).hexdigest()[:32]:
        raise Unreadable(f"the value of {given.key} isn't what its digest says")
    if given.seq <= last:
        raise Unreadable(f"{given.key} is out of its order")
    checked(given)
    return given.seq


def _told(spool: IO[bytes]) -> Iterator[Fact]:
    with spool:
        spool.seek(0)
        for line in spool:
            yield checked(from_json(line, Line))
