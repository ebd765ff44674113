"""
The output: which files a build made, and how it left them.

The stat of each file is recorded when it is written, so that a file somebody deleted or edited by
hand is noticed. A mark lies beside the tree's state while files are being written; whoever finds
it there knows that the last build died, and looks at every file.
"""

import os
from itertools import count
from pathlib import Path

from .shelf import Shelf
from .tree import Target, Tree, Written, stat_of

_builds = count(1)


class Output:
    """The files below *root*; *shelf* remembers ``path -> (digest, stat)``."""

    def __init__(self, root: Path, shelf: Shelf, mark: Path) -> None:
        self.root = root
        self.was_there = os.path.lexists(root)
        self.written = 0
        self.removed: list[str] = []
        self.changes: dict[str, bytes | None] = {}
        self._prefix = f"{root}{os.sep}"
        self._tree = Tree(str(root))
        self._build = next(_builds)
        self._shelf = shelf
        self._mark = mark
        self.was_interrupted = self._marked = mark.exists()

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
        return [path for path, (_, stat) in self._shelf.items() if stat_of(prefix + path) != stat]

    def write(self, path: str, data: bytes, found: bytes) -> None:
        """Make *path* hold *data*, whose digest is *found*."""
        self._begin()
        self.record(path, found, self._tree.write(path, data, found))

    def target(self, path: str) -> Target:
        """Return what another process needs to write *path*; `record` what it did."""
        self._begin()
        return Target(str(self.root), self._build, path)

    def record(self, path: str, found: bytes, written: Written) -> None:
        """Remember how *path* was left."""
        self.written += written.is_changed
        known = self._shelf.get(path)
        if known is None or known[0] != found:
            self.changes[path] = found
        self._shelf.set(path, (found, written.stat))

    def remove(self, path: str) -> None:
        """Remove the file *path*, and the folders that this leaves empty."""
        self._begin()
        self._tree.remove(path)
        if path in self._shelf:
            self.changes[path] = None
        self._shelf.delete(path)
        self.removed.append(path)

    def sweep(self) -> None:
        """Remove what no task made, except entries of the root that begin with a dot."""
        for folder, folders, names in os.walk(self.root, topdown=True):
            at_root = folder == str(self.root)
            if at_root:
                folders[:] = [name for name in folders if not name.startswith(".")]
            links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
            for name in (*names, *links):
                path = os.path.join(folder, name)[len(self._prefix) :]
                if not (at_root and name.startswith(".")) and path not in self._shelf:
                    self.remove(path)
        for folder, _, _ in os.walk(self.root, topdown=False):
            self._tree.prune(folder[len(self._prefix) :])

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
