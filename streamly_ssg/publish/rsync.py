"""Sending by rsync: to another folder, or to another machine."""

import subprocess
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from streamly_ssg.errors import SystemProblem, UsageError, problem

from .journal import Target
from .outgoing import Outgoing, Sent, outgoing
from .releases import Releases

# Compared by content: a time stamp proves nothing. Files appear when all of them have arrived.
COMMON = ("--times", "--perms", "--checksum", "--delay-updates", "--force")
REMOTE = "--rsh=ssh -oBatchMode=yes"  # nobody is there to be asked for a password
LISTED = ("--from0", "--files-from=-")
LAST_LINES = 3


class Mirror:
    """A folder, here or elsewhere, that rsync brings up to date."""

    def __init__(self, name: str, to: str) -> None:
        if to.startswith("-") or not to:
            text = f'"{to}" is no target for rsync'
            hint = 'write it as "/srv/www" or "user@host:/srv/www"'
            raise UsageError(problem("PUBLISH", text, path="streamly.toml", hint=hint))
        self._name = name
        self._to = to

    def send(self, releases: Releases) -> Sent:
        """Send what changed: what pages need, then the pages, and remove last."""
        with outgoing(releases, self._name, self._to) as changes:
            assets, pages = changes.in_order
            self._run(changes.folder, *LISTED, paths=assets)
            self._run(changes.folder, *LISTED, paths=pages)
            self._remove(changes)
            releases.journal.note(Target(self._name, self._to, changes.release))
            return Sent(changes.release, len(changes.written), len(changes.removed))

    def _remove(self, changes: Outgoing) -> None:
        """Remove what is gone; in a folder where we have never been, nothing is ours to remove."""
        if not changes.is_whole:
            for path in changes.removed:  # rsync looks for what is missing in folders that exist
                with suppress(FileExistsError, NotADirectoryError):
                    (changes.folder / path).parent.mkdir(parents=True, exist_ok=True)
            self._run(changes.folder, *LISTED, "--delete-missing-args", paths=changes.removed)
        elif changes.known is not None:
            self._run(changes.folder, "--recursive", "--delete-after")

    def _run(self, folder: Path, *args: str, paths: Iterable[str] | None = None) -> None:
        listed = None if paths is None else "\0".join(paths)
        if listed == "":
            return
        command = ["rsync", *COMMON, REMOTE, *args, "--", f"{folder}/", self._to]
        try:
            done = subprocess.run(  # noqa: S603 - the settings are the owner's
                command, input=listed, capture_output=True, text=True, check=False
            )
        except FileNotFoundError as error:
            text = "the program rsync is missing"
            raise SystemProblem(problem("PUBLISH", text, hint="install it")) from error
        if done.returncode:
            told = "; ".join(done.stderr.strip().splitlines()[:LAST_LINES])
            text = f"rsync ended with {done.returncode}: {told}"
            hint = "publish again when the target can be reached: it goes on where it stopped"
            raise SystemProblem(problem("PUBLISH", text, path=self._to, hint=hint))
