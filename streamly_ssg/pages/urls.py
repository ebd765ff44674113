"""Addresses: from permalink patterns to URLs, and from links as written to links as served."""

import posixpath
import re
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from streamly_ssg.documents.slugs import slugify
from streamly_ssg.engine.key import Key, make
from streamly_ssg.images.headers import format_of

slug_of = lru_cache(maxsize=65536)(slugify)


@lru_cache(maxsize=8)
def zone(name: str) -> ZoneInfo:
    """Return the time zone called *name*."""
    return ZoneInfo(name)


def permalink(pattern: str, folder: str, slug: str, date: datetime | None, zone_name: str) -> str:
    """Return the address that *pattern* gives a document in *folder* (below its section)."""
    if date is not None and (":year" in pattern or ":month" in pattern or ":day" in pattern):
        local = date.astimezone(zone(zone_name))
        for token, value in ((":year", "%Y"), (":month", "%m"), (":day", "%d")):
            pattern = pattern.replace(token, local.strftime(value))
    for token in (":year/", ":month/", ":day/"):
        pattern = pattern.replace(token, "")
    path = f"{folder}/{slug}" if folder else slug
    return pattern.replace(":path", path).replace(":slug", slug)


def prefix_of(base_url: str) -> str:
    """Return the path under which the site lives: "" or "/blog"."""
    return urlsplit(base_url).path.rstrip("/")


def page_url(base: str, number: int) -> str:
    """Return the address of page *number* of the list at *base*."""
    return base if number == 1 else f"{base}page/{number}/"


def address(text: str) -> str:
    """Return *text* as it may stand in an address."""
    return quote(text, safe="/:?#[]@!$&'()*+,;=%~")


def image_source(target: str, path: str) -> Key | None:
    """Return the input that the image *target* of the content file *path* is; None for others'."""
    file, _ = divided(target)
    if "://" in target or target.startswith("//") or not format_of(file):
        return None
    return make("static" if file.startswith("/") else "content", resolve(file, path))


def divided(target: str) -> tuple[str, str]:
    """Return the file that *target* means, and what else it says: ``?v=2``, ``#part``."""
    file = re.split(r"[?#]", target, maxsplit=1)[0]
    return file, target[len(file) :]


def resolve(target: str, path: str) -> str:
    """Return the file that *target*, written in the content file *path*, means."""
    if target.startswith("/"):
        return posixpath.normpath(target.lstrip("/"))
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), target))


def page_of(alias: str) -> str:
    """Return the address of the page that *alias* means."""
    return alias if alias.endswith("/") or "." in alias.rpartition("/")[2] else f"{alias}/"
