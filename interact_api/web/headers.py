"""Headers that every answer has, and what makes one answer tell that it is still the same."""

from hashlib import blake2b

from interact_api.settings import Settings

Headers = list[tuple[bytes, bytes]]

# An answer is data: whatever a browser is made to take it for, nothing in it runs or loads.
POLICY = b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"
PRIVATE = (b"cache-control", b"no-store")
PUBLIC = (b"cache-control", b"public, max-age=0, must-revalidate")
BY_ASKER = (b"vary", b"Cookie, Authorization")
TWO_YEARS = b"max-age=63072000; includeSubDomains"


def common(settings: Settings, policy: bytes = POLICY) -> Headers:
    """Return what every answer of this site has."""
    found = [
        (b"content-security-policy", policy),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-resource-policy", b"same-site"),
        (b"vary", b"Origin"),
    ]
    if settings.is_secure:
        found.append((b"strict-transport-security", TWO_YEARS))
    return found


def etag_of(body: bytes) -> bytes:
    """Return what tells this body from another."""
    return b'"%s"' % blake2b(body, digest_size=12).hexdigest().encode()


def is_known(etag: bytes, if_none_match: bytes | None) -> bool:
    """Tell whether whoever asks has this very body already."""
    if if_none_match is None:
        return False
    known = [one.strip().removeprefix(b"W/") for one in if_none_match.split(b",")]
    return etag in known or known == [b"*"]
