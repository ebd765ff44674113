"""
Which pages of other origins may read our answers: those on an exact list, with their credentials.

``*``, suffixes and patterns don't exist here, and an origin that isn't on the list gets no header
at all. A preflight tells what the route takes; anything that isn't asked for with one is a plain
request, which `csrf` judges.
"""

from interact_api.settings import Settings

from .headers import Headers

EXPOSED = (
    b"ETag, Idempotency-Replayed, Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, "
    b"Retry-After, X-Request-Id"
)
ACCEPTED = b"Content-Type, Idempotency-Key, X-CSRF-Token, X-Request-Id, Authorization"
TEN_MINUTES = b"600"


def origins_of(settings: Settings) -> frozenset[bytes]:
    """Return the origins whose pages are ours: the site's own, and those it was told."""
    return frozenset(one.encode() for one in (settings.origin, *settings.origins))


def allowance(origin: bytes | None, origins: frozenset[bytes]) -> Headers:
    """Return the headers that let a page of *origin* read the answer; none if it may not."""
    if origin is None or origin not in origins:
        return []
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-expose-headers", EXPOSED),
    ]


def preflight(origin: bytes | None, origins: frozenset[bytes], methods: bytes) -> Headers:
    """Return the headers that answer a preflight."""
    found = allowance(origin, origins)[:2]
    if found:
        found += [
            (b"access-control-allow-methods", methods),
            (b"access-control-allow-headers", ACCEPTED),
            (b"access-control-max-age", TEN_MINUTES),
        ]
    return found
