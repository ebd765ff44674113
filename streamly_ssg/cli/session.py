"""What one run of a command knows: where it stands, and how it speaks."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import click

from streamly_ssg.errors import UsageError, problem

SETTINGS = "streamly.toml"
CONTENT = "content"


@dataclass(slots=True)
class Session:
    """One run of a command."""

    cwd: Path = field(default_factory=Path.cwd)
    debug: bool = False
    json: bool = False

    @property
    def root(self) -> Path:
        """The folder of the site: the nearest one with settings, or this one if it has content."""
        for folder in (self.cwd, *self.cwd.parents):
            if (folder / SETTINGS).is_file():
                return folder
        if (self.cwd / CONTENT).is_dir():
            return self.cwd
        raise UsageError(
            problem(
                "SITE",
                f"there is no site here: neither {SETTINGS} nor {CONTENT}/",
                path=str(self.cwd),
                hint="make one with `streamly init`, or put Markdown files into content/posts/",
            )
        )

    def path(self, given: str) -> Path:
        """Return the whole path of what a person wrote here."""
        return Path(os.path.abspath(self.cwd / given))  # resolve() would follow links


pass_session = click.make_pass_decorator(Session, ensure=True)
