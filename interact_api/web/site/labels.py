"""What an answer says of a file: type, how long it may be kept, by what name caches know it."""

from urllib.parse import urlsplit

from interact_api.settings import Settings
from interact_api.web.headers import TWO_YEARS, Headers
from streamly_ssg.publish import media
from streamly_ssg.publish.plan import is_fingerprinted

from .encodings import is_compressible
from .rules import Fields

FRESH = b"public, max-age=0, must-revalidate"
# Everything comes from the site itself, and nothing that a stranger might smuggle in runs.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; media-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "frame-src 'self'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'"
)


def defences(settings: Settings) -> Headers:
    """Return what every page and every file has, unless ``_headers`` says otherwise."""
    policy = POLICY + ("; upgrade-insecure-requests" if settings.is_secure else "")
    found = [
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"strict-origin-when-cross-origin"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
    ]
    if settings.is_secure:
        found.append((b"strict-transport-security", TWO_YEARS))
    return found


def prefix_of(settings: Settings) -> str:
    """Return the path below which the site lives: "" or "/blog"."""
    return urlsplit(settings.base_url).path.rstrip("/")


def of_file(path: str) -> tuple[tuple[bytes, bytes], ...]:
    """Return what is said of the file *path*, whatever is in it."""
    kind = media.content_type(path)
    cache = media.FOR_EVER.encode() if is_fingerprinted(path) else FRESH
    found = [
        (b"content-type", kind.encode()),
        (b"cache-control", cache),
        (b"surrogate-key", media.surrogate_keys(path).encode()),
    ]
    return (*found, (b"vary", b"Accept-Encoding")) if is_compressible(kind) else tuple(found)


def may_be_compressed(path: str) -> bool:
    """Tell whether the file *path* may have compressed siblings."""
    return is_compressible(media.content_type(path))


def joined(headers: Headers, rules: Fields) -> Headers:
    """Return *headers* as *rules* change them."""
    if not rules:
        return headers
    own = dict(rules)
    kept = [one for one in headers if one[0] not in own]
    return [*kept, *((name, value) for name, value in rules if value is not None)]
