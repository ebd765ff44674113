"""
The author's files: ``content:PATH``, ``theme:NAME/PATH``, ``static:PATH``, ``data:PATH``.

A file's value is its bytes, or None if it isn't there. ``listing:SECTION`` is the sorted list of a
folder's files, so that a task can depend on which files exist and not on what they hold.

A file is read at most once a build. Its stat only ever says that reading it again would be a waste
of time: all of mtime, ctime, size and inode are as they were, and the file had already been at
rest for a tick of the clock when it was read. Otherwise its bytes are asked.
"""

import os
import stat as modes
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from streamly_ssg.engine import digest
from streamly_ssg.engine.key import Key, kind, make, name
from streamly_ssg.engine.shelf import Shelf
from streamly_ssg.errors import Problem, SystemProblem, problem

FOLDERS = {"content": "content", "theme": "themes", "static": "static", "data": "data"}
TICK = 20_000_000  # nanoseconds: a kernel stamps files a few times less finely than it counts
COARSE_TICK = 2_000_000_000  # some file systems count in seconds, or in two
AT_MOST = 512 * 1024 * 1024
RESTLESS = (0, 0, 0, 0)  # matches no file, so the file is read again

Stat = tuple[int, int, int, int]
Odd = Callable[[str, str, str], None]  # a path that holds no file, what it is, what to do


class Found(NamedTuple):
    """A file as its folder shows it: where it is, and its stat."""

    path: str
    stat: Stat


class Files:
    """The folders of a site, and those of the themes that come with Streamly."""

    def __init__(self, root: Path, shelf: Shelf, *, builtin: Path, started: int) -> None:
        """
        Look at the site in *root*.

        Args:
            root: the folder with streamly.toml.
            shelf: remembers ``key -> (digest, stat)``.
            builtin: the folder of the themes that come with Streamly.
            started: nanoseconds since the epoch when this build began.
        """
        self.problems: list[Problem] = []
        self._root = root
        self._builtin = builtin
        self._shelf = shelf
        self._started = started
        self._found: dict[Key, Found] = {}
        self._seen: dict[Key, bytes] = {}
        self._changed: set[Key] = set()

    def scan(self) -> set[Key]:
        """Walk all folders; return the keys of files that may have changed."""
        self._found = {}
        for section, folder in FOLDERS.items():
            self._found.update(self._walk(section, folder))
        for path, found in _tree(str(self._builtin), self._odd):
            self._found.setdefault(make("theme", path), found)
        self._changed = self._compare()
        return self._changed

    def rest(self) -> None:
        """Begin another build without a new scan: nothing is expected to have changed."""
        self._changed.clear()
        self._seen.clear()

    def listing(self, section: str) -> tuple[str, ...]:
        """Return the sorted paths of the files in *section*."""
        prefix = f"{section}:"
        return tuple(sorted(name(key) for key in self._found if key.startswith(prefix)))

    def look(self, key: Key) -> tuple[bytes, bytes | None]:
        """Return the digest and the bytes of a file; None if there is none."""
        found = self._found.get(key)
        if found is None:
            return digest.ABSENT, None
        data, stat = self._read(key, found)
        seen = digest.of(data)
        if self._seen.setdefault(key, seen) != seen:
            raise SystemProblem(_unsteady(self.path_of(key)))
        self._keep(key, seen, stat)
        return seen, data

    def _keep(self, key: Key, seen: bytes, stat: Stat) -> None:
        """Remember what was read; if nobody expected a change, others must look again next time."""
        known = self._shelf.get(key)
        if known and known[0] != seen and key not in self._changed:
            stat = RESTLESS
        if known != (seen, stat):
            self._shelf.set(key, (seen, stat))

    def path_of(self, key: Key) -> str:
        """Return where a person finds the file of *key*, from the site's root."""
        return f"{FOLDERS[kind(key)]}/{name(key)}"

    def _walk(self, section: str, folder: str) -> Iterator[tuple[Key, Found]]:
        top = str(self._root / folder)
        for path, found in _tree(top, self._odd, hidden=section == "static"):
            yield make(section, path), found

    def _compare(self) -> set[Key]:
        changed: set[Key] = set()
        known = {key: stat for key, (_, stat) in self._shelf.items()}
        for key, found in self._found.items():
            if known.pop(key, None) != found.stat:
                changed.add(key)
                old = self._shelf.get(key)
                self._shelf.set(key, (old[0] if old else digest.ABSENT, RESTLESS))
        for gone in known:
            changed.add(Key(gone))
            self._shelf.delete(gone)
        return changed

    def _read(self, key: Key, found: Found) -> tuple[bytes, Stat]:
        try:
            with open(found.path, "rb") as file:
                status = os.fstat(file.fileno())
                if status.st_size > AT_MOST:
                    raise SystemProblem(_too_large(self.path_of(key)))
                data = file.read()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise SystemProblem(_unsteady(self.path_of(key))) from error
        except OSError as error:
            raise SystemProblem(_unreadable(self.path_of(key), error)) from error
        return data, self._at_rest(_stat(status))

    def _at_rest(self, stat: Stat) -> Stat:
        mtime, ctime, _, _ = stat
        tick = TICK if mtime % 1_000_000_000 else COARSE_TICK
        return stat if max(mtime, ctime) + tick < self._started else RESTLESS

    def _odd(self, path: str, what: str, hint: str) -> None:
        path = os.path.relpath(path, self._root).encode("utf-8", "replace").decode()
        self.problems.append(problem("FILE", what, path=path, hint=hint))


def _tree(top: str, odd: Odd, *, hidden: bool = False) -> Iterator[tuple[str, Found]]:
    """Yield the files below *top* with their paths from there; tell *odd* of what is no file."""
    real_top = os.path.realpath(top)
    pending = [top] if os.path.isdir(top) else []
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if _is_ignored(entry.name, hidden=hidden):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)
                elif (status := _status(entry, real_top, odd)) is not None:
                    yield _relative(entry.path, top), Found(entry.path, _stat(status))


def _status(entry: "os.DirEntry[str]", real_top: str, odd: Odd) -> os.stat_result | None:
    try:
        entry.name.encode()
        status = entry.stat(follow_symlinks=True)
        inside = not entry.is_symlink() or _is_inside(entry.path, real_top)
    except UnicodeEncodeError:
        odd(entry.path, "has a name that is not UTF-8", "rename it")
    except FileNotFoundError:
        if entry.is_symlink():
            odd(entry.path, "is a link to nothing", "remove the link, or restore its target")
    except OSError as error:
        odd(entry.path, f"can't be read: {error.strerror}", "check the link or the permissions")
    else:
        if not inside:
            odd(entry.path, "is a link out of its folder", "copy the file into the site instead")
        elif modes.S_ISREG(status.st_mode):
            return status
        else:
            odd(entry.path, "is not an ordinary file", "only files and folders belong here")
    return None


def _is_inside(path: str, real_top: str) -> bool:
    return os.path.realpath(path).startswith(real_top + os.sep)


def _is_ignored(name: str, *, hidden: bool) -> bool:
    if name.endswith("~") or name in {".git", ".DS_Store", "Thumbs.db"}:
        return True
    return name.startswith(".") and not hidden


def _relative(path: str, top: str) -> str:
    relative = path[len(top) + 1 :]
    return relative.replace(os.sep, "/") if os.sep != "/" else relative


def _stat(status: os.stat_result) -> Stat:
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def _unsteady(path: str) -> Problem:
    return problem("FILE", "changed while it was being read", path=path, hint="build again")


def _too_large(path: str) -> Problem:
    return problem(
        "FILE", f"is larger than {AT_MOST >> 20} MiB", path=path, hint="host it elsewhere"
    )


def _unreadable(path: str, error: OSError) -> Problem:
    return problem(
        "FILE", f"can't be read: {error.strerror}", path=path, hint="check the permissions"
    )
