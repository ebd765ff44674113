"""
Facts from the service's address: for a build on another machine.

What changed comes in parts, one line of JSON for each fact. A part that breaks off is asked for
again from where it began; all of them are checked and kept aside before the builder is told of any.
"""

import tempfile
import time
from collections.abc import Iterator
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import IO, NamedTuple
from urllib.parse import urlencode, urljoin, urlsplit

from streamly_ssg.errors import StreamlyError, SystemProblem, UsageError, problem
from streamly_ssg.values import Unreadable, from_json

from .facts import SERVICE, Changes, Fact, Line, Token, checked

ROUTE = "/api/v1/facts"
MEDIA = "application/x-ndjson"
VARIABLE = "STREAMLY_FACTS_TOKEN"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
TIMEOUT = 30.0  # seconds without a byte
TRIES = 4
PAUSE = 0.5  # seconds before the second try; twice that before the third
LONGEST = 30.0  # seconds that a busy service may ask us to wait
IN_MEMORY = 8 << 20  # bytes of facts
OK, BUSY, BROKEN = 200, {429, 503}, 500


class _Part(NamedTuple):
    """Some of what changed: from where to where, in whose life, and where the next part is."""

    since: int
    seq: int
    life: str
    following: str


class _Broken(Exception):
    """A part didn't arrive; it is worth asking again, after *pause* seconds if they are given."""

    def __init__(self, text: str, pause: float = 0) -> None:
        super().__init__(text)
        self.pause = pause


class AddressFacts:
    """The facts of the service at *address*, for whoever has *token*."""

    identity = SERVICE

    def __init__(self, address: str, token: str) -> None:
        parts = urlsplit(address)
        self._address = urljoin(address, ROUTE) if parts.path in {"", "/"} else address
        self._parts = urlsplit(self._address)
        self._token = token
        self._refuse_unsafe()

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
                raise self._problem("another database came back meanwhile", "build again")
            part = following
        return part

    def _asking(self, seq: int, life: str) -> str:
        query = urlencode({"since": seq, "life": life} if life else {"since": seq})
        return self._parts._replace(query=query).geturl()

    def _fetch(self, address: str, seq: int, spool: IO[bytes]) -> _Part:
        """Add the part at *address* to *spool*, as a whole; try again if it breaks off."""
        begin = spool.tell()
        for number in range(TRIES):
            try:
                return self._attempt(address, spool)
            except (OSError, HTTPException, _Broken) as error:
                spool.seek(begin)
                spool.truncate()
                if number == TRIES - 1:
                    text = f"the facts after {seq} don't arrive: {_said(error)}"
                    raise self._problem(text, "is the service running?") from error
                time.sleep(getattr(error, "pause", 0) or PAUSE * 2**number)
        raise AssertionError  # the last try has returned or raised

    def _attempt(self, address: str, spool: IO[bytes]) -> _Part:
        connection = self._connection()
        try:
            parts = urlsplit(address)
            headers = {"Authorization": f"Bearer {self._token}", "Connection": "close"}
            connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
            answer = connection.getresponse()
            self._refuse_other(answer)
            return self._read(answer, address, spool)
        finally:
            connection.close()

    def _connection(self) -> HTTPConnection:
        kind = HTTPSConnection if self._parts.scheme == "https" else HTTPConnection
        return kind(self._parts.hostname or "", self._parts.port, timeout=TIMEOUT)

    def _read(self, answer: HTTPResponse, address: str, spool: IO[bytes]) -> _Part:
        part = self._part(answer, address)
        last = part.since
        while line := answer.readline():
            try:
                last = _check(line, last)
            except Unreadable as error:
                raise _Broken(str(error)) from error
            spool.write(line)
        if last != part.seq:
            raise _Broken(f"it broke off after {last}")
        return part

    def _part(self, answer: HTTPResponse, address: str) -> _Part:
        told = {name: answer.getheader(f"Streamly-{name}", "") for name in ("Since", "Seq")}
        if answer.getheader("Content-Type", MEDIA) != MEDIA:
            raise self._problem("this is no answer with facts", f"the address ends with {ROUTE}")
        if not all(one.isdecimal() for one in told.values()):
            raise _Broken("it broke off before it began")
        link = answer.getheader("Link", "")
        where, _, kind = link.partition(">")
        following = urljoin(address, where[1:]) if 'rel="next"' in kind else ""
        if following and urlsplit(following)[:2] != self._parts[:2]:
            raise self._problem("the answer goes on at another address", "which isn't asked")
        life = answer.getheader("Streamly-Life", "")
        return _Part(int(told["Since"]), int(told["Seq"]), life, following)

    # What can be wrong

    def _refuse_other(self, answer: HTTPResponse) -> None:
        """Raise what a status other than 200 means."""
        if answer.status == OK:
            return
        if answer.status in BUSY:
            wait = answer.getheader("Retry-After", "")
            pause = min(float(wait), LONGEST) if wait.isdecimal() else 0
            raise _Broken(f"the service is busy ({answer.status})", pause)
        if answer.status >= BROKEN:
            raise _Broken(f"the service answered {answer.status}")
        text, hint = REFUSED.get(answer.status, OTHER)
        raise self._problem(text.format(status=answer.status), hint)

    def _refuse_unsafe(self) -> None:
        if self._parts.scheme not in {"http", "https"} or not self._parts.hostname:
            raise _usage(f'"{self._address}" is no address', f"write https://example.org{ROUTE}")
        if self._parts.username or self._parts.query:
            raise _usage("the address holds more than a place", f"the token goes into {VARIABLE}")
        if self._parts.scheme == "http" and self._parts.hostname not in LOOPBACK:
            text = "the token would travel where everybody can read it"
            raise _usage(text, "use https://")
        if not self._token:
            text = f"{VARIABLE} is not set"
            raise _usage(text, "an administrator makes a personal token with the scope `read`")

    def _problem(self, text: str, hint: str) -> StreamlyError:
        return SystemProblem(problem("FACTS", text, path=self._address, hint=hint))


OTHER = ("the service answered {status}", f"the address ends with {ROUTE}")
REFUSED = {
    401: ("the token is not accepted ({status})", f"{VARIABLE} holds a personal token"),
    403: ("the token may not read facts ({status})", "it has to be an administrator's"),
}


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


def _said(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


def _usage(text: str, hint: str) -> UsageError:
    return UsageError(problem("FACTS", text, hint=hint))
