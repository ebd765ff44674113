"""
The manifest as another machine sends it: a copy beside our own files, extended part by part.

It is the same file as there, byte for byte, so whatever reads ours reads it. A copy that doesn't
lead on is sent again from its beginning, into a draft, and takes the old one's place at the end.
"""

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from . import manifest
from .db import Tx
from .errors import Conflict
from .manifest import Taken


class Copy(NamedTuple):
    """How long a copy is, and the digest of all of it."""

    size: int = 0
    digest: str = hashlib.sha256().hexdigest()


def copy_of(path: Path) -> Copy:
    """Return what is known of the copy at *path*."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return Copy(file.tell(), digest)
    except FileNotFoundError:
        return Copy()


def extend(tx: Tx, path: Path, at: int, part: bytes, *, is_last: bool) -> Taken:
    """
    Add *part*, which belongs at *at*, to the copy at *path*; take in what it says if it's the last.

    Raises:
        Conflict: if something else belongs there.
        Invalid: if it isn't whole lines of a manifest.
    """
    manifest.check(part, is_first=at == 0)
    place = _place(path, at)
    with place.open("wb" if at == 0 else "ab") as file:
        file.write(part)
        file.flush()
        os.fsync(file.fileno())
    if not is_last:
        return Taken()
    if place != path:
        place.replace(path)
    return manifest.take_in(tx, path)


def _place(path: Path, at: int) -> Path:
    """Return the file in which something belongs at *at*."""
    draft = path.with_name(f"{path.name}.sent")
    if at == 0 or _size(draft) == at:
        return draft
    if _size(path) != at:
        raise Conflict(f"The copy here has {_size(path)} bytes.")
    draft.unlink(missing_ok=True)
    return path


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
