"""The command `streamly` as a process of its own: with its environment, its signals and its exit code."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from .folder import Folder

HOME = Path(__file__).parents[2]
START = "from streamly_ssg.cli import main; main()"
NOW = "2026-03-01T12:00:00Z"


def command(*args: str, before: str = "") -> list[str]:
    """Return how to run ``streamly`` with *args*; *before* is Python that runs first."""
    return [sys.executable, "-c", f"{before}\n{START}", *args]


def environment(given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return a small environment, with what is *given*."""
    own = {"PATH": os.environ["PATH"], "PYTHONPATH": str(HOME), "PYTHONDONTWRITEBYTECODE": "1"}
    return own | dict(given or {})


def streamly(
    folder: Folder,
    *args: str,
    before: str = "",
    env: Mapping[str, str] | None = None,
    umask: int = 0o022,
    timeout: float = 60,
) -> subprocess.CompletedProcess[str]:
    """Run ``streamly`` in *folder*."""
    return subprocess.run(
        command(*args, before=before),
        cwd=folder.root,
        env=environment(env),
        umask=umask,
        timeout=timeout,
        capture_output=True,
        text=True,
        check=False,
    )


def start(
    folder: Folder, *args: str, before: str = "", env: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    """Start ``streamly build`` in *folder*, and don't wait for it."""
    return subprocess.Popen(
        command("build", "--now", NOW, *args, before=before),
        cwd=folder.root,
        env=environment(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
