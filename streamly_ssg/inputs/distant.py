"""The service on another machine: where it is, who asks, what can be wrong with either."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import NamedTuple, TypeVar
from urllib.parse import urljoin, urlsplit

from streamly_ssg.errors import StreamlyError, SystemProblem, UsageError, problem

T = TypeVar("T")
PREFIX = "/api/v1"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
TIMEOUT = 30.0  # seconds without a byte
TRIES = 4
PAUSE = 0.5  # seconds before the second try; twice that before the third
LONGEST = 30.0  # seconds that a busy service may ask us to wait
OK, CONFLICT, BUSY, BROKEN = 200, 409, {429, 503}, 500
NOT_SIGNED_IN, FORBIDDEN = 401, 403


class Broken(Exception):
    """Something didn't arrive; it is worth asking again, after *pause* seconds if there are any."""

    def __init__(self, text: str, pause: float = 0) -> None:
        super().__init__(text)
        self.pause = pause


class Key(NamedTuple):
    """What a service is asked with: a token, its variable, the scope it needs, and for what."""

    token: str
    variable: str
    scope: str
    purpose: str
    code: str  # of what goes wrong


class Distant:
    """One route of the service at *address*."""

    def __init__(self, address: str, route: str, key: Key) -> None:
        whole = urljoin(address, PREFIX + route) if urlsplit(address).path in {"", "/"} else address
        self.address = whole
        self._route = PREFIX + route
        self._key = key
        self._parts = urlsplit(whole)
        self._refuse_unsafe()

    def is_here(self, address: str) -> bool:
        """Tell whether *address* is the same machine's."""
        return urlsplit(address)[:2] == self._parts[:2]

    @contextmanager
    def asked(self, method: str, address: str, body: bytes | None = None) -> Iterator[HTTPResponse]:
        """Lend the answer, which is a good one; whatever else it could be is raised."""
        kind = HTTPSConnection if self._parts.scheme == "https" else HTTPConnection
        connection = kind(self._parts.hostname or "", self._parts.port, timeout=TIMEOUT)
        headers = {"Authorization": f"Bearer {self._key.token}", "Connection": "close"}
        try:
            where = urlsplit(address)
            connection.request(method, f"{where.path}?{where.query}", body, headers)
            answer = connection.getresponse()
            self._refuse(answer)
            yield answer
        finally:
            connection.close()

    def trying(self, what: str, attempt: Callable[[], T]) -> T:
        """Return what *attempt* returns, which may break off some times; say *what* didn't work."""
        for number in range(TRIES):
            try:
                return attempt()
            except (OSError, HTTPException, Broken) as error:
                if number == TRIES - 1:
                    text = f"{what}: {_said(error)}"
                    raise self.problem(text, "is the service running?") from error
                time.sleep(getattr(error, "pause", 0) or PAUSE * 2**number)
        raise AssertionError  # the last try has returned or raised

    def problem(self, text: str, hint: str = "") -> StreamlyError:
        """Return a problem with the service."""
        hint = hint or f"the address ends with {self._route}"
        return SystemProblem(problem(self._key.code, text, path=self.address, hint=hint))

    def _refuse(self, answer: HTTPResponse) -> None:
        """Raise what a status other than 200 means."""
        status, key = answer.status, self._key
        if status == OK:
            return
        if status in BUSY:
            wait = answer.getheader("Retry-After", "")
            pause = min(float(wait), LONGEST) if wait.isdecimal() else 0
            raise Broken(f"the service is busy ({status})", pause)
        if status == CONFLICT:
            raise Broken("somebody else did the same meanwhile")
        if status >= BROKEN:
            raise Broken(f"the service answered {status}")
        if status == NOT_SIGNED_IN:
            text = f"{key.variable} holds a personal token"
            raise self.problem(f"the token is not accepted ({status})", text)
        if status == FORBIDDEN:
            text = f"it has to be an administrator's, with the scope `{key.scope}`"
            raise self.problem(f"the token may not {key.purpose} ({status})", text)
        raise self.problem(f"the service answered {status}")

    def _refuse_unsafe(self) -> None:
        parts = self._parts
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise self._usage(f'"{self.address}" is no address', "write https://example.org")
        if parts.username or parts.query:
            hint = f"the token goes into {self._key.variable}"
            raise self._usage("the address holds more than a place", hint)
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise self._usage("the token would travel where everybody can read it", "use https://")
        if not self._key.token:
            hint = f"an administrator makes a personal token with the scope `{self._key.scope}`"
            raise self._usage(f"{self._key.variable} is not set", hint)

    def _usage(self, text: str, hint: str) -> UsageError:
        return UsageError(problem(self._key.code, text, hint=hint))


def _said(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
