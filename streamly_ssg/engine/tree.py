"""
A tree of files, written one at a time: whole or not at all, and only if they differ.

Any process may write, for the files of a build never share a path. Whatever somebody put in the
way, a file where a folder has to be, a folder where a file has to be, a link out of the tree, is
removed.
"""

import errno
import os
import shutil
import stat as modes
from functools import lru_cache
from threading import get_ident
from typing import NamedTuple

from streamly_ssg.errors import ContentError, Problem, SystemProblem, problem

from . import digest

Stat = tuple[int, int, int, int]
DRAFT = "streamly-draft~"  # short, so that no name is too long only because of it
DRAFTING = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
TELLABLE = 200  # characters of a path that are worth telling


class Written(NamedTuple):
    """A file after it was written: its stat, and whether it had to be."""

    stat: Stat
    is_changed: bool


class Tree:
    """The files below *root*, as long as nobody else removes its folders."""

    def __init__(self, root: str) -> None:
        self._prefix = root + os.sep
        self._folders: set[str] = set()
        self._new: set[str] = set()

    def write(self, path: str, data: bytes, found: bytes) -> Written:
        """
        Make *path* hold *data*, whose digest is *found*, if it doesn't already.

        Raises:
            ContentError: if the file system can't hold such a name.
            SystemProblem: if there is no space or no permission.
        """
        full = self._prefix + path
        folder = os.path.dirname(full)
        try:
            self._make_folder(folder)
            # In a folder that is new there is nothing to look at.
            stat = None if folder in self._new else _stat_if_holds(full, found)
            if stat is not None:
                return Written(stat, is_changed=False)
            return Written(_replaced(full, folder, data), is_changed=True)
        except OSError as error:
            if error.errno in {errno.ENAMETOOLONG, errno.EINVAL}:
                raise ContentError(_unnamable(path)) from error
            raise unwritable(error, path) from error

    def remove(self, path: str) -> None:
        """Remove the file *path*, and the folders that this leaves empty."""
        full = self._prefix + path
        folder = os.path.dirname(full)
        # Through a link that somebody put there, we would remove what isn't ours.
        if os.path.realpath(folder) == folder:
            discard(full)
        self.prune(os.path.dirname(path))

    def prune(self, folder: str) -> None:
        """Remove *folder* and those above it, as long as they are empty."""
        while folder:
            full = self._prefix + folder
            try:
                os.rmdir(full)
            except OSError:
                return
            self._folders.discard(full)
            self._new.discard(full)
            folder = os.path.dirname(folder)

    def _make_folder(self, folder: str) -> None:
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
                if not modes.S_ISDIR(os.lstat(folder).st_mode):
                    os.unlink(folder)
                    os.mkdir(folder)
        self._folders.add(folder)


class Target(NamedTuple):
    """Where a worker is to put what it makes; *build* tells one build's tree from the next's."""

    root: str
    build: int
    path: str

    def beside(self, ending: str) -> "Target":
        """Return the file of the same name with *ending* behind it."""
        return self._replace(path=self.path + ending)

    def write(self, data: bytes, found: bytes) -> Written:
        """Write *data* to the target."""
        return _tree(self.root, self.build).write(self.path, data, found)


@lru_cache(maxsize=1)
def _tree(root: str, _build: int) -> Tree:
    return Tree(root)


def stat_of(path: str) -> Stat | None:
    """Return what tells one version of a file from another without reading it."""
    try:
        return _stat(os.lstat(path))
    except (FileNotFoundError, NotADirectoryError):
        return None


def discard(full: str) -> None:
    """Remove whatever is at *full*."""
    try:
        os.unlink(full)
    except (FileNotFoundError, NotADirectoryError):
        return
    except (IsADirectoryError, PermissionError):
        if not os.path.isdir(full):
            raise
        shutil.rmtree(full)


def unwritable(error: OSError, path: str) -> SystemProblem:
    """Return what to tell a person when the file *path* of the output can't be written."""
    text = f"can't be written: {error.strerror or error}"
    hint = "make room or check the permissions, then build again: nothing is lost"
    return SystemProblem(problem("OUTPUT", text, path=path, hint=hint))


def _unnamable(path: str) -> Problem:
    shown = path if len(path) < TELLABLE else path[:TELLABLE] + "…"
    text = "is a name that this file system can't hold"
    hint = "give the page a shorter slug, alias or folder"
    return problem("OUTPUT", text, path=shown, hint=hint)


def _replaced(full: str, folder: str, data: bytes) -> Stat:
    """Put a file with *data* in the place of *full*, and return its stat."""
    draft = f"{folder}{os.sep}{DRAFT}{os.getpid()}-{get_ident()}"
    try:
        descriptor = os.open(draft, DRAFTING, 0o666)
        try:
            _write_all(descriptor, data)
            _rename(draft, full)
            return _stat(os.fstat(descriptor))  # not sooner: moving a file changes its ctime
        finally:
            os.close(descriptor)
    except OSError:
        discard(draft)
        raise


def _write_all(descriptor: int, data: bytes) -> None:
    written = os.write(descriptor, data)
    while written < len(data):  # the system may take less than it was given
        written += os.write(descriptor, data[written:])


def _rename(draft: str, full: str) -> None:
    try:
        os.replace(draft, full)
    except IsADirectoryError:
        shutil.rmtree(full)
        os.replace(draft, full)


def _stat(found: os.stat_result) -> Stat:
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def _stat_if_holds(full: str, found: bytes) -> Stat | None:
    """Return the stat of *full* if that is an ordinary file with the digest *found*."""
    try:
        with open(full, "rb", opener=_no_follow) as file:
            return _stat(os.fstat(file.fileno())) if digest.of(file.read()) == found else None
    except OSError:
        return None


def _no_follow(path: str, flags: int) -> int:
    return os.open(path, flags | NO_FOLLOW)
