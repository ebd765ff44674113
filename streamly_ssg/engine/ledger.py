"""
The ledger: which files each build changed, so that who reads the output goes on from where it was.

One record a build, in the transaction that makes the build's state durable; so it says exactly how
two states of the output differ, whatever died in between. Each record carries a link: the digest of
the link before it and of what changed. Whoever holds a number with its link has seen that history
and no other; everybody else is told to look at the whole.
"""

from collections.abc import Mapping

from . import digest
from .shelf import Shelf

LAST = "last"
KEPT = 1000  # builds
LISTED = 2000  # changed files of one build that are worth listing

Changes = dict[str, bytes | None]  # by path: the new digest, None for a file that is gone


class Ledger:
    """The builds that changed something; *shelf* remembers ``number -> (link, changes)``."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        number, link = shelf.get(LAST) or (0, b"")
        self._number: int = number
        self._link: bytes = link

    @property
    def cursor(self) -> str:
        """Where this history stands now."""
        return f"{self._number}-{self._link.hex()}"

    def append(self, changes: Mapping[str, bytes | None]) -> None:
        """Write down what a build changed, if it changed anything."""
        if not changes:
            return
        listed = tuple(sorted(changes.items()))
        told = b"".join(b"%s\0%s\0" % (path.encode(), found or b"") for path, found in listed)
        self._number += 1
        self._link = digest.of(self._link + told)
        record = (self._link, listed if len(listed) <= LISTED else None)
        self._shelf.set(str(self._number), record)
        self._shelf.delete(str(self._number - KEPT))
        self._shelf.set(LAST, (self._number, self._link))

    def since(self, cursor: str) -> Changes | None:
        """Return what changed since *cursor*, or None if this history doesn't tell."""
        number, _, link = cursor.partition("-")
        known = self._shelf.get(number) if number.isdecimal() else None
        if known is None or known[0].hex() != link:
            return None
        changes: Changes = {}
        for later in range(int(number) + 1, self._number + 1):
            _, listed = self._shelf.get(str(later))
            if listed is None:
                return None
            changes.update(listed)
        return changes
