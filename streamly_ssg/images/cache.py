"""
The cache: what took long to make, by what it was made of. Deleting it loses time and no more.

A name is the digest of everything that decides the bytes, so nothing in here is ever out of date.
Each file begins with the digest of the rest: one that was cut off or flipped is as good as none.
"""

import os
from threading import get_ident

from streamly_ssg.engine import digest


def look(folder: str, key: str, part: str) -> bytes | None:
    """Return the *part* that was kept under *key*, or None."""
    try:
        with open(_path(folder, key, part), "rb") as file:
            seal, data = file.read(digest.SIZE), file.read()
    except OSError:
        return None
    return data if digest.of(data) == seal else None


def keep(folder: str, key: str, part: str, data: bytes) -> None:
    """Keep *data* as a *part* of what *key* stands for."""
    path = _path(folder, key, part)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    draft = f"{path}~{os.getpid()}-{get_ident()}"
    try:
        with open(draft, "wb") as file:
            file.write(digest.of(data) + data)
        os.replace(draft, path)
    except OSError:
        # Without room for it the next build is slower; this one has what it needs.
        if os.path.exists(draft):
            os.unlink(draft)


def _path(folder: str, key: str, part: str) -> str:
    return os.path.join(folder, key[:2], key[2:], part)
