"""A folder as a dictionary: paths and texts go in, paths and digests come out."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

Text = str | bytes
Sources = Mapping[str, Text]
Change = Mapping[str, Text | None]  # None: the file goes away
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there
MADE = {"public", "public.manifest.ndjson", ".streamly"}  # what a build puts beside the sources


class Folder:
    """A folder that holds a site."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __truediv__(self, path: str) -> Path:
        """Return where *path* lies."""
        return self.root / path

    def write(self, path: str, text: Text) -> None:
        """Put *text* into the file *path*."""
        full = self.root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(text if isinstance(text, bytes) else text.encode())

    def read(self, path: str) -> str:
        """Return the text of the file *path*."""
        return (self.root / path).read_text("utf-8")

    def remove(self, path: str) -> None:
        """Take away the file *path*, and the folders that this leaves empty."""
        full = self.root / path
        full.unlink()
        for folder in full.relative_to(self.root).parents:
            if folder == Path() or any((self.root / folder).iterdir()):
                return
            (self.root / folder).rmdir()

    def rename(self, old: str, new: str) -> None:
        """Give the file *old* the path *new*."""
        target = self.root / new
        target.parent.mkdir(parents=True, exist_ok=True)
        (self.root / old).rename(target)

    def replace(self, path: str, old: str, new: str) -> None:
        """Replace *old*, which must be there, by *new* in the file *path*."""
        text = self.read(path)
        assert old in text, f"{old!r} is not in {path}"
        self.write(path, text.replace(old, new))

    def apply(self, change: Change) -> None:
        """Write the files that *change* gives, and remove those it gives None for."""
        for path, text in change.items():
            if text is None:
                self.remove(path)
            else:
                self.write(path, text)

    def copy_sources(self, target: Path) -> "Folder":
        """Return a copy without anything that a build has made."""
        shutil.copytree(self.root, target, symlinks=True, ignore=lambda _, names: MADE & set(names))
        return Folder(target)

    def output(self) -> dict[str, str]:
        """Return what lies in the output, by path: the digest of a file, or what else it is."""
        return tree(self.root / "public")


def tree(top: Path) -> dict[str, str]:
    """Return what lies below *top*, by path."""
    found = {}
    for folder, folders, names in os.walk(top):
        for name in names:
            full = os.path.join(folder, name)
            found[os.path.relpath(full, top)] = _described(full)
        for name in folders:
            full = os.path.join(folder, name)
            if os.path.islink(full):
                found[os.path.relpath(full, top)] = _described(full)
            elif not os.listdir(full):
                found[os.path.relpath(full, top)] = "an empty folder"
    return found


def _described(full: str) -> str:
    if os.path.islink(full):
        return f"a link to {os.readlink(full)}"
    with open(full, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


@contextmanager
def fresh_folder(sources: Sources) -> Iterator[Folder]:
    """Lend a new folder with *sources*, in memory where the machine has such a place."""
    place = MEMORY if os.access(MEMORY, os.W_OK) else None
    root = Path(tempfile.mkdtemp(prefix="streamly-test-", dir=place))
    try:
        folder = Folder(root / "site")
        folder.root.mkdir()
        folder.apply(sources)
        yield folder
    finally:
        shutil.rmtree(root, ignore_errors=True)
