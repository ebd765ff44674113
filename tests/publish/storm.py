"""
A publisher that works on and on, and a reader who misses nothing.

As a program: ``storm.py FOLDER HOW [MOMENT]``. It builds editions of a site, each newer than what
anybody has built before, and publishes them; after each it prints the number of the edition. HOW is
``release``, or one of the controls: ``plain`` copies into what readers see, ``forgetful`` takes
assets away at once. With a MOMENT it publishes one edition, and calls a signal on itself when it
touches a file for the so-manieth time: ``kill:12`` or ``stop:12``.
"""

import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from streamly_ssg.engine import digest
from streamly_ssg.publish.built import Built
from streamly_ssg.publish.releases import Releases, Rules
from tests.publish.making import END, FILLING, edition, write
from tests.support.process import environment

PAGES = 3
REST = 0.03  # seconds, so that others have a chance
SLOW, PAUSE = 500, 0.3  # each so-manieth page is read slowly
PAGE = re.compile(rf"<html>(\d+) (\S+) {FILLING} (\d+) {END}")
TOUCHING = {
    *("os.rename", "os.link", "os.symlink", "os.remove", "os.mkdir", "os.rmdir", "os.scandir"),
    *("sqlite3.connect", "shutil.rmtree", "os.listdir", "os.truncate"),
}


class Workshop:
    """The output of builds by several processes, each of them newer than the last."""

    def __init__(self, root: Path) -> None:
        self.root = root / "public"
        self._state = root / "state.json"
        self._lock = root / "build.lock"
        root.mkdir(exist_ok=True)

    def build(self) -> int:
        """Build the next edition, and return its number."""
        with self._locked():
            number = self._known()[0] + 1
            files = edition(number, PAGES)
            for path, text in files.items():
                write(self.root / path, text.encode())
            digests = {path: digest.of(text.encode()).hex() for path, text in files.items()}
            write(self._state, json.dumps([number, digests]).encode())
            return number

    def __call__(self, _cursor: str) -> Built:
        """Return what was built last."""
        with self._locked():
            number, digests = self._known()
        files = {path: bytes.fromhex(mark) for path, mark in digests.items()}
        return Built(self.root, str(number), dict(files), is_whole=True)

    def _known(self) -> tuple[int, dict[str, str]]:
        if not self._state.exists():
            return 0, {}
        number, digests = json.loads(self._state.read_text())
        return number, digests

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._lock.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


class Wrong(AssertionError):
    """Readers saw what nobody may see."""


class Reader(threading.Thread):
    """Read pages and what they need, on and on, and remember the first thing that was wrong."""

    def __init__(self, site: Path) -> None:
        super().__init__(daemon=True)
        self.fetched = 0
        self.newest = 0
        self.wrong = ""
        self._site = site
        self._done = threading.Event()

    def run(self) -> None:
        """Read until told to stop, or until something is wrong."""
        while not self._done.is_set() and not self.wrong:
            try:
                for one in range(PAGES):
                    self._read(f"p{one}/index.html")
            except Wrong as error:
                self.wrong = str(error)

    def _read(self, path: str) -> None:
        text = (self._site / path).read_text()
        found = PAGE.fullmatch(text)
        if not found or found[1] != found[3]:
            raise Wrong(f"half of a page: {text[:40]!r} … {text[-40:]!r}")
        if int(found[1]) < self.newest:
            raise Wrong(f"edition {found[1]} after {self.newest}")
        self.newest = int(found[1])
        if self.fetched % SLOW == 0:
            time.sleep(PAUSE)  # somebody's line is slow: meanwhile there are newer releases
        self._need(found[2], f"/* asset {found[1]} {FILLING} {found[1]} */\n")
        self.fetched += 1

    def _need(self, path: str, expected: str) -> None:
        try:
            text = (self._site / path).read_text()
        except FileNotFoundError as error:
            raise Wrong(f"{path} is missing") from error
        if text != expected:
            raise Wrong(f"half of {path}")

    def finish(self) -> None:
        """Stop, and raise what was wrong."""
        self._done.set()
        self.join()
        if self.wrong:
            raise Wrong(self.wrong)


@contextmanager
def reading(site: Path) -> Iterator[Reader]:
    """Have somebody read *site* meanwhile."""
    reader = Reader(site)
    reader.start()
    try:
        yield reader
    finally:
        reader.finish()


def open_releases(root: Path, *, patience: float = 20, asset_hours: int = 24) -> Releases:
    """Return the releases in *root*."""
    return Releases(root / "releases", Rules(patience=patience, asset_hours=asset_hours))


def start(root: Path, how: str = "release", moment: str = "") -> "subprocess.Popen[str]":
    """Start this program."""
    return subprocess.Popen(
        [sys.executable, __file__, str(root), how, *([moment] if moment else [])],
        env={**environment(), **{k: v for k, v in os.environ.items() if k == "VIRTUAL_ENV"}},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def plain(workshop: Workshop, root: Path) -> None:
    """Publish as one shouldn't: copy each file over what readers see."""
    built = workshop("")
    for path in sorted(built.changes, reverse=True):
        target = root / "releases/current" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(built.root / path, target)
        time.sleep(0.002)  # as on a slow disk


def at(moment: str) -> None:
    """Call a signal on this process when it touches a file for the so-manieth time."""
    what, _, count = moment.partition(":")
    left = [int(count)]
    number = signal.SIGKILL if what == "kill" else signal.SIGSTOP

    def hook(event: str, args: tuple[Any, ...]) -> None:
        writes = event in TOUCHING or (
            event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
        )
        if writes:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), number)

    sys.addaudithook(hook)


def work(root: Path, how: str, moment: str) -> None:
    """Publish on and on, or once."""
    workshop = Workshop(root)
    say = sys.stdout.write
    if moment:
        number = workshop.build()
        at(moment)
    releases = open_releases(root, asset_hours=0 if how == "forgetful" else 24)
    while True:
        number = number if moment else workshop.build()
        if how == "plain":
            plain(workshop, root)
        else:
            releases.publish(workshop)
        say(f"{number}\n")
        sys.stdout.flush()
        if moment:
            releases.close()
            return
        time.sleep(REST)


if __name__ == "__main__":
    work(Path(sys.argv[1]), sys.argv[2], "".join(sys.argv[3:]))
