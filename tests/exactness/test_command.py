"""The same, by the command: one process a build, and `streamly verify` agrees."""

from collections.abc import Iterator

import pytest

from tests.support.folder import Change, Folder, fresh_folder
from tests.support.lean import document
from tests.support.process import NOW, streamly
from tests.support.rebuild import difference, manifest

from .small import BLOG, LIKED, post

CHANGES: dict[str, Change] = {
    "an edited body": {"content/posts/a.md": post("a", body="New\n")},
    "an edited title": {"content/posts/a.md": post("a", title="Ah")},
    "a new post": {"content/posts/d.md": post("d")},
    "a like": {"facts.ndjson": LIKED},
    "a broken post": {"content/posts/b.md": document("x", titel="B")},
    "a mended post": {"content/posts/b.md": post("b", tags=["z"])},
    "a template that appears": {"themes/lean/templates/404.html": "mine"},
    "a deleted post": {"content/posts/c.md": None},
    "a deleted output": {"public/index.html": None},
    "an edited output": {"public/posts/a/index.html": "by hand"},
}


@pytest.fixture(scope="module")
def folder() -> Iterator[Folder]:
    with fresh_folder(BLOG) as made:
        yield made


def test_a_walk_by_the_command_ends_nowhere_with_a_stale_byte(folder: Folder) -> None:
    args = ("build", "--now", NOW)
    assert streamly(folder, *args).returncode == 0
    for change, files in CHANGES.items():
        folder.apply(files)
        done = streamly(folder, *args)
        with fresh_folder({}) as other:
            clean = folder.copy_sources(other / "copy")
            expected = streamly(clean, *args)
            assert difference(folder.output(), clean.output()) == {}, change
            assert manifest(folder.root) == manifest(clean.root), change
            assert done.returncode == expected.returncode, change


def test_verify_agrees_that_the_output_is_that_of_a_clean_build() -> None:
    with fresh_folder(BLOG) as folder:
        streamly(folder, "build", "--now", NOW)
        folder.write("content/posts/a.md", post("a", title="Ah"))
        assert streamly(folder, "verify", "--now", NOW).returncode == 0
