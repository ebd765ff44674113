"""Whatever happens to the output and to what is remembered, the next build makes it good."""

import os
from unittest.mock import patch

import pytest

from streamly_ssg.api import Options
from tests.support.folder import Folder, fresh_folder
from tests.support.rebuild import NOW, assert_same, build, check_rebuild, clean_build

from .small import BLOG, post


def test_a_deleted_output_comes_back_alone() -> None:
    def delete(folder: Folder) -> None:
        folder.remove("public/posts/a/index.html")

    check_rebuild(BLOG, delete, rebuilt={"/posts/a/"})


def test_an_output_edited_by_hand_is_made_again() -> None:
    def edit(folder: Folder) -> None:
        folder.write("public/posts/a/index.html", "by hand")

    check_rebuild(BLOG, edit, rebuilt={"/posts/a/"})


def test_an_output_edited_by_hand_to_the_same_size_and_mtime_is_made_again() -> None:
    def edit(folder: Folder) -> None:
        path = folder / "public/posts/a/index.html"
        before = path.stat()
        path.write_bytes(bytes(before.st_size))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    check_rebuild(BLOG, edit, rebuilt={"/posts/a/"})


def test_an_output_replaced_by_a_folder_is_made_again() -> None:
    def replace_it(folder: Folder) -> None:
        folder.remove("public/posts/a/index.html")
        folder.write("public/posts/a/index.html/inside.txt", "a folder now")

    check_rebuild(BLOG, replace_it, rebuilt={"/posts/a/"})


def test_a_folder_of_the_output_replaced_by_a_file_is_made_again() -> None:
    def replace_it(folder: Folder) -> None:
        folder.remove("public/posts/a/index.html")
        folder.write("public/posts/a", "a file now")

    check_rebuild(BLOG, replace_it, rebuilt={"/posts/a/"})


def test_two_output_folders_never_share_what_is_remembered() -> None:
    with fresh_folder(BLOG) as folder:
        first = build(folder)
        elsewhere = Options(now=NOW, output=folder / "elsewhere")
        second = build(folder, elsewhere)
        folder.write("content/posts/a.md", post("a", title="Ah"))
        build(folder, elsewhere)
        third = build(folder)
        assert len(second.made) == len(first.made)
        assert "/posts/a/" in third.made
        assert_same(third, clean_build(folder))


def test_removing_the_cache_changes_no_byte() -> None:
    def forget(folder: Folder) -> None:
        for path in (folder / ".streamly").rglob("*"):
            if path.is_file():
                path.unlink()

    with fresh_folder(BLOG) as folder:
        first = build(folder)
        forget(folder)
        folder.write("public/stale/index.html", "nobody makes this")
        second = build(folder)
        assert second.written == 0
        assert second.removed == {"/stale/"}
        assert second.output == first.output


def test_another_version_of_the_builder_makes_everything_again_and_changes_no_byte() -> None:
    with fresh_folder(BLOG) as folder:
        first = build(folder)
        with patch("streamly_ssg.api.engine_version", lambda: "another"):
            second = build(folder)
        assert second.made == first.made
        assert second.written == 0
        assert second.output == first.output


def test_what_another_version_left_is_swept() -> None:
    with fresh_folder(BLOG) as folder:
        with patch("streamly_ssg.api.engine_version", lambda: "another"):
            build(folder)
        folder.remove("content/posts/a.md")
        assert_same(build(folder), clean_build(folder))


def test_a_build_that_died_before_it_was_remembered_is_made_good() -> None:
    with fresh_folder(BLOG) as folder:
        build(folder)
        folder.remove("content/posts/a.md")
        folder.write("content/posts/d.md", post("d"))
        dead = patch("streamly_ssg.engine.store.Store.commit", side_effect=KeyboardInterrupt)
        with dead, pytest.raises(KeyboardInterrupt):
            build(folder)
        folder.remove("content/posts/d.md")
        assert_same(build(folder), clean_build(folder))
