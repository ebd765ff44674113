"""
From the path of a request to the steps below the site's folder.

A path means one thing: it is split before it is decoded, and what could lead elsewhere, or to what
nobody published, is no path at all.
"""

from functools import lru_cache
from urllib.parse import quote, unquote, unquote_to_bytes

WELL_KNOWN = ".well-known"
SAFE = "/:@!$&'()*+,;=~"

Steps = tuple[str, ...]  # the last one is empty if the path ends with a slash


@lru_cache(maxsize=1024)
def steps_of(raw_path: bytes) -> Steps | None:
    """Return the steps of a path, or None if it can't be one of the site's."""
    try:
        first, *parts = raw_path.decode("ascii").split("/")
        steps = tuple(_decoded(part) for part in parts)
    except UnicodeDecodeError:
        return None
    if first or not steps or not all(map(_is_plain, steps[:-1])):
        return None
    if any(step.startswith(".") and (at or step != WELL_KNOWN) for at, step in enumerate(steps)):
        return None
    return steps if not steps[-1] or _is_plain(steps[-1]) else None


def address_of(steps: Steps) -> str:
    """Return the one spelling of an address."""
    return quote("/" + "/".join(steps), safe=SAFE)


def spelled(address: str) -> str:
    """Return *address*, however somebody wrote it, in its one spelling."""
    return quote(unquote(address), safe=SAFE)


def _decoded(part: str) -> str:
    return unquote_to_bytes(part).decode("utf-8") if "%" in part else part


def _is_plain(step: str) -> bool:
    return bool(step) and step.isprintable() and "/" not in step and "\\" not in step
