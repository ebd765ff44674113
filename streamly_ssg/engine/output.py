"""
The output tree.

Files are written if they differ, whole or not at all, and removed when no task makes them any more.

The stat of each file is recorded when it is written, so that a file somebody deleted or edited by
hand is noticed. A mark lies beside the tree's state while files are being written; whoever finds
it there knows that the last build died, and looks at every file.
"""

import errno
import os
import shutil
from pathlib import Path

from streamly_ssg.errors import ContentError, Problem, SystemProblem, problem

from . import digest
from .shelf import Shelf

Stat = tuple[int, int, int, int]
TELLABLE = 200  # characters of a path that are worth telling
DRAFT = "streamly-draft~"  # short, so that no name is too long only because of it


def stat_of(path: str) -> Stat | None:
    """Return what tells one version of a file from another without reading it."""
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


class Output:
    """The files below *root*; *shelf* remembers ``path -> (digest, stat)``."""

    def __init__(self, root: Path, shelf: Shelf, mark: Path) -> None:
        self.root = root
        self.written = 0
        self.removed: list[str] = []
        self._prefix = f"{root}{os.sep}"
        self._shelf = shelf
        self._mark = mark
        self._folders: set[str] = set()
        self._new: set[str] = set()
        self._interrupted = self._marked = mark.exists()

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
        """Make *path* hold *data*, whose digest is *found*, if it doesn't already."""
        full = self._prefix + path
        # In a folder that is new there is nothing to look at.
        stat = None if os.path.dirname(full) in self._new else stat_of(full)
        if stat is None or (self._shelf.get(path) != (found, stat) and not _holds(full, found)):
            self._replace(full, path, data)
            self.written += 1
        self._shelf.set(path, (found, stat_of(full)))

    def remove(self, path: str) -> None:
        """Remove the file *path*, and the folders that this leaves empty."""
        self._begin()
        full = self._prefix + path
        folder = os.path.dirname(full)
        # Through a link that somebody put there, we would remove what isn't ours.
        if os.path.realpath(folder) == folder:
            _discard(full)
        self._shelf.delete(path)
        self.removed.append(path)
        self._prune(os.path.dirname(path))

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
            self._prune(folder[len(self._prefix) :])

    def finish(self, *, in_doubt: bool = False) -> None:
        """Say that files and state agree again, unless that is *in_doubt*."""
        if in_doubt:
            self._mark.touch()
            return
        self._mark.unlink(missing_ok=True)
        self._interrupted = self._marked = False

    @property
    def was_interrupted(self) -> bool:
        """Whether the last build died between its first file and its state."""
        return self._interrupted

    def _replace(self, full: str, path: str, data: bytes) -> None:
        self._begin()
        folder = os.path.dirname(full)
        draft = f"{folder}{os.sep}{DRAFT}"
        try:
            self._make_folder(folder)
            with open(draft, "wb") as file:
                file.write(data)
            self._rename(draft, full)
        except OSError as error:
            if error.errno in {errno.ENAMETOOLONG, errno.EINVAL}:
                raise ContentError(_unnamable(path)) from error
            _discard(draft)
            raise unwritable(error, path) from error

    def _rename(self, draft: str, full: str) -> None:
        try:
            os.replace(draft, full)
        except IsADirectoryError:
            shutil.rmtree(full)
            os.replace(draft, full)

    def _make_folder(self, folder: str) -> None:
        """Make *folder*; what somebody put in its place, a file or a link, has to go."""
        if folder in self._folders:
            return
        if len(folder) < len(self._prefix):
            os.makedirs(folder, exist_ok=True)
        else:
            self._make_folder(os.path.dirname(folder))
            try:
                os.mkdir(folder)
                self._new.add(folder)
            except FileExistsError:
                if os.path.islink(folder) or not os.path.isdir(folder):
                    os.unlink(folder)
                    os.mkdir(folder)
        self._folders.add(folder)

    def _prune(self, folder: str) -> None:
        while folder:
            try:
                os.rmdir(self._prefix + folder)
            except OSError:
                return
            self._folders.discard(self._prefix + folder)
            self._new.discard(self._prefix + folder)
            folder = os.path.dirname(folder)

    def _begin(self) -> None:
        if not self._marked:
            self._mark.touch()
            self._marked = True


def _unnamable(path: str) -> Problem:
    text = "is a name that this file system can't hold"
    hint = "give the page a shorter slug, alias or folder"
    return problem(
        "OUTPUT", text, path=path if len(path) < TELLABLE else path[:TELLABLE] + "…", hint=hint
    )


def unwritable(error: OSError, path: str) -> SystemProblem:
    """Return what to tell a person when the file *path* of the output can't be written."""
    return SystemProblem(
        problem(
            "OUTPUT",
            f"can't be written: {error.strerror or error}",
            path=path,
            hint="make room or check the permissions, then build again: nothing is lost",
        )
    )


def _holds(full: str, found: bytes) -> bool:
    """Tell whether the file at *full* has the digest *found*."""
    try:
        with open(full, "rb", opener=_no_follow) as file:
            return digest.of(file.read()) == found
    except OSError:
        return False


def _discard(full: str) -> None:
    try:
        os.unlink(full)
    except (FileNotFoundError, NotADirectoryError):
        return
    except (IsADirectoryError, PermissionError):
        if not os.path.isdir(full):
            raise
        shutil.rmtree(full)


def _no_follow(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0))
