"""Compressed forms come and go with what they are a form of."""

import gzip
from collections.abc import Iterator
from random import Random
from unittest.mock import patch

import brotli
import pytest
import zstandard

from streamly_ssg.api import Site
from streamly_ssg.pages import compressing
from tests.support.folder import Change, Folder, fresh_folder
from tests.support.rebuild import Built, assert_same, build, check_rebuild, clean_build

from .small import BLOG, POSTS, feeds, post

ALL = '[output]\ncompress = ["br", "gzip", "zstd"]\n'
ENDINGS = (".br", ".gz", ".zst")
LONG = "word and word again, " * 100
TEXT = {"static/long.txt": LONG, "static/short.txt": "short"}
PACKED = BLOG | TEXT | {"streamly.toml": f"{BLOG['streamly.toml']!s}{ALL}"}


def forms(built: Built, path: str) -> set[str]:
    return {end for end in ENDINGS if path + end in built.output}


@pytest.fixture
def folder() -> Iterator[Folder]:
    with fresh_folder(PACKED) as made:
        yield made


def test_every_form_holds_the_same(folder: Folder) -> None:
    build(folder)
    page = (folder / "public/posts/a/index.html").read_bytes()
    br, gz, zst = ((folder / f"public/posts/a/index.html{end}").read_bytes() for end in ENDINGS)
    assert brotli.decompress(br) == gzip.decompress(gz) == page
    assert zstandard.ZstdDecompressor().decompress(zst) == page
    assert max(map(len, (br, gz, zst))) < len(page)


def test_a_form_of_gzip_tells_no_time(folder: Folder) -> None:
    build(folder)
    assert (folder / "public/long.txt.gz").read_bytes()[3:8] == bytes(5)


def test_what_is_short_or_no_text_has_no_form(folder: Folder) -> None:
    folder.write("static/a.png", bytes(5000))
    built = build(folder)
    assert forms(built, "long.txt") == set(ENDINGS)
    assert forms(built, "short.txt") == forms(built, "a.png") == set()


def test_what_doesnt_become_smaller_has_no_form(folder: Folder) -> None:
    folder.write("static/noise.txt", Random(7).randbytes(4000))
    assert forms(build(folder), "noise.txt") == set()


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"static/long.txt": LONG + "more"}, set(ENDINGS)),
        ({"static/long.txt": "short by now"}, set()),
        ({"static/long.txt": None}, set()),
        ({"static/long.txt.gz": b"mine"}, set(ENDINGS)),
    ],
    ids=["changed", "too short", "taken away", "one is there already"],
)
def test_forms_follow_their_file(folder: Folder, change: Change, left: set[str]) -> None:
    build(folder)
    folder.apply(change)
    second = build(folder)
    assert_same(second, clean_build(folder))
    assert forms(second, "long.txt") == left


def test_a_file_of_ones_own_takes_the_place_of_a_form_and_gives_it_back(folder: Folder) -> None:
    first = build(folder)
    folder.write("static/long.txt.gz", b"mine")
    assert_same(build(folder), clean_build(folder))
    assert (folder / "public/long.txt.gz").read_bytes() == b"mine"
    folder.remove("static/long.txt.gz")
    last = build(folder)
    assert_same(last, clean_build(folder))
    assert last.output == first.output


def test_a_change_of_one_page_makes_that_page_with_its_forms() -> None:
    change = {"content/posts/a.md": post("a", body="Other words\n")}
    check_rebuild(PACKED, change, rebuilt={"/posts/a/", *feeds("/", "/tags/x/")})


@pytest.mark.parametrize("after", ['[output]\ncompress = ["br"]\n', ""])
def test_forms_that_nobody_asks_for_any_more_go(after: str) -> None:
    with fresh_folder(PACKED) as folder:
        build(folder)
        folder.write("streamly.toml", f"{BLOG['streamly.toml']!s}{after}")
        second = build(folder)
        assert_same(second, clean_build(folder))
        assert forms(second, "posts/a/index.html") == ({".br"} if after else set())


@pytest.mark.parametrize("harm", ["remove", "write"])
def test_a_form_that_was_harmed_is_made_again_with_its_page(folder: Folder, harm: str) -> None:
    first = build(folder)
    path = folder / "public/posts/a/index.html.br"
    path.unlink() if harm == "remove" else path.write_bytes(b"harm")
    second = build(folder)
    assert second.made == {"/posts/a/"}
    assert second.output == first.output


def test_a_build_that_died_leaves_no_form_behind(folder: Folder) -> None:
    build(folder)
    folder.remove("content/posts/a.md")
    dead = patch("streamly_ssg.engine.store.Store.commit", side_effect=KeyboardInterrupt)
    with dead, pytest.raises(KeyboardInterrupt):
        build(folder)
    assert_same(build(folder), clean_build(folder))


def test_a_page_that_cant_be_made_has_no_forms_either(folder: Folder) -> None:
    build(folder)
    folder.write("themes/lean/templates/404.html", "{{ nobody }}")
    second = build(folder)
    assert not [path for path in second.output if path.startswith("404.html")]
    assert_same(second, clean_build(folder))


@pytest.mark.parametrize("module", ["brotli", "zstandard"])
def test_a_library_that_is_missing_is_told_with_what_to_do(folder: Folder, module: str) -> None:
    compressing._pack.cache_clear()
    with patch.dict("sys.modules", {module: None}):
        built = build(folder)
    compressing._pack.cache_clear()
    assert len(built.problems) == 1
    assert f"and {module} is not here" in built.problems[0]
    assert 'pip install "streamly[compress]"' in built.problems[0]


def test_a_coding_that_nobody_knows_is_refused(folder: Folder) -> None:
    folder.write("streamly.toml", '[output]\ncompress = ["zip"]\n')
    built = build(folder)
    assert built.refused
    assert '"compress" in [output]' in built.problems[0]


def test_removing_what_was_built_removes_forms_too(folder: Folder) -> None:
    build(folder)
    Site(folder.root).remove()
    assert folder.output() == {}


def test_every_post_has_forms(folder: Folder) -> None:
    built = build(folder)
    assert all(forms(built, f"{url[1:]}index.html") == set(ENDINGS) for url in POSTS)
