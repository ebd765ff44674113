"""`streamly list`: what there is, without building anything."""

from pathlib import Path

import pytest

from tests.cli.running import POST, site, streamly
from tests.support.folder import Folder

MORE = {
    "content/posts/draft.md": "---\ntitle: Half a thought\ndraft: true\n---\n",
    "content/posts/later.md": POST.format(title="Later", date="2027-01-01"),
    "content/posts/over.md": POST.format(title="Over", date="2025-01-01\nexpire: 2025-02-01"),
    "content/pages/about.md": "---\ntitle: About\n---\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return site(tmp_path, MORE)


@pytest.mark.parametrize(
    ("what", "titles"),
    [
        ("posts", ["Second", "First"]),
        ("drafts", ["Half a thought"]),
        ("scheduled", ["Later"]),
        ("expired", ["Over"]),
        ("pages", ["About"]),
    ],
)
def test_each_list_has_its_documents(what: str, titles: list[str], folder: Folder) -> None:
    assert [row["title"] for row in streamly(folder, "list", what, "--json").json[what]] == titles


def test_routes_are_all_addresses_with_what_is_behind_them(folder: Folder) -> None:
    routes = {
        row["url"]: row for row in streamly(folder, "list", "routes", "--json").json["routes"]
    }
    assert routes["/posts/first/"]["source"] == "content/posts/first.md"
    assert routes["/"]["kind"] == "home"


def test_a_program_gets_tabs(folder: Folder) -> None:
    out = streamly(folder, "list", "posts").out
    assert out.splitlines()[1].split("\t") == [
        "2026-01-02 00:00",
        "First",
        "/posts/first/",
        "content/posts/first.md",
    ]


def test_listing_makes_nothing(folder: Folder) -> None:
    streamly(folder, "list", "posts")
    assert not (folder / "public").exists()


def test_a_list_is_as_fresh_as_a_build_would_be(folder: Folder) -> None:
    streamly(folder, "build")
    folder.replace("content/posts/first.md", "title: First", "title: Renamed")
    rows = streamly(folder, "list", "posts", "--json").json["posts"]
    assert [row["title"] for row in rows] == ["Second", "Renamed"]
    assert "posts/first/index.html" in streamly(folder, "build", "--json").json["made"]


def test_another_moment_gives_another_list(folder: Folder) -> None:
    rows = streamly(folder, "list", "scheduled", "--json", "--now", "2028-01-01").json["scheduled"]
    assert rows == []


def test_what_cannot_be_read_is_told_and_the_rest_listed(folder: Folder) -> None:
    folder.write("content/posts/bad.md", "---\ntilte: x\n---\n")
    ran = streamly(folder, "list", "posts")
    assert ran.code == 1
    assert "content/posts/bad.md:2:1" in ran.err
    assert "First" in ran.out
