"""A site that changes: its pages name the release they belong to and the asset they need."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from streamly_ssg.engine import digest
from streamly_ssg.publish.built import Built
from streamly_ssg.publish.releases import RULES, Releases, Rules
from tests.support.folder import tree

END = "</html>\n"
FILLING = "word " * 400


def asset(number: int) -> str:
    """Return the name of the asset that edition *number* needs."""
    mark = hashlib.sha256(f"asset {number}".encode()).hexdigest()[:10]
    return f"assets/site.{mark}.css"


def page(number: int) -> str:
    """Return the page of edition *number*."""
    return f"<html>{number} {asset(number)} {FILLING} {number} {END}"


def edition(number: int, pages: int = 3) -> dict[str, str]:
    """Return the files of edition *number*: pages that all need its asset."""
    files = {f"p{one}/index.html": page(number) for one in range(pages)}
    return {**files, asset(number): f"/* asset {number} {FILLING} {number} */\n"}


class Output:
    """The output of builds, as the builder records it, without a builder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._digests: dict[str, bytes] = {}
        self._history: list[dict[str, bytes | None]] = []

    def build(self, files: Mapping[str, str | bytes]) -> None:
        """Make the output hold *files* and nothing else."""
        data = {path: t if isinstance(t, bytes) else t.encode() for path, t in files.items()}
        found = {path: digest.of(text) for path, text in data.items()}
        changes: dict[str, bytes | None] = {
            path: mark for path, mark in found.items() if self._digests.get(path) != mark
        }
        for path in self._digests.keys() - found.keys():
            changes[path] = None
            remove(self.root / path)
        for path in changes.keys() & found.keys():
            write(self.root / path, data[path])
        self._digests = found
        self._history.append(changes)

    def edit(self, **files: str) -> None:
        """Change some files, and leave the others."""
        changes = {path.replace("__", "/"): text.encode() for path, text in files.items()}
        for path, data in changes.items():
            write(self.root / path, data)
            self._digests[path] = digest.of(data)
        self._history.append({path: self._digests[path] for path in changes})

    def __call__(self, cursor: str) -> Built:
        """Return what changed since *cursor*."""
        now = str(len(self._history))
        if not cursor:
            return Built(self.root, now, dict(self._digests), is_whole=True)
        changes: dict[str, bytes | None] = {}
        for one in self._history[int(cursor) :]:
            changes |= one
        return Built(self.root, now, changes, is_whole=False)

    def whole(self, _cursor: str) -> Built:
        """Return everything, as if nobody knew what changed."""
        return Built(self.root, str(len(self._history)), dict(self._digests), is_whole=True)


def write(path: Path, data: bytes) -> None:
    """Write a file as the builder does: another one in its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name("draft~")
    draft.write_bytes(data)
    os.replace(draft, path)


def remove(path: Path) -> None:
    """Remove a file as the builder does: with the folders that this leaves empty."""
    path.unlink()
    while not any(path.parent.iterdir()):
        path = path.parent
        path.rmdir()


class Place:
    """A folder with an output and its releases."""

    def __init__(self, root: Path, rules: Rules = RULES, now: float = 1_700_000_000.0) -> None:
        self.now = now
        self.output = Output(root / "public")
        self.releases = Releases(root / "releases", rules, clock=lambda: self.now)

    def publish(self, files: Mapping[str, str | bytes]) -> int:
        """Build *files* and publish them; return the number of the release, 0 for none."""
        self.output.build(files)
        made = self.releases.publish(self.output)
        return made.number if made else 0

    def seen(self) -> dict[str, str]:
        """Return what readers see."""
        return tree(self.releases.site.resolve())

    def expected(self) -> dict[str, str]:
        """Return what readers should see."""
        return tree(self.output.root)
