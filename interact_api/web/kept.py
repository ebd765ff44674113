"""
Answers that are the same for everybody, kept as they are until anything in the database changes.

SQLite tells cheaply whether anybody, in whichever process, has committed anything; so an answer is
given again only while making it anew would read the same rows. Some answers look at the clock as
well, hence none is kept for longer than a second: that is enough for a page that many look at.
"""

from interact_api.service import Service

from .answering import Outcome
from .asking import Request
from .headers import etag_of
from .routing import Route

OK = 200
LONGEST = 1_000  # milliseconds
LARGEST = 256 * 1024  # bytes of one answer
MOST = 16 * 1024 * 1024  # bytes of all


class Kept:
    """Answers as of one state of the database."""

    def __init__(self, service: Service, most: int = MOST) -> None:
        self._service = service
        self._most = most
        self._answers: dict[bytes, Outcome] = {}
        self._size = 0
        self._version = -1
        self._until = 0

    def find(self, request: Request, route: Route) -> Outcome | None:
        """Return what everybody is answered, if that is known to be true still."""
        if not is_for_all(request, route):
            return None
        version, now = self._service.database.version, self._service.now
        if version != self._version or not self._until - LONGEST <= now < self._until:
            self._forget(version, now)
        return self._answers.get(_key(request))

    def keep(self, request: Request, route: Route, outcome: Outcome) -> Outcome:
        """Keep what was answered after `find` found nothing; return it, ready to be sent."""
        content = outcome.content
        if not is_for_all(request, route) or outcome.status != OK or not isinstance(content, bytes):
            return outcome
        outcome = outcome._replace(etag=etag_of(content))
        if len(content) <= LARGEST:
            self._size += len(content)
            if self._size > self._most:
                self._forget(self._version, self._until - LONGEST)
            self._answers[_key(request)] = outcome
        return outcome

    def _forget(self, version: int, now: int) -> None:
        self._answers.clear()
        self._size, self._version, self._until = 0, version, now + LONGEST


def is_for_all(request: Request, route: Route) -> bool:
    """Tell whether everybody would be answered the same."""
    return (route.shared or route.public) and request.is_nobodys


def _key(request: Request) -> bytes:
    return request.raw_path + b"?" + request.query
