"""
The folder of the site as a checkout of a git repository.

Fetching talks to another machine and takes its time; taking over what was fetched is quick. We only
ever go forward: what was changed here by hand, or what has another past, is nothing that we decide.
"""

import os
import subprocess
from pathlib import Path

TIMEOUT = 120.0  # seconds
LAST = 3  # lines of what git said
NOT_ASKING = {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


class GitError(Exception):
    """What git said when it could not."""


class Checkout:
    """The checkout that *root* is, or lies in."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def fetch(self) -> None:
        """Bring what is new where the branch comes from, and change no file."""
        self._git("fetch", "--quiet")

    def advance(self) -> str:
        """Take over what was fetched; return the commit that the files are of."""
        self._git("merge", "--ff-only", "--quiet", "@{upstream}")
        return self._git("rev-parse", "--short", "HEAD").strip()

    def _git(self, *words: str) -> str:
        try:
            ran = subprocess.run(  # noqa: S603 - the words are ours
                ["git", "-C", str(self._root), *words],  # noqa: S607 - as the operator has it
                env={**os.environ, **NOT_ASKING},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=TIMEOUT,
                check=False,
            )
        except FileNotFoundError as error:
            raise GitError("git isn't installed") from error
        except subprocess.TimeoutExpired as error:
            raise GitError(f"git {words[0]} took longer than {TIMEOUT:g} seconds") from error
        if ran.returncode:
            said = [line for line in ran.stderr.splitlines() if line.strip()]
            raise GitError(f"git {words[0]}: " + " ".join(said[:LAST]))
        return ran.stdout
