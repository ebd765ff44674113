"""What another place lacks of the release that readers see, in a folder that nobody changes."""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

from streamly_ssg.errors import UsageError, problem

from . import plan
from .journal import Target
from .releases import Releases
from .trees import link

PREFIX = "outgoing-"
S3 = "s3://"


class Sent(NamedTuple):
    """What a target got."""

    release: int
    written: int
    removed: int


class Outgoing(NamedTuple):
    """
    What a target lacks.

    Attributes:
        release: the release that it will have.
        folder: holds the files to be sent.
        written: their digests, by path.
        removed: the files that are no longer there.
        is_whole: whether *written* is everything, because nobody knows what the target has.
        known: what is known of the target, if anything is.
    """

    release: int
    folder: Path
    written: dict[str, bytes]
    removed: list[str]
    is_whole: bool
    known: Target | None

    @property
    def in_order(self) -> tuple[list[str], list[str]]:
        """The files in the order of sending: first what pages need, then the pages."""
        pages = {path for path in self.written if path.endswith((".html", ".xml", ".json"))}
        pages -= {path for path in pages if plan.is_fingerprinted(path)}
        return sorted(self.written.keys() - pages), sorted(pages)


@contextmanager
def outgoing(releases: Releases, name: str, address: str, mark: str = "") -> Iterator[Outgoing]:
    """Lend what the target *name* at *address* lacks; *mark*: what it calls the state it is in."""
    _clear(releases.root)
    folder = Path(mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=releases.root))
    try:
        with releases.alone():
            gathered = _gathered(releases, name, address, mark, folder)
        yield gathered
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _gathered(releases: Releases, name: str, address: str, mark: str, folder: Path) -> Outgoing:
    journal = releases.journal
    live = journal.live
    if live is None:
        text = "there is no release yet"
        raise UsageError(problem("PUBLISH", text, hint="make one with `streamly publish`"))
    known = journal.target(name)
    if known is not None and (known.address, known.mark) != (address, mark):
        known = None
    behind = journal.behind(known.release) if known is not None else None
    wanted: dict[str, bytes | None] = (
        {path: content for path, (content, _) in journal.known().items()}
        if behind is None
        else behind
    )
    written = {path: content for path, content in wanted.items() if content is not None}
    _link_all(releases.site.resolve(), written, folder)
    removed = sorted(wanted.keys() - written.keys())
    return Outgoing(live.number, folder, written, removed, behind is None, known)


def _link_all(site: Path, paths: dict[str, bytes], folder: Path) -> None:
    made = {str(folder)}
    for path in paths:
        target = f"{folder}{os.sep}{path}"
        above = os.path.dirname(target)
        if above not in made:
            os.makedirs(above, exist_ok=True)
            made.add(above)
        link(f"{site}{os.sep}{path}", target)


def md5(path: Path) -> str:
    """Return the digest of a file by which S3 tells objects apart."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _clear(root: Path) -> None:
    """Remove what senders left that died."""
    for path in root.glob(f"{PREFIX}*"):
        number = re.match(rf"{PREFIX}(\d+)-", path.name)
        if number and not os.path.exists(f"/proc/{number[1]}"):
            shutil.rmtree(path, ignore_errors=True)
