"""Settings, data files and static files make what reads them, and nothing else."""

import pytest

from tests.support.folder import Folder
from tests.support.lean import document, site
from tests.support.rebuild import check_rebuild

from .small import BLOG, HTML, POSTS, SETTINGS, feeds


@pytest.mark.parametrize(
    ("settings", "rebuilt"),
    [
        ('[permalinks]\nnotes = "/n/:slug/"\n', set()),
        ("[lists]\nper_page = 2\nrelated = 0\nfeatured = 1\n", {"/"}),
        ('[headers."/x"]\nA = "b"\n', {"/_headers"}),
        ('[redirects]\n"/from" = "/to"\n', {"/_redirects"}),
        ("[build]\ndrafts = true\n", set()),
        ('[feeds]\ncontent = "summary"\n', feeds("/", "/tags/x/", "/tags/y/")),
        ("[markup]\nmath = false\n", set()),
        ('[comments]\nposts = "closed"\n', POSTS),
        ("[extra]\nmood = 1\n", HTML | {"/robots.txt"} | feeds("/", "/tags/x/", "/tags/y/")),
    ],
)
def test_a_setting_makes_what_reads_it(settings: str, rebuilt: set[str]) -> None:
    own = "" if settings.startswith("[lists]") else SETTINGS
    check_rebuild(BLOG, lambda folder: _set(folder, own + settings), rebuilt=rebuilt)


def _set(folder: Folder, settings: str) -> None:
    folder.write("streamly.toml", site({}, settings)["streamly.toml"])


@pytest.mark.parametrize(
    ("suffix", "old", "new"),
    [
        ("toml", 'name = "old"\n', 'name = "new"\n'),
        ("yaml", "name: old\n", "name: new\n"),
        ("yml", "name: old\n", "name: new\n"),
        ("json", '{"name": "old"}', '{"name": "new"}'),
        ("csv", "name\nold\n", "name\nnew\n"),
    ],
)
def test_a_data_file_makes_the_pages_that_read_it(suffix: str, old: str, new: str) -> None:
    path = f"data/links.{suffix}"
    check_rebuild(BLOG | {path: old}, {path: new}, rebuilt={"/"})
    check_rebuild(BLOG, {path: new}, rebuilt={"/"})
    check_rebuild(BLOG | {path: old}, {path: None}, rebuilt={"/"})


def test_a_data_file_that_nobody_reads_makes_nothing() -> None:
    check_rebuild(BLOG, {"data/others.toml": "a = 1\n"}, rebuilt=())


def test_all_data_together_notices_a_file_that_appears() -> None:
    blog = BLOG | {"content/notes/n.md": document("Note", date="2026-01-05")}
    check_rebuild(blog, {"data/others.toml": "a = 1\n"}, rebuilt={"/notes/n/"})


def test_a_removed_static_file_is_removed_from_the_output() -> None:
    blog = BLOG | {"static/a.txt": "a", "static/deep/b.txt": "b"}
    built = check_rebuild(blog, {"static/deep/b.txt": None}, rebuilt=(), removed={"/deep/b.txt"})
    assert not any(path.startswith("deep") for path in built.output)
