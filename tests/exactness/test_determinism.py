"""The same sources give the same bytes, whatever the machine is like."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.folder import Folder, fresh_folder
from tests.support.lean import document, site
from tests.support.process import NOW, streamly
from tests.support.rebuild import facts, manifest

from .blog import COMMENT, RANKING
from .small import SETTINGS

LISTING = """
import os, random
scandir = os.scandir

class Shuffled:
    def __init__(self, path="."):
        self.entries = sorted(scandir(path), key=lambda entry: entry.name)
        random.Random(7).shuffle(self.entries)
    def __enter__(self):
        return self
    def __exit__(self, *_):
        pass
    def __iter__(self):
        return self
    def __next__(self):
        if not self.entries:
            raise StopIteration
        return self.entries.pop()
    def close(self):
        pass

os.scandir = Shuffled
"""
CLOCK = """
import time
now, now_ns = time.time, time.time_ns
time.time = lambda: now() + 1_000_000_000
time.time_ns = lambda: now_ns() + 1_000_000_000 * 10**9
"""
ELSEWHERE: dict[str, dict[str, Any]] = {
    "one hash seed": {"env": {"PYTHONHASHSEED": "1"}},
    "another hash seed": {"env": {"PYTHONHASHSEED": "4242"}},
    "another time zone": {"env": {"TZ": "Pacific/Auckland"}},
    "another language": {"env": {"LC_ALL": "C", "LANG": "tr_TR.UTF-8", "PYTHONUTF8": "0"}},
    "another order of files": {"before": LISTING},
    "one process": {"args": ("--jobs", "1")},
    "three processes": {"args": ("--jobs", "3")},
    "another umask": {"umask": 0o077},
    "another clock": {"before": CLOCK},
    "its own variables": {"env": {"STREAMLY_TITLE": "no", "SOURCE_DATE_EPOCH": "1"}},
}


def blog() -> dict[str, str | bytes]:
    """Return a blog of more pages than one process makes alone."""
    posts = {
        f"content/posts/{number:02}.md": document(
            f"# Part {number}\n\nText with `code` and [a link](01.md).\n\n```python\nx = {number}\n```\n",
            title=f"Post {number} – Überschrift",
            date=f"2026-01-{number:02} 23:30",
            tags=[f"tag {number % 5}", "Tag 1", "ümlaut"],
            category=f"cat{number % 3}",
            author="ada" if number % 2 else "ben",
            extra={"b": 1, "a": [1, 2], "c": {"z": None, "y": True}},
        )
        for number in range(1, 25)
    }
    told = facts(
        comments={"posts.01": {"count": 1, "items": [COMMENT]}},
        profile={"mira": {"name": "Mira"}, "jon": {"name": "Jon"}, "zoe": {}},
        trending={"week": RANKING},
    )
    others = {
        "content/notes/n.md": document("A note", date="2026-02-01"),
        "content/pages/broken.md": document("[gone](gone.md)", title="Broken"),
        "data/links.json": '{"z": 1, "a": {"y": 1, "b": 2}}',
        "facts.ndjson": told,
    }
    zone = '[site]\ntimezone = "Europe/Berlin"\n[extra]\nz = 1\na = 2026-01-01\n'
    made = site({**posts, **others})
    head, _, extra = zone.partition("[extra]")
    toml = str(made["streamly.toml"]).replace("[site]\n", head)
    made["streamly.toml"] = f"{toml}{SETTINGS}[extra]{extra}"
    return made


@pytest.fixture(scope="module")
def usual() -> Iterator[tuple[dict[str, str], dict[str, Any], list[str]]]:
    with fresh_folder(blog()) as folder:
        yield built(folder)


def built(
    folder: Folder, *args: str, **how: Any
) -> tuple[dict[str, str], dict[str, Any], list[str]]:
    """Build the site in *folder* with the command; return all that came of it."""
    done = streamly(folder, "build", "--now", NOW, *args, **how)
    assert done.returncode == 1, done.stderr  # one page is broken
    told = [line for line in (done.stdout + done.stderr).splitlines() if "broken.md" in line]
    assert told
    return folder.output(), manifest(folder.root), told


@pytest.mark.parametrize("where", ELSEWHERE.values(), ids=ELSEWHERE)
def test_the_same_sources_give_the_same_bytes_with(where: dict[str, Any], usual: Any) -> None:
    how = dict(where)
    args = how.pop("args", ())
    with fresh_folder(blog()) as folder:
        assert built(folder, *args, **how) == usual


def test_the_same_sources_give_the_same_bytes_from_another_folder(usual: Any) -> None:
    with fresh_folder(blog()) as folder, fresh_folder({}) as outside:
        done = streamly(outside, "-C", str(folder.root), "build", "--now", NOW)
        assert done.returncode == 1
        assert (folder.output(), manifest(folder.root)) == usual[:2]


def test_a_file_is_not_newer_than_the_build_that_changed_nothing() -> None:
    with fresh_folder(blog()) as folder:
        built(folder)
        before = {path: (folder / "public" / path).stat() for path in folder.output()}
        built(folder)
        assert {path: (folder / "public" / path).stat() for path in folder.output()} == before
