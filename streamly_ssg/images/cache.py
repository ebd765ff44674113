"""
The cache: what took long to make, by what it was made of. Deleting it loses time and no more.

A name is the digest of everything that decides the bytes, so nothing in here is ever out of date.
Each file begins with the digest of the rest: one that was cut off or flipped is as good as none.

The time stamp of a file says when it was last wanted, to the day. What nobody wanted for long is
removed by a build from nothing, which has just looked at all that its output needs; other output
trees of the site have the same cache, and each of their builds from nothing says so here too.
"""

import os
import time
from contextlib import suppress
from pathlib import Path
from threading import get_ident

from streamly_ssg.engine import digest

DAY = 24 * 60 * 60
UNWANTED = 30 * DAY


def look(folder: str, key: str, part: str) -> bytes | None:
    """Return the *part* that was kept under *key*, or None."""
    try:
        with open(_path(folder, key, part), "rb") as file:
            seal, data = file.read(digest.SIZE), file.read()
            if time.time() - os.fstat(file.fileno()).st_mtime > DAY:
                os.utime(file.fileno())
    except OSError:
        return None
    return data if digest.of(data) == seal else None


def keep(folder: str, key: str, part: str, data: bytes) -> None:
    """Keep *data* as a *part* of what *key* stands for."""
    path = _path(folder, key, part)
    draft = f"{path}~{os.getpid()}-{get_ident()}"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(draft, "wb") as file:
            file.write(digest.of(data) + data)
        os.replace(draft, path)
    except OSError:
        # Without room for it the next build is slower; this one has what it needs.
        if os.path.exists(draft):
            os.unlink(draft)


def prune(folder: Path, now: float) -> None:
    """Remove what nobody has wanted for thirty days, and drafts of builds that were cut off."""
    for place, folders, files in os.walk(folder, topdown=False):
        for path in (os.path.join(place, name) for name in files):
            with suppress(OSError):  # whoever else has removed it, and what can't be, is let be
                if now - os.stat(path).st_mtime > UNWANTED:
                    os.unlink(path)
        for inner in folders:
            with suppress(OSError):  # it isn't empty
                os.rmdir(os.path.join(place, inner))


def _path(folder: str, key: str, part: str) -> str:
    return os.path.join(folder, key[:2], key[2:], part)
