"""The author's server, piece by piece."""

from pathlib import Path

import pytest

from streamly_ssg.devserver import overlay
from streamly_ssg.devserver.tree import find, type_of
from streamly_ssg.errors import problem
from tests.support.folder import Folder


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = Folder(tmp_path / "public")
    folder.apply({"index.html": "home", "posts/a/index.html": "a", "b.css": "b", "c d.txt": "c"})
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    return folder.root


@pytest.mark.parametrize(
    ("target", "file"),
    [
        ("/", "index.html"),
        ("/?q=1", "index.html"),
        ("/posts/a/", "posts/a/index.html"),
        ("/b.css", "b.css"),
        ("/c%20d.txt", "c d.txt"),
    ],
)
def test_an_address_leads_to_a_file(target: str, file: str, output: Path) -> None:
    assert find(output, "", target).file == output / file


def test_a_folder_wants_its_slash(output: Path) -> None:
    assert find(output, "", "/posts/a").location == "/posts/a/"


@pytest.mark.parametrize(
    "target",
    [
        "",
        "posts",
        "/b.css/",
        "/posts/",
        "/posts//a/",
        "//evil.example/..",
        "/./b.css",
        "/../secret.txt",
        "/%2E%2E/secret.txt",
        "/link.txt",
        "/%00",
        "/%C0%AE",
    ],
)
def test_everything_else_is_nothing(target: str, output: Path) -> None:
    assert find(output, "", target) == (None, "")


def test_a_site_below_a_path_has_nothing_above_it(output: Path) -> None:
    assert find(output, "/blog", "/blog/b.css").file == output / "b.css"
    assert find(output, "/blog", "/b.css") == (None, "")
    assert find(output, "/blog", "/blog").location == "/blog/"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.html", "text/html; charset=utf-8"),
        ("a.CSS", "text/css; charset=utf-8"),
        ("feed.xml", "application/xml; charset=utf-8"),
        ("a.svg", "image/svg+xml"),
        ("_headers", "application/octet-stream"),
    ],
)
def test_a_file_has_its_type(name: str, kind: str) -> None:
    assert type_of(Path(name)) == kind


def test_no_problem_shows_nothing(tmp_path: Path) -> None:
    assert overlay([], tmp_path) == b""


def test_the_column_is_pointed_at(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("one\n\tsee [it](x)\nthree\n")
    shown = overlay([problem("LINK", "is dead", path="a.md", line=2, column=6)], tmp_path).decode()
    assert "<span>1  one</span>" in shown
    assert '<span class="meant">2  \tsee [it](x)</span><span>   \t    ^</span>' in shown


def test_what_is_shown_cannot_become_a_tag(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("<script>alert(1)</script>\n")
    wrong = problem("X", "<img src=x>", path="a.md", line=1, hint="<b>")
    shown = overlay([wrong], tmp_path).decode()
    assert "<script>" not in shown
    assert "<img" not in shown
    assert "<b>" not in shown


@pytest.mark.parametrize("path", ["../secret.txt", "/etc/hostname", "absent.md", "."])
def test_only_files_of_the_site_are_quoted(path: str, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    site = tmp_path / "site"
    site.mkdir()
    assert b"<pre>" not in overlay([problem("X", "y", path=path, line=1)], site)


def test_many_problems_are_counted(tmp_path: Path) -> None:
    problems = [problem("X", f"number {n}") for n in range(30)]
    shown = overlay(problems, tmp_path).decode()
    assert "30 problems" in shown
    assert "and 10 more" in shown
