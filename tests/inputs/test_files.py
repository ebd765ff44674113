"""The author's files: only ordinary ones inside the site count, and no change is missed."""

import os
import shutil
from pathlib import Path

import pytest

from tests.support.folder import Folder, fresh_folder
from tests.support.lean import document, site
from tests.support.rebuild import Built, assert_same, build, clean_build

BLOG = site(
    {
        "content/posts/a.md": document("Text of a", title="A", date="2026-01-01"),
        "content/posts/b.md": document("Text of b", title="B", date="2026-01-02"),
    }
)
OLD = 1_500_000_000_000_000_000  # nanoseconds
SECRET = "root:x:0:0"


def linked(folder: Folder, path: str, target: str | Path) -> None:
    """Put a link to *target* at *path*."""
    full = folder / path
    full.parent.mkdir(parents=True, exist_ok=True)
    full.symlink_to(target)


def holds(folder: Folder, text: str) -> list[Path]:
    """Return the files of the output that hold *text*."""
    files = [path for path in (folder / "public").rglob("*") if path.is_file()]
    return [path for path in files if text.encode() in path.read_bytes()]


@pytest.mark.parametrize("path", ["content/posts/x.md", "static/x.txt", "data/x.json"])
def test_a_link_out_of_the_site_is_told_and_not_followed(path: str) -> None:
    with fresh_folder(BLOG) as folder, fresh_folder({"secret": SECRET}) as outside:
        linked(folder, path, outside / "secret")
        built = build(folder)
        assert [path in problem and "link out of" in problem for problem in built.problems] == [
            True
        ]
        assert holds(folder, SECRET) == []


def test_a_template_that_is_a_link_out_of_the_themes_is_not_used() -> None:
    with fresh_folder(BLOG) as folder, fresh_folder({"secret": SECRET}) as outside:
        linked(folder, "themes/lean/templates/partials/part.html", outside / "secret")
        folder.write("content/pages/p.md", document(title="P", extra={"part": "part"}))
        build(folder)
        assert holds(folder, SECRET) == []


def test_a_linked_folder_is_told_and_not_walked() -> None:
    with fresh_folder(BLOG) as folder, fresh_folder({"x.md": SECRET}) as outside:
        linked(folder, "content/posts/more", outside.root)
        built = build(folder)
        assert len(built.problems) == 1
        assert "content/posts/more" in built.problems[0]
        assert holds(folder, SECRET) == []


@pytest.mark.timeout(20)
def test_a_link_to_its_own_folder_does_not_hang() -> None:
    with fresh_folder(BLOG) as folder:
        linked(folder, "content/posts/loop", folder / "content")
        built = build(folder)
        assert "/posts/a/" in built.made
        assert [text for text in built.problems if "content/posts/loop" in text]


@pytest.mark.timeout(20)
def test_a_link_to_itself_is_told() -> None:
    with fresh_folder(BLOG) as folder:
        linked(folder, "content/posts/self.md", "self.md")
        built = build(folder)
        assert [text for text in built.problems if "content/posts/self.md" in text]


@pytest.mark.timeout(20)
def test_a_pipe_is_told_and_not_opened() -> None:
    with fresh_folder(BLOG) as folder:
        os.mkfifo(folder / "content/posts/pipe.md")
        built = build(folder)
        assert built.problems == (
            (
                "content/posts/pipe.md: FILE is not an ordinary file "
                "(only files and folders belong here)"
            ),
        )


def test_a_link_to_nothing_is_told() -> None:
    with fresh_folder(BLOG) as folder:
        linked(folder, "content/posts/x.md", "nothing.md")
        built = build(folder)
        assert len(built.problems) == 1
        assert "is a link to nothing" in built.problems[0]


def test_a_link_inside_the_folder_is_an_ordinary_file() -> None:
    with fresh_folder(BLOG) as folder:
        folder.write("static/one.txt", "one")
        linked(folder, "static/two.txt", "one.txt")
        built = build(folder)
        assert built.problems == ()
        assert built.output["two.txt"] == built.output["one.txt"]


def test_a_file_behind_a_link_that_changes_is_noticed() -> None:
    with fresh_folder(BLOG) as folder:
        folder.write("static/one.txt", "one")
        linked(folder, "static/two.txt", "one.txt")
        build(folder)
        folder.write("static/one.txt", "new")
        assert {"/one.txt", "/two.txt"} <= build(folder).made


def test_a_name_that_is_not_utf_8_is_told_and_the_others_are_made() -> None:
    with fresh_folder(BLOG) as folder:
        name = os.fsencode(folder / "content/posts") + b"/caf\xe9.md"
        with open(name, "wb") as file:
            file.write(b"# Coffee\n")
        built = build(folder)
        assert len(built.problems) == 1
        assert "has a name that is not UTF-8" in built.problems[0]
        assert "/posts/a/" in built.made


def test_a_problem_with_a_file_is_told_by_every_build() -> None:
    with fresh_folder(BLOG) as folder:
        os.mkfifo(folder / "content/posts/pipe.md")
        first = build(folder)
        assert build(folder).problems == first.problems


def edited_quietly(folder: Folder, path: str, text: str, moment: int) -> Built:
    """Build, put *text* of the same size into *path*, give it the old times, and build again."""
    os.utime(folder / path, ns=(moment, moment))
    build(folder)
    build(folder)
    before = (folder / path).stat()
    folder.write(path, text)
    os.utime(folder / path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = (folder / path).stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    return build(folder)


@pytest.mark.parametrize("moment", [OLD, 0, 4 * 10**18], ids=["the past", "1970", "the future"])
def test_an_edit_that_keeps_size_and_time_is_noticed(moment: int) -> None:
    with fresh_folder(BLOG) as folder:
        text = folder.read("content/posts/a.md").replace("Text", "Next")
        second = edited_quietly(folder, "content/posts/a.md", text, moment)
        assert "/posts/a/" in second.made
        assert_same(second, clean_build(folder))


def test_a_file_replaced_by_an_older_one_is_noticed() -> None:
    with fresh_folder(BLOG) as folder:
        build(folder)
        folder.write("content/posts/new", document("Old text", title="A", date="2026-01-01"))
        os.utime(folder / "content/posts/new", ns=(OLD, OLD))
        folder.rename("content/posts/new", "content/posts/a.md")
        second = build(folder)
        assert "/posts/a/" in second.made
        assert_same(second, clean_build(folder))


def test_a_file_whose_time_alone_goes_backwards_makes_nothing() -> None:
    with fresh_folder(BLOG) as folder:
        build(folder)
        os.utime(folder / "content/posts/a.md", ns=(OLD, OLD))
        assert build(folder).made == frozenset()


def test_an_edit_right_after_a_build_is_noticed() -> None:
    with fresh_folder(BLOG) as folder:
        for word in ("one1", "two2", "tri3", "for4", "fiv5"):
            folder.write("static/word.txt", word)
            build(folder)
            assert (folder / "public/word.txt").read_text() == word


def test_a_folder_that_becomes_a_link_out_of_the_site_loses_its_pages() -> None:
    with fresh_folder(BLOG) as folder, fresh_folder({"a.md": SECRET}) as outside:
        build(folder)
        shutil.rmtree(folder / "content/posts")
        linked(folder, "content/posts", outside.root)
        second = build(folder)
        assert "posts/a/index.html" not in second.output
        assert_same(second, clean_build(folder))


@pytest.mark.parametrize("name", ["a.md~", ".a.md", ".DS_Store", ".git/config"])
def test_what_editors_and_tools_leave_behind_is_ignored(name: str) -> None:
    with fresh_folder(BLOG) as folder:
        build(folder)
        folder.write(f"content/posts/{name}", "what")
        second = build(folder)
        assert (second.made, second.problems) == (frozenset(), ())
