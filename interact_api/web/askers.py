"""
Who asked a moment ago, so that those who do one small thing after the other aren't looked up twice.

Only a route that `asks_again` may go by this: whether they still are who they were, and may do what
they did, is read once more in the transaction of what they do, and that is what counts. A reader
has to begin anew after each commit, in whichever process, so the first look costs more than all
others.
"""

import time
from hashlib import blake2b

from interact_api.service import Service

from . import auth
from .asking import Request
from .auth import Asker
from .routing import Route

MOMENT = 2.0  # seconds
MOST = 4096
KEY = 16  # bytes of the digest that stands for what was shown


class Askers:
    """Those who asked a moment ago, by digests of what they showed."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._known: dict[bytes, tuple[float, Asker]] = {}

    def of(self, request: Request, route: Route) -> Asker:
        """Return who asks; raise NotSignedIn for a token that isn't good."""
        if not route.asks_again:
            return auth.asker(self._service, request.headers)
        now, key = time.monotonic(), _key(request.headers)
        until, asker = self._known.get(key, (0.0, auth.ANYBODY))
        if now >= until:
            asker = auth.asker(self._service, request.headers)
            self._keep(key, now + MOMENT, asker)
        return asker

    def _keep(self, key: bytes, until: float, asker: Asker) -> None:
        if len(self._known) >= MOST:
            self._known.clear()
        if asker.actor.is_somebody and not asker.is_due:
            self._known[key] = until, asker
        else:
            self._known.pop(key, None)


def _key(headers: dict[bytes, bytes]) -> bytes:
    shown = headers.get(b"authorization", b""), headers.get(b"cookie", b"")
    return blake2b(b"\0".join(shown), digest_size=KEY).digest()
