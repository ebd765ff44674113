"""
Slugs and names that may become paths.

`slugify` turns any text into a safe file name that is the same on every machine. The checks refuse
what an author wrote by hand when it could leave the output folder, or could not be a file on one of
the usual systems. They return what is wrong, or an empty string.
"""

import hashlib
import re
import unicodedata
from functools import lru_cache

MAX_SLUG = 80
MAX_SEGMENT = 100  # bytes; leaves room for a suffix in every file system's 255
_GAP = re.compile(r"[^a-z0-9]+")
_APOSTROPHES = str.maketrans("", "", "'’ʼ`´")
_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE
)
_DRIVE = re.compile(r"[A-Za-z]:")
_ESCAPED = re.compile(r"%(?:2e|2f|5c|00)", re.IGNORECASE)
_SLUG = re.compile(r"[\w~+-][\w.~+-]*")


@lru_cache(maxsize=4096)
def slugify(title: str) -> str:
    """Return a lowercase ASCII name for *title*: never empty, at most 80 characters long."""
    text = title.translate(_APOSTROPHES)
    slug = _simple(text) or _transliterated(text)
    if not slug:
        return _digest(title)
    return f"{slug}-page" if _DEVICE.match(slug) else slug


def _simple(text: str) -> str:
    """Return the slug of an ordinary English title; an empty string for every other text."""
    # Python-slugify decodes entities and joins the thousands of a number.
    if not text.isascii() or "&" in text or "," in text:
        return ""
    slug = _GAP.sub("-", text.lower()).strip("-")
    return slug if len(slug) <= MAX_SLUG else ""


def _transliterated(text: str) -> str:
    from slugify import slugify as transliterate  # noqa: PLC0415 - 15 ms that few commands need

    # The backend is named because the default one depends on what else is installed.
    slug: str = transliterate(
        text,
        max_length=MAX_SLUG,
        word_boundary=True,
        save_order=True,
        backend="text-unidecode",
    )
    return slug


def slug_fault(slug: str) -> str:
    """Return why *slug* can't name one page, or an empty string."""
    if fault := segment_fault(slug):
        return fault
    return "" if _SLUG.fullmatch(slug) else "may only have letters, digits and - . _ ~ +"


def path_fault(path: str) -> str:
    """Return why the relative *path* is not safe, or an empty string."""
    if not path:
        return "is empty"
    if _ESCAPED.search(path):
        return "hides a dot or a slash behind a percent sign"
    return next(filter(None, map(segment_fault, path.split("/"))), "")


def alias_fault(alias: str) -> str:
    """Return why *alias*, an absolute path of the site, is not safe, or an empty string."""
    if not alias.startswith("/"):
        return 'must start with "/"'
    if alias.startswith("//"):
        return "names another host"
    if any(mark in alias for mark in "?#"):
        return 'is a path: it has no "?" and no "#"'
    return "" if alias == "/" else path_fault(alias.strip("/"))


def segment_fault(name: str) -> str:
    """Return why *name* can't be one file or folder, or an empty string."""
    if not name:
        return "has an empty part"
    if name.endswith((".", " ")) or name.startswith(" "):
        return "has a part that ends with a dot or has spaces around it"
    if len(name.encode("utf-8", "surrogatepass")) > MAX_SEGMENT:
        return f"has a part of more than {MAX_SEGMENT} bytes"
    if _DEVICE.match(name):
        return f'has the part "{name}", which is a device on Windows'
    return _character_fault(name)


def _character_fault(name: str) -> str:
    if any(mark in name for mark in '\\:*?"<>|/'):
        return 'may not have any of \\ / : * ? " < > |'
    if _ESCAPED.search(name):
        return "hides a dot or a slash behind a percent sign"
    # Cc, Cf, Cs, Co, Cn: control characters, text direction, surrogates, what has no meaning.
    if any(unicodedata.category(mark).startswith("C") for mark in name):
        return "has an invisible character"
    return ""


def _digest(text: str) -> str:
    normal = unicodedata.normalize("NFC", text)
    data = normal.encode("utf-8", "surrogatepass")
    return "x" + hashlib.blake2s(data, digest_size=5).hexdigest()
