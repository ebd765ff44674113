"""
The folder that readers see, opened anew for each request.

`current` is a link that a release replaces. So a request opens it first and walks down from there:
what it finds belongs to one release. It never follows another link, so nothing leads out of the
folder. What readers saw a moment ago is where the next release is prepared; a request that was
held up on its way, and may have walked into that, begins again.
"""

import errno
import os
import stat
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple, TypeVar

from .paths import Steps

INDEX = "index.html"
FOLDER = os.O_RDONLY | os.O_DIRECTORY
BELOW = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # a pipe isn't waited for
TRIES = 100
# What says that there is nothing for readers; anything else is trouble of ours, and no absence.
ABSENT = {
    errno.EACCES, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ENODEV, errno.ENOENT,
    errno.ENOTDIR, errno.ENXIO, errno.EPERM,
}  # fmt: skip

T = TypeVar("T")


class Switched(Exception):
    """Readers see another folder by now."""


class Opened(NamedTuple):
    """A file that is open; whoever has it closes it."""

    descriptor: int
    path: str  # below the folder, without *ending*
    ending: str  # of a sibling that holds the same, compressed
    size: int
    modified: int  # in seconds
    tag: bytes

    def close(self) -> None:
        """Let go of the file."""
        os.close(self.descriptor)


class Shown:
    """The folder as one request sees it."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._folder = os.open(root, FOLDER)
        self._number = os.fstat(self._folder).st_ino

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._folder)

    def file(self, steps: Steps, endings: tuple[str, ...] = ("",)) -> Opened | None:
        """
        Open the file at *steps*: with an empty last step, the index of that folder.

        Args:
            steps: the way down.
            endings: what may follow its name; the first file that is there is it.
        """
        *above, name = (*steps[:-1], steps[-1] or INDEX)
        on_the_way: list[int] = []
        here, found = self._folder, None
        try:
            for step in above:
                here = os.open(step, BELOW, dir_fd=here)
                on_the_way.append(here)
            found = _first(here, name, endings, "/".join((*above, name)))
        except OSError as error:
            _must_be_absence(error)
        finally:
            for one in on_the_way:
                os.close(one)
        self._must_be_current(found)
        return found

    def has_page(self, steps: Steps) -> bool:
        """Tell whether there is a folder with a page at *steps*."""
        found = self.file((*steps, ""))
        if found is not None:
            found.close()
        return found is not None

    def stamp(self, name: str) -> tuple[int, int, int] | None:
        """Return what tells this state of the file *name* from others."""
        try:
            found = os.stat(name, dir_fd=self._folder, follow_symlinks=False)
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def text(self, name: str) -> str:
        """Return what the file *name* says; nothing if it isn't there."""
        found = self.file((name,))
        if found is None:
            return ""
        with open(found.descriptor, encoding="utf-8", errors="replace") as file:
            return file.read()

    def _must_be_current(self, found: Opened | None) -> None:
        if os.stat(self._root).st_ino != self._number:
            if found is not None:
                found.close()
            raise Switched


class Tree:
    """The first of several folders that is there, whatever it is at the moment."""

    def __init__(self, *roots: Path) -> None:
        self._roots = [str(root) for root in roots]

    def ask(self, question: Callable[[Shown | None], T]) -> T:
        """Return the answer of *question* about what readers see now; None: they see nothing."""
        for _ in range(TRIES):
            shown = self._shown()
            try:
                return question(shown)
            except (Switched, FileNotFoundError):
                continue
            finally:
                if shown is not None:
                    shown.close()
        return question(None)

    def _shown(self) -> Shown | None:
        for root in self._roots:
            try:
                return Shown(root)
            except (FileNotFoundError, NotADirectoryError):
                continue
        return None


def _first(folder: int, name: str, endings: tuple[str, ...], path: str) -> Opened | None:
    for ending in endings:
        try:
            descriptor = os.open(name + ending, FILE, dir_fd=folder)
        except OSError as error:
            _must_be_absence(error)
            continue
        found = os.fstat(descriptor)
        if stat.S_ISREG(found.st_mode):
            seconds, size = found.st_mtime_ns // 10**9, found.st_size
            tag = _tag(found.st_ino, found.st_mtime_ns, size)
            return Opened(descriptor, path, ending, size, seconds, tag)
        os.close(descriptor)
    return None


def _must_be_absence(error: OSError) -> None:
    if error.errno not in ABSENT:
        raise error


@lru_cache(maxsize=4096)
def _tag(number: int, modified: int, size: int) -> bytes:
    """Return the ETag: files are replaced and never changed, and both trees have the same ones."""
    text = f"{number} {modified} {size}"
    return b'"%s"' % blake2b(text.encode(), digest_size=12).hexdigest().encode()
