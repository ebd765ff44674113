"""
Traces: what a task fetched when it last ran, and what it gave.

A trace is checked in the order of its fetches and only up to the first difference: what was fetched
after it may have been fetched because of it, and may no longer exist.
"""

from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from .key import Key

Dependencies = tuple[tuple[Key, bytes], ...]


class Trace(NamedTuple):
    """One run of a task: the digest of what it gave, what it fetched, and why it ran."""

    digest: bytes
    dependencies: Dependencies
    reason: str


def first_difference(
    dependencies: Dependencies, doubtful: Collection[Key], digest_of: Callable[[Key], bytes]
) -> Key | None:
    """
    Return the first of *dependencies* that is no longer what it was, or None.

    Only what is *doubtful* is asked for its digest: nothing else can have changed.
    """
    for key, digest in dependencies:
        if key in doubtful and digest_of(key) != digest:
            return key
    return None


def affected(changed: Iterable[Key], readers: Callable[[Key], Iterable[Key]]) -> set[Key]:
    """Return *changed* and everything that read it, directly or through others."""
    reached = set(changed)
    front = list(reached)
    while front:
        new = {reader for key in front for reader in readers(key)} - reached
        reached |= new
        front = list(new)
    return reached
