"""Running `streamly` on a real folder: in this process, or in one of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from streamly_ssg.cli import main
from tests.support.folder import Folder, Sources
from tests.support.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
NOW = "2026-03-01T12:00:00Z"
BUILDERS = {"build", "verify", "check", "list"}

SITE: Sources = {
    "content/posts/first.md": "---\ntitle: First\ndate: 2026-01-02\n---\n\nThe *first* one.\n",
    "content/posts/second.md": "---\ntitle: Second\ndate: 2026-01-03\n---\n\nSee [it](first.md).\n",
}
POST = "---\ntitle: {title}\ndate: {date}\n---\n\nText.\n"


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its JSON document."""
        return json.loads(self.out)


def site(root: Path, more: Sources | None = None) -> Folder:
    """Return a small site in *root*."""
    folder = Folder(root)
    folder.apply({**SITE, **(more or {})})
    return folder


def streamly(folder: Path | Folder, command: str, *words: str, answers: str = "") -> Ran:
    """Run a command in *folder*, as of `NOW` and in this process."""
    root = folder.root if isinstance(folder, Folder) else folder
    fixed = ["--jobs", "1"] if command in BUILDERS else []
    fixed += ["--now", NOW] if command in BUILDERS and "--now" not in words else []
    given = ["-C", str(root), command, *fixed, *words]
    result = CliRunner().invoke(main, given, input=answers)
    return Ran(result.exit_code, result.stdout, result.stderr)


def process(root: Path, *words: str) -> "subprocess.Popen[str]":
    """Start a command in *root* as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "streamly_ssg", *words],
        cwd=root,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(root: Path, *words: str, **more: str) -> Ran:
    """Run a command in *root* as a process of its own, with *more* in its environment."""
    ran = subprocess.run(
        [sys.executable, "-m", "streamly_ssg", *words],
        cwd=root,
        env={**environment(), **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def environment() -> dict[str, str]:
    """Return this process's environment, in which our sources are found."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


class Server:
    """A running `streamly serve`."""

    def __init__(self, running: "subprocess.Popen[str]") -> None:
        assert running.stdout is not None
        self.running = running
        self.said: list[str] = []
        for line in running.stdout:
            self.said.append(line)
            if line.startswith("http://"):
                break
        self.address = self.said[-1].split()[0].removeprefix("http://")
        self.port = int(self.address.split("/")[0].rpartition(":")[2])

    def get(self, path: str, **headers: str) -> tuple[HTTPResponse, str]:
        """Return the answer to a request, and its text."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response, text

    def events(self, since: str) -> HTTPResponse:
        """Return the open stream of events since a version."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", f"/.streamly/events?since={since}")
        return connection.getresponse()

    def stop(self) -> int:
        """Stop it as a service manager would; return its exit code."""
        self.running.terminate()
        return self.running.wait(PATIENCE)


@contextmanager
def serving(root: Path, *words: str) -> Iterator[Server]:
    """Serve the site in *root* on a free port."""
    running = process(root, "serve", "--port", "0", "--jobs", "1", *words)
    try:
        yield Server(running)
    finally:
        running.kill()
        running.communicate()
