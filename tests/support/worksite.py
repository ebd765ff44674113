"""
A site with workers, each a process of its own, and what readers see.

    with worksite() as site:
        site.start()
        site.like("ann", "a")
        site.wait(lambda: site.likes("a") == 1)
        site.check()
"""

import json
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from interact_api import facts
from interact_api.rebuild import builds
from streamly_ssg.api import Options, Site

from .folder import Folder, fresh_folder, tree
from .joint import SOURCES, Joint
from .patience import PATIENCE
from .process import command, environment
from .rebuild import difference

LIKES = re.compile(r'<pre id="likes" title="(\d+)">')
READ = ("streamly.toml", "content", "themes")


class Worksite(Joint):
    """A site with workers."""

    def __init__(self, folder: Folder) -> None:
        super().__init__(folder)
        self.workers: list[subprocess.Popen[str]] = []

    @property
    def live(self) -> Folder:
        """Return the folder that readers see."""
        return Folder(self.folder / "var/releases/current")

    def start(self, *, before: str = "") -> "subprocess.Popen[str]":
        """Start a worker; *before* is Python that runs first."""
        with (self.folder / "worker.log").open("a") as log:
            process = subprocess.Popen(
                command("worker", "--jobs", "1", before=before),
                cwd=self.folder.root,
                env=environment(),
                stdout=log,
                stderr=log,
                text=True,
            )
        self.workers.append(process)
        return process

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run `streamly worker` to its end."""
        return self.command("worker", "--jobs", "1", *words)

    def command(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        return subprocess.run(
            command(*words),
            cwd=self.folder.root,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def end(self) -> None:
        """End every worker."""
        for process in self.workers:
            process.kill()
            process.wait()
        self.workers.clear()

    def likes(self, where: str) -> int:
        """Return how many likes readers see on a post; -1 if they don't see the post."""
        try:
            found = LIKES.search(self.live.read(f"posts/{where}/index.html"))
        except FileNotFoundError:
            return -1
        assert found
        return int(found[1])

    def shows(self, where: str, text: str) -> bool:
        """Tell whether readers see *text* on a post."""
        try:
            return text in self.live.read(f"posts/{where}/index.html")
        except FileNotFoundError:
            return False

    @property
    def builds(self) -> list[builds.Build]:
        """Return what was built, the last first."""
        return builds.latest(self.database.reader, 1_000)

    def wait(self, condition: Callable[[], Any], seconds: float = PATIENCE) -> float:
        """Wait until *condition* holds; return how long that took."""
        begun = time.monotonic()
        while not condition():
            if time.monotonic() - begun > seconds:
                log = self.folder.read("worker.log")
                ends = [process.poll() for process in self.workers]
                raise AssertionError(f"nothing after {seconds} s, workers: {ends}\n{log}")
            time.sleep(0.005)
        return time.monotonic() - begun

    def settle(self) -> None:
        """Wait until readers see all that has happened."""
        self.wait(self._is_settled)

    def _is_settled(self) -> bool:
        live = builds.live(self.database.reader)
        return live is not None and live.seq == facts.last(self.database.reader)

    def check(self, *, with_old_assets: bool = False) -> None:
        """
        Assert that readers see, byte for byte, what a clean build would make.

        Assets that no page needs any more stay for a day; *with_old_assets* says that there are
        some.
        """
        place = None
        while place != (place := facts.place(self.database.reader)):
            self.settle()
            seen = tree((self.folder / "var/releases/current").resolve())
            clean = self.clean()  # rankings may have been counted again meanwhile
        if with_old_assets:
            seen = {path: one for path, one in seen.items() if path in clean or not _is_asset(path)}
        wrong = difference(seen, clean)
        assert not wrong, wrong

    def clean(self) -> dict[str, str]:
        """Return what a clean build makes."""
        with fresh_folder({}) as other:
            for name in READ:
                path = self.folder / name
                copy = shutil.copytree if path.is_dir() else shutil.copyfile
                copy(path, other / name)
            made = Site(other.root, Options(source=self.source))
            made.build()
            made.close()
            return other.output()


def _is_asset(path: str) -> bool:
    return path.startswith("assets/")


def told(ran: "subprocess.CompletedProcess[str]") -> Any:
    """Return the JSON document that a command printed."""
    return json.loads(ran.stdout)


def stop(process: "subprocess.Popen[str]") -> int:
    """Stop a worker as a service manager would; return its exit code."""
    process.send_signal(signal.SIGTERM)
    return process.wait(PATIENCE)


@contextmanager
def worksite(**more: str | None) -> Iterator[Worksite]:
    """Lend a new site with a new database; whatever runs at the end is killed."""
    with fresh_folder(SOURCES) as folder:
        folder.apply({path.replace("__", "/"): text for path, text in more.items()})
        made = Worksite(folder)
        try:
            yield made
        finally:
            made.end()
            made.database.close()
