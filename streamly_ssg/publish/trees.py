"""
Two trees that are changed in turns, and the link `current` that says which one is read.

    releases/current -> a        what readers see
    releases/claim-18 -> b       the other tree, while release 18 is being put into it
    releases/drafts-18/          files that are not whole yet

A **claim** is a link to the waiting tree. Its holder writes through it and at last renames it to
`current`, which is the release: one step that the kernel does wholly or not at all. Who overtakes a
publisher that has stopped removes its claim. From then on no path that the late one knows leads
into a tree, and there is nothing left that it could rename: it can't do harm, however late it is.

Files are never changed in place, so both trees share them as hard links.
"""

import errno
import hashlib
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

from streamly_ssg.engine import digest
from streamly_ssg.errors import SystemProblem, problem

from .journal import Overtaken

CURRENT = "current"
TREES = ("a", "b")
REST = 0.05  # seconds
CHUNK = 1 << 20
MANY = 48  # files; to sync more of them one by one costs more than to sync all there is
FILE_MODE, FOLDER_MODE = 0o644, 0o755  # the web server is somebody else
NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)


class Differs(Exception):
    """A file doesn't hold what it is recorded to hold."""


class Claim:
    """The waiting tree of the releases in *root*, held under a number."""

    def __init__(self, root: Path, tree: str, number: int) -> None:
        """Take the tree; others may take it too, but only one of them will go on."""
        self.tree = tree
        self._root = root
        self._link = f"{root}{os.sep}claim-{number}"
        self._drafts = f"{root}{os.sep}drafts-{number}"
        self._touched: set[str] = set()
        self._made = 0
        os.makedirs(root / tree, mode=FOLDER_MODE, exist_ok=True)
        os.mkdir(self._drafts)
        os.symlink(tree, self._link)

    def copy(self, source: str, path: str, expected: bytes) -> None:
        """
        Put a copy of the file *source* at *path*.

        Raises:
            Differs: if its digest isn't the *expected* one.
        """
        draft = self._draft()
        try:
            found = _copied(source, draft, is_synced=self._made <= MANY)
        except OSError as error:
            self._look_for_others()
            if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP}:
                raise Differs(source) from error
            raise
        if found != expected:
            raise Differs(source)
        self._put(draft, path)

    def link(self, source: str, path: str) -> None:
        """Put the file *source* at *path*; it becomes one file with two names."""
        draft = self._draft()
        try:
            link(source, draft)
        except FileNotFoundError:
            self._look_for_others()
            raise
        self._put(draft, path)
        with suppress(FileNotFoundError):
            os.unlink(draft)  # renaming a name to another one of the same file does nothing

    def remove(self, path: str) -> None:
        """Remove the file *path*, and the folders that this leaves empty."""
        full = f"{self._link}{os.sep}{path}"
        folder = os.path.dirname(full)
        try:
            os.unlink(full)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            self._look_for_others()
        while len(folder) > len(self._link):
            self._touched.discard(folder)
            try:
                os.rmdir(folder)
            except FileNotFoundError:
                pass
            except OSError:
                break
            folder = os.path.dirname(folder)
        self._touched.add(folder)

    def empty(self) -> None:
        """Remove everything in the tree."""
        for entry in os.scandir(f"{self._link}{os.sep}"):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)
        self._look_for_others()

    def sync(self) -> None:
        """Wait until all that was done is on the disk."""
        if self._made > MANY or len(self._touched) > MANY:
            os.sync()
        else:
            for folder in self._touched:
                with suppress(FileNotFoundError):
                    sync_folder(folder)
        self._touched.clear()

    def switch(self) -> None:
        """Let readers see the tree."""
        try:
            os.replace(self._link, self._root / CURRENT)
        except FileNotFoundError as error:
            raise Overtaken from error
        sync_folder(str(self._root))
        self._clear()

    def release(self) -> None:
        """Let go of the tree without letting readers see it."""
        self._clear()
        try:
            os.unlink(self._link)
        except FileNotFoundError as error:
            raise Overtaken from error

    def _draft(self) -> str:
        self._made += 1
        return f"{self._drafts}{os.sep}{self._made}"

    def _put(self, draft: str, path: str) -> None:
        full = f"{self._link}{os.sep}{path}"
        folder = os.path.dirname(full)
        if folder not in self._touched:
            self._make_folder(folder)
            self._touched.add(folder)
        try:
            os.replace(draft, full)
        except OSError as error:
            self._look_for_others()
            if not isinstance(error, IsADirectoryError):
                raise
            shutil.rmtree(full)
            os.replace(draft, full)

    def _make_folder(self, folder: str) -> None:
        """Make *folder* below the claim, but never the claim itself: it may have been taken."""
        if os.path.isdir(folder):
            return
        if len(folder) <= len(self._link):
            raise Overtaken
        above = os.path.dirname(folder)
        self._make_folder(above)
        with suppress(FileNotFoundError):
            os.unlink(folder)  # a file where a folder has to be
        os.mkdir(folder, FOLDER_MODE)
        os.chmod(folder, FOLDER_MODE)
        self._touched.add(above)

    def _look_for_others(self) -> None:
        if not os.path.islink(self._link):
            raise Overtaken

    def _clear(self) -> None:
        shutil.rmtree(self._drafts, ignore_errors=True)


def current(root: Path) -> str | None:
    """
    Return the tree that readers see, or None if there was no release yet.

    Raises:
        SystemProblem: if `current` is something else than a link to one of the trees.
    """
    link = root / CURRENT
    if not os.path.lexists(link):
        return None
    found = os.readlink(link) if link.is_symlink() else ""
    if found in TREES and (root / found).is_dir():
        return found
    text = f"points to {found!r}, which is none of our trees" if found else "is not a link"
    hint = "remove it, or the whole folder, and publish again"
    raise SystemProblem(problem("PUBLISH", text, path=str(link), hint=hint))


def other(tree: str | None) -> str:
    """Return the tree that waits while readers see *tree*."""
    return "a" if tree != "a" else "b"


def rest(root: Path) -> None:
    """Wait a moment after a switch: a reader may be on the way into the tree that waits now."""
    try:
        switched = os.lstat(root / CURRENT).st_ctime
    except FileNotFoundError:
        return
    left = REST - (time.time() - switched)
    if 0 < left <= REST:
        time.sleep(left)


def revoke(root: Path) -> None:
    """Take every claim from whoever holds it: what they prepared will never be seen."""
    for name in sorted(os.listdir(root)):  # claims first: who finds no drafts looks for its claim
        if name.startswith("claim-"):
            with suppress(FileNotFoundError):
                os.unlink(root / name)
        elif name.startswith("drafts-"):
            shutil.rmtree(root / name, ignore_errors=True)


def link(source: str, target: str) -> None:
    """Give the file *source* a second name, or a copy where that can't be."""
    try:
        os.link(source, target, follow_symlinks=False)
    except (FileNotFoundError, FileExistsError):
        raise
    except OSError:  # too many names, or a file system that knows only one
        _copied(source, target, is_synced=True)


def sync_folder(path: str) -> None:
    """Wait until the entries of a folder are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copied(source: str, target: str, *, is_synced: bool) -> bytes:
    """Copy a file, and return its digest."""
    seen = hashlib.sha256()
    with open(source, "rb", buffering=0, opener=_no_follow) as old:
        descriptor = os.open(target, NEW, FILE_MODE)
        with open(descriptor, "wb", buffering=0) as new:
            os.fchmod(descriptor, FILE_MODE)
            while data := old.read(CHUNK):
                seen.update(data)
                _write_all(descriptor, data)
            if is_synced:
                os.fsync(new.fileno())
    return seen.digest()[: digest.SIZE]


def _write_all(descriptor: int, data: bytes) -> None:
    written = os.write(descriptor, data)
    while written < len(data):  # the system may take less than it was given
        written += os.write(descriptor, data[written:])


def _no_follow(path: str, flags: int) -> int:
    return os.open(path, flags | NO_FOLLOW)
