"""
Verifying: is the output what a clean build would have made, byte for byte?

The clean build goes into a folder of its own, with a cache of its own, and both are gone
afterwards. Of the first difference it is said where it is, why the file was last made, what it
had read, and what of that the clean build sees differently: the culprit is nearly always there,
or missing from there.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree

from .api import Options, Report, Site
from .engine.crew import Executor
from .engine.key import Key, make
from .engine.memory import Memory
from .errors import SystemProblem, problem

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Difference:
    """
    A file that is not what it should be.

    Attributes:
        path: of the file, in the output.
        what: what is wrong with it.
        line: the first line that differs; zero if one of the files doesn't exist.
        reason: why it was last made.
        read: what it had read, in order.
        disagreeing: what the clean build sees differently, of all that either of them read.
    """

    path: str
    what: str
    line: int = 0
    reason: str = ""
    read: tuple[Key, ...] = ()
    disagreeing: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came out: the build before it, the number of files, and the differences."""

    report: Report
    files: int
    differing: tuple[str, ...]
    first: Difference | None


def verify(site: Site, options: Options, executor: Executor | None = None) -> Verdict:
    """Bring *site*, which has *options*, up to date; make it anew beside it; compare the two."""
    report = site.build()
    with _clean_site(site, options, executor) as clean:
        clean.build()
        files, differing = _compare(site.output, clean.output)
        first = _difference(differing[0], site, clean) if differing else None
    return Verdict(report, files, tuple(differing), first)


def settled(options: Options) -> Options:
    """Return *options* with the moment written down, so that both builds are for the same one."""
    now = options.now or datetime.fromtimestamp(int(time.time()), UTC)
    return replace(options, now=now)


@contextmanager
def _clean_site(site: Site, options: Options, executor: Executor | None) -> Iterator[Site]:
    try:
        folder = Path(tempfile.mkdtemp(prefix="streamly-verify-"))
    except OSError as error:
        text = f"there is no place for a second build: {error.strerror}"
        raise SystemProblem(
            problem("VERIFY", text, hint="set TMPDIR to a folder with room")
        ) from error
    clean = Site(site.root, replace(options, output=folder / "public"), executor=executor)
    try:
        yield clean
    finally:
        clean.close()
        rmtree(folder, ignore_errors=True)
        rmtree(clean.store_path.parent, ignore_errors=True)


def _compare(one: Path, other: Path) -> tuple[int, list[str]]:
    """Return the number of files, and the paths of those that differ."""
    here, there = set(_files(one)), set(_files(other))
    differing = here ^ there
    differing |= {path for path in here & there if not _is_same(one / path, other / path)}
    return len(there), sorted(differing)


def _files(root: Path) -> Iterator[str]:
    """Yield the files below *root*, except what the builder leaves alone: dots at the top."""
    for folder, folders, names in os.walk(root):
        at_root = folder == str(root)
        if at_root:
            folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not at_root or not name.startswith("."):
                yield os.path.relpath(os.path.join(folder, name), root)


def _is_same(one: Path, other: Path) -> bool:
    with one.open("rb") as first, other.open("rb") as second:
        while True:
            here, there = first.read(CHUNK), second.read(CHUNK)
            if here != there:
                return False
            if not here:
                return True


def _difference(path: str, site: Site, clean: Site) -> Difference:
    here, there = site.output / path, clean.output / path
    with site.remembered() as memory:
        node = memory.node(make("file", path))
        reason, read = (
            (node.reason, tuple(key for key, _ in node.dependencies)) if node else ("", ())
        )
        seen = _seen(memory, path)
    with clean.remembered() as memory:
        disagreeing = _disagreeing(seen, _seen(memory, path))
    if not here.exists():
        return Difference(path, "is missing", 0, reason, read, disagreeing)
    if not there.exists():
        return Difference(path, "should not exist", 0, reason, read, disagreeing)
    line = _first_line(here.read_bytes(), there.read_bytes())
    return Difference(path, "differs", line, reason, read, disagreeing)


def _seen(memory: Memory, path: str) -> dict[Key, bytes]:
    node = memory.node(make("file", path))
    return dict(node.dependencies) if node else {}


def _disagreeing(here: dict[Key, bytes], there: dict[Key, bytes]) -> tuple[Key, ...]:
    keys = dict.fromkeys([*there, *here])
    return tuple(key for key in keys if here.get(key) != there.get(key))


def _first_line(one: bytes, other: bytes) -> int:
    """Return the number of the first line in which two texts differ."""
    here, there = one.split(b"\n"), other.split(b"\n")
    pairs = enumerate(zip(here, there, strict=False), 1)
    return next((n for n, (a, b) in pairs if a != b), min(len(here), len(there)) + 1)
