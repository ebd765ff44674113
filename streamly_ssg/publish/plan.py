"""What a release changes: decided with plain values, before anything is touched."""

import re
from collections.abc import Iterable, Mapping

from .journal import Change

Known = tuple[bytes, int | None]  # the digest of a file, and how long it stays, if it leaves

# A name that holds a digest of the contents: another content would have another name.
FINGERPRINTED = re.compile(r"(?:^|/)assets/.*\.[0-9a-f]{8,64}\.[^/]+$")


def is_fingerprinted(path: str) -> bool:
    """Tell whether what lies at *path* can never be anything else."""
    return FINGERPRINTED.search(path) is not None


def changes(
    wanted: Mapping[str, bytes | None], known: Mapping[str, Known], until: int
) -> list[Change]:
    """
    Return what has to change so that the files are as *wanted*.

    Args:
        wanted: the digest of each file, None for one that has to go.
        known: what readers see of these paths.
        until: how long assets that go stay reachable: somebody may be reading a page that has them.
    """
    found = (_change(path, new, known.get(path), until) for path, new in wanted.items())
    return sorted(change for change in found if change is not None)


def missing(known: Mapping[str, Known], made: Mapping[str, object]) -> set[str]:
    """Return the *known* files of the site that a build no longer *made*."""
    return {path for path, (_, until) in known.items() if until is None and path not in made}


def expired(files: Iterable[tuple[str, bytes]], changed: Iterable[Change]) -> list[Change]:
    """Return the end of *files* whose time is over, but for those that are *changed* anyway."""
    busy = {change.path for change in changed}
    return [Change(path, old, None) for path, old in files if path not in busy]


def _change(path: str, new: bytes | None, known: Known | None, until: int) -> Change | None:
    old, leaving = known or (None, None)
    if new is None:
        if old is None or leaving is not None:
            return None
        return Change(path, old, old, until) if is_fingerprinted(path) else Change(path, old, None)
    return None if new == old and leaving is None else Change(path, old, new)
