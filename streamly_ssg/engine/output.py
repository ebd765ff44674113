"""
The output: which files a build made, and how it left them.

The stat of each file is recorded when it is written, so that a file somebody deleted or edited by
hand is noticed. A mark lies beside the tree's state while files are being written; whoever finds
it there knows that the last build died, and looks at every file.

Beside a file may lie the same in other forms; these come and go with it.
"""

import os
from collections.abc import Collection
from itertools import chain, count
from pathlib import Path

from .shelf import Shelf
from .store import Store
from .tree import Stat, Target, Tree, Written, stat_of

# What lies beside a file: ending, bytes unless they are written, digest, how it was left.
Forms = Collection[tuple[str, bytes, bytes, Written | None]]

_builds = count(1)


class Output:
    """
    The files below *root*.

    *shelf* remembers ``path -> (digest, stat, endings of what lies beside it…)``, and *beside*
    ``path -> (digest, stat, path of the file that it lies beside)``.
    """

    def __init__(self, root: Path, shelf: Shelf, mark: Path, beside: Shelf) -> None:
        self.root = root
        self.was_there = os.path.lexists(root)
        self.written = 0
        self.removed: list[str] = []
        self.changes: dict[str, bytes | None] = {}
        self._prefix = f"{root}{os.sep}"
        self._tree = Tree(str(root))
        self._build = next(_builds)
        self._shelf = shelf
        self._beside = beside
        self._mark = mark
        self.was_interrupted = self._marked = mark.exists()

    @classmethod
    def of(cls, store: Store, root: Path, cache: Path) -> "Output":
        """Return the output below *root* as *store* remembers it."""
        return cls(root, store.shelf("outputs"), cache / "writing", store.shelf("beside"))

    def __len__(self) -> int:
        """Return the number of files."""
        return len(self._shelf)

    def knows(self, path: str) -> bool:
        """Tell whether the last build made *path*."""
        return path in self._shelf

    def known(self) -> list[str]:
        """Return every path that the last build made."""
        return [path for path, _ in self._shelf.items()]

    def damaged(self) -> list[str]:
        """Return the known paths whose files are not as they were left."""
        prefix = self._prefix
        files = ((path, path, stat) for path, (_, stat, *_) in self._shelf.items())
        beside = ((path, owner, stat) for path, (_, stat, owner) in self._beside.items())
        return [
            owner for path, owner, stat in chain(files, beside) if stat_of(prefix + path) != stat
        ]

    def write(self, path: str, data: bytes, found: bytes, beside: Forms = ()) -> None:
        """Make *path* hold *data*, whose digest is *found*, with *beside* beside it."""
        self._begin()
        self.record(path, found, self._tree.write(path, data, found), beside)

    def target(self, path: str) -> Target:
        """Return what another process needs to write *path*; `record` what it did."""
        self._begin()
        return Target(str(self.root), self._build, path)

    def record(self, path: str, found: bytes, written: Written, beside: Forms = ()) -> None:
        """Remember how *path* was left, and see to it that only *beside* lies beside it."""
        self.written += written.is_changed
        known = self._shelf.get(path) or self._adopted(path)
        if known is None or known[0] != found:
            self.changes[path] = found
        old = known[2:] if known else ()
        endings = self._surrounded(path, beside, old) if beside or old else ()
        self._shelf.set(path, (found, written.stat, *endings))

    def _adopted(self, path: str) -> tuple[bytes, Stat] | None:
        """Return what is known of a file that lay beside another, and now is there for itself."""
        if not len(self._beside) or path not in self._beside:
            return None
        found, stat, _ = self._beside.get(path)
        self._beside.delete(path)
        return found, stat

    def _surrounded(self, path: str, beside: Forms, old: tuple[str, ...]) -> list[str]:
        """Write *beside*, unless others did, and remove what isn't there any more."""
        for ending, data, found, written in beside:
            other = path + ending
            left = written or self._tree.write(other, data, found)
            self.written += left.is_changed
            known = self._beside.get(other)
            if known is None or known[0] != found:
                self.changes[other] = found
            self._beside.set(other, (found, left.stat, path))
        endings = [ending for ending, *_ in beside]
        for ending in set(old) - set(endings):
            self._part(path, path + ending)
        return endings

    def remove(self, path: str) -> None:
        """Remove the file *path*, what lies beside it, and the folders that this leaves empty."""
        self._begin()
        known = self._shelf.get(path)
        for ending in known[2:] if known else ():
            self._part(path, path + ending)
        self._tree.remove(path)
        if known is not None:
            self.changes[path] = None
        self._shelf.delete(path)
        self.removed.append(path)

    def _part(self, path: str, other: str) -> None:
        """Remove *other*, unless it no longer lies there because of *path*."""
        known = self._beside.get(other)
        if known is not None and known[2] == path:
            self._tree.remove(other)
            self._beside.delete(other)
            self.changes[other] = None

    def sweep(self) -> None:
        """Remove what no task made, except entries of the root that begin with a dot."""
        for folder, folders, names in os.walk(self.root, topdown=True):
            at_root = folder == str(self.root)
            if at_root:
                folders[:] = [name for name in folders if not name.startswith(".")]
            links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
            for name in (*names, *links):
                path = os.path.join(folder, name)[len(self._prefix) :]
                if not (at_root and name.startswith(".")) and not self._is_made(path):
                    self.remove(path)
        for folder, _, _ in os.walk(self.root, topdown=False):
            self._tree.prune(folder[len(self._prefix) :])

    def _is_made(self, path: str) -> bool:
        return path in self._shelf or path in self._beside

    def finish(self, *, in_doubt: bool = False) -> None:
        """Say that files and state agree again, unless that is *in_doubt*."""
        if in_doubt:
            self._mark.touch()
            return
        self._mark.unlink(missing_ok=True)
        self._marked = False

    def _begin(self) -> None:
        if not self._marked:
            self._mark.touch()
            self._marked = True
