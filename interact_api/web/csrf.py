"""
A browser may be made to ask by somebody else's page; these are the three things that it must show.

1. ``Origin`` is one of ours. Browsers send it with every write; one that doesn't is refused.
2. ``Sec-Fetch-Site``, if the browser sends it, is same-origin or same-site.
3. Whoever is signed in sends ``X-CSRF-Token``: an HMAC of the session, from ``GET /auth/csrf``. A
   page of another origin can neither read that answer nor set the header without a preflight.

Plain forms can't set a header, and the pages that hold them are static files, the same for
everybody, so there is no place in them for a token of one person. For them the first two must do,
and do: no page can forge either, and the cookie is ``SameSite=Lax`` besides. A field ``csrf_token``
is checked if it is there.

Without a session there is nothing to ride on but the sign-in itself (somebody could be signed in to
another's account), so the first two hold for anonymous writes as well. Programs show a token
instead.
"""

import hmac
from functools import lru_cache

from interact_api.errors import Forbidden
from interact_api.service import Service

SITES = frozenset({b"same-origin", b"same-site"})
HEADER = b"x-csrf-token"
FIELD = "csrf_token"


def token(service: Service, session: bytes) -> str:
    """Return the CSRF token of the session with this digest."""
    return _token(service.secret, session)


@lru_cache(maxsize=4096)
def _token(secret: bytes, session: bytes) -> str:
    return hmac.digest(secret, b"csrf\0" + session, "sha256").hex()


def check_origin(headers: dict[bytes, bytes], origins: frozenset[bytes], *, needed: bool) -> None:
    """Refuse a write from a page that isn't ours; *needed*: also one from nobody knows where."""
    origin = headers.get(b"origin")
    if origin is None and needed:
        raise Forbidden("A browser's request needs an Origin header.", code="ORIGIN_MISSING")
    if origin is not None and origin not in origins:
        raise Forbidden("Pages of this origin may not do that.", code="ORIGIN_REFUSED")
    if headers.get(b"sec-fetch-site", b"same-origin") not in SITES:
        raise Forbidden("Pages of other sites may not do that.", code="CROSS_SITE")


def check_token(service: Service, session: bytes, given: bytes) -> None:
    """Refuse unless *given* is the CSRF token of this session."""
    if not hmac.compare_digest(token(service, session).encode(), given):
        raise Forbidden("X-CSRF-Token is missing or wrong; ask auth/csrf.", code="CSRF_TOKEN")
