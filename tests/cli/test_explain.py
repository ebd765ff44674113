"""`streamly explain`, `verify` and `clean`: what the last build remembers."""

from pathlib import Path

import pytest

from streamly_ssg.api import CACHE
from tests.cli.running import site, streamly
from tests.support.folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = site(tmp_path)
    streamly(made, "build")
    return made


@pytest.mark.parametrize(
    "page",
    [
        "/posts/first/",
        "/posts/first",
        "http://127.0.0.1:8000/posts/first/",
        "http://127.0.0.1:8000/posts/first/?a=b#c",
        "public/posts/first/index.html",
        "public/posts/first",
        "posts/first/index.html",
        "content/posts/first.md",
        "posts/first.md",
        "file:posts/first/index.html",
    ],
)
def test_a_page_has_many_names(page: str, folder: Folder) -> None:
    assert streamly(folder, "explain", page, "--json").json["url"] == "/posts/first/"


def test_it_says_what_was_read_in_order(folder: Folder) -> None:
    read = streamly(folder, "explain", "/posts/first/", "--json").json["read"]
    assert read[0] == "route:posts/first/index.html"
    assert read.index("body:posts/first.md") < read.index("template:post.html")


def test_it_says_why_down_to_the_file_that_was_edited(folder: Folder) -> None:
    folder.replace("content/posts/first.md", "*first*", "*very first*")
    streamly(folder, "build")
    found = streamly(folder, "explain", "/posts/first/", "--json").json
    assert found["reason"] == "body:posts/first.md changed"
    assert found["because"] == ["doc:posts/first.md  content:posts/first.md changed"]


def test_it_says_who_shows_something_of_a_page(folder: Folder) -> None:
    found = streamly(folder, "explain", "/posts/first/", "--json").json
    readers = {one["file"]: one["through"] for one in found["readers"]}
    assert readers["posts/index.html"] == "teaser:posts/first.md"
    assert readers["posts/second/index.html"].startswith(("place:", "teaser:"))


def test_a_template_is_read_by_its_pages(folder: Folder) -> None:
    found = streamly(folder, "explain", "themes/default/templates/post.html", "--json").json
    assert {"posts/first/index.html", "posts/second/index.html"} == {
        one["file"] for one in found["readers"]
    }


def test_it_can_be_read(folder: Folder) -> None:
    out = streamly(folder, "explain", "/posts/first/").out
    assert "why: is new" in out
    assert "read, in this order:\n  route:posts/first/index.html" in out
    assert "read by:\n" in out


def test_a_page_that_does_not_exist_has_a_neighbour(folder: Folder) -> None:
    ran = streamly(folder, "explain", "/posts/frist/")
    assert ran.code == 2
    assert 'did you mean "/posts/first/"?' in ran.err


def test_without_a_build_there_is_nothing_to_explain(tmp_path: Path) -> None:
    ran = streamly(site(tmp_path), "explain", "/")
    assert ran.code == 2
    assert "`streamly build`" in ran.err


# verify


def test_a_site_that_grew_by_itself_is_as_if_it_were_new(folder: Folder) -> None:
    folder.replace("content/posts/first.md", "title: First", "title: Changed")
    streamly(folder, "build")
    folder.remove("content/posts/second.md")
    ran = streamly(folder, "verify")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_verify_brings_the_output_up_to_date_first(folder: Folder) -> None:
    folder.write("content/posts/third.md", "# Third\n")
    assert streamly(folder, "verify", "--json").json["same"] is True
    assert (folder / "public/posts/third/index.html").exists()


def test_a_page_that_depends_on_the_clock_is_found_with_what_it_read(tmp_path: Path) -> None:
    template = "<p>{{ page.published.now() }}</p>\n"
    theme = {"themes/odd/theme.toml": 'name = "odd"\nextends = "default"\n'}
    theme |= {"themes/odd/templates/post.html": template}
    folder = site(tmp_path, {**theme, "streamly.toml": '[site]\ntheme = "odd"\n'})
    ran = streamly(folder, "verify")
    assert ran.code == 1
    assert "posts/first/index.html:1: differs" in ran.out
    assert "made because: is new" in ran.out
    assert "template:post.html" in ran.out
    assert streamly(folder, "verify", "--json").json["first"]["disagreeing"] == []


def test_a_file_that_no_build_made_is_a_difference(folder: Folder) -> None:
    folder.write("public/stray.txt", "stray")
    ran = streamly(folder, "verify")
    assert ran.code == 1
    assert ran.out.startswith("stray.txt: should not exist")


def test_verify_leaves_nothing_behind(folder: Folder) -> None:
    streamly(folder, "verify")
    assert sorted(path.name for path in (folder / CACHE).iterdir()) == ["lock", "public"]


def test_verify_with_processes_does_not_wait_for_itself(folder: Folder) -> None:
    assert streamly(folder, "verify", "--jobs", "2").code == 0


# clean


def test_clean_takes_away_what_builds_made(folder: Folder) -> None:
    assert streamly(folder, "clean").code == 0
    assert sorted(path.name for path in folder.root.iterdir()) == ["content"]


def test_clean_leaves_what_others_made(folder: Folder) -> None:
    folder.write("public/CNAME", "example.org\n")
    ran = streamly(folder, "clean")
    assert [path.name for path in (folder / "public").iterdir()] == ["CNAME"]
    assert "stays" in ran.err


def test_clean_twice_is_no_error(folder: Folder) -> None:
    streamly(folder, "clean")
    assert streamly(folder, "clean").code == 0


def test_each_output_is_cleaned_by_itself(tmp_path: Path) -> None:
    folder = site(tmp_path / "site")
    streamly(folder, "build")
    streamly(folder, "build", "--output", "../other")
    streamly(folder, "clean", "--output", "../other")
    assert not (tmp_path / "other").exists()
    assert streamly(folder, "build").out.startswith("0 pages made")
