"""Settings, data files and static files make what reads them, and nothing else."""

import pytest

from streamly_ssg.pages.index import SHELLS
from tests.support.folder import Folder, fresh_folder
from tests.support.lean import document, site
from tests.support.rebuild import assert_same, build, check_rebuild, clean_build

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


SHELL = {"themes/ground/templates/shell.html": "{{ kind }} {{ site.service }} {{ page }}\n"}
SERVED = (
    '[site]\ntitle = "Blog"\nbase_url = "https://example.org"\ntheme = "lean"\nservice = "/api"\n'
)


def shells() -> set[str]:
    return {f"/{name}/" for name in SHELLS}


def test_a_site_with_a_service_has_the_pages_that_need_it() -> None:
    with fresh_folder(BLOG | SHELL) as folder:
        assert build(folder).made.isdisjoint(shells())
        folder.write("streamly.toml", SERVED)
        second = build(folder)
        assert second.made >= shells()
        assert "/login/" not in (folder / "public/sitemap.xml").read_text()
        assert_same(second, clean_build(folder))


def test_a_theme_that_cannot_show_them_has_no_such_pages() -> None:
    with fresh_folder(BLOG | {"streamly.toml": SERVED}) as folder:
        assert build(folder).made.isdisjoint(shells())
        folder.apply(SHELL)
        second = build(folder)
        assert second.made >= shells()
        assert_same(second, clean_build(folder))


def test_a_page_of_the_sites_own_stands_before_one_for_the_service() -> None:
    own = {"content/pages/login.md": document("Ours", title="Come in")}
    with fresh_folder(BLOG | SHELL | own | {"streamly.toml": SERVED}) as folder:
        found = build(folder)
        assert found.problems == ()
        assert "Ours" in folder.read("public/login/index.html")
        assert found.made >= shells()
