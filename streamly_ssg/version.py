"""
The version of the builder: a digest of everything of ours and of others that shapes a byte.

Nobody has to remember to raise a number: a change in any of our sources, in a library that parses
or renders, or in Python itself starts every site's cache over.
"""

import os
import sys
from functools import cache
from pathlib import Path

from .engine import digest

ROOMS = ("engine", "inputs", "documents", "pages")  # the others look on, and shape nothing
SHAPING = (
    "babel",
    "comrak",
    "feedgen",
    "jinja2",
    "latex2mathml",
    "lxml",
    "markdown",
    "markupsafe",
    "msgspec",
    "pygments",
    "python_frontmatter",
    "python_slugify",
    "pyyaml",
    "text_unidecode",
    "tzdata",
)


@cache
def engine_version() -> str:
    """Return the digest of our sources and of the versions of the libraries that shape bytes."""
    here = Path(__file__).parent
    sources = [here / "values.py", here / "api.py"]
    sources += sorted(path for room in ROOMS for path in (here / room).rglob("*.py"))
    parts = [digest.of(path.read_bytes()) for path in sources]
    parts += [name.encode() for name in installed(SHAPING)]
    parts.append(repr((sys.version_info, os.name)).encode())
    return digest.of(b"\0".join(parts)).hex()


def installed(names: tuple[str, ...]) -> list[str]:
    """Return ``name-version`` of those libraries that are installed."""
    # The folder names say it; importlib.metadata would take longer than a whole warm build.
    wanted = set(names)
    found = set()
    for folder in sys.path:
        if os.path.isdir(folder or "."):
            for entry in os.listdir(folder or "."):
                stem, dot, suffix = entry.rpartition(".")
                project, _, _ = stem.lower().partition("-")
                if dot and suffix == "dist-info" and project.replace(".", "_") in wanted:
                    found.add(stem.lower())
    return sorted(found)
