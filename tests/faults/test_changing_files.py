"""Files that change while they are read: a clear message, and the next build is right."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from streamly_ssg.inputs.files import Files
from tests.support.folder import Folder, fresh_folder
from tests.support.lean import document, site
from tests.support.rebuild import Built, assert_same, build, clean_build

BLOG = site(
    {
        "content/posts/a.md": document("Text of a", title="A", date="2026-01-01"),
        "content/posts/b.md": document("Text of b", title="B", date="2026-01-02"),
        "static/x.txt": "x",
    }
)
PATHS = ["content/posts/a.md", "static/x.txt", "themes/lean/templates/post.html"]


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Give a way to do something once, after the folders were walked and before a file is read."""

    def arrange(act: Callable[[], object]) -> None:
        scan = Files.scan
        left = [act]

        def scan_then_act(self: Files) -> set[str]:
            found = scan(self)
            while left:
                left.pop()()
            return found  # type: ignore[return-value]

        monkeypatch.setattr(Files, "scan", scan_then_act)

    return arrange


def into_folder(path: Path) -> None:
    """Put a folder in the place of a file."""
    path.unlink()
    path.mkdir()


def parent_into_file(path: Path) -> None:
    """Put a file in the place of the folder of a file."""
    shutil.rmtree(path.parent)
    path.parent.write_text("what")


WAYS: dict[str, Callable[[Path], object]] = {
    "vanishes": Path.unlink,
    "turns into a folder": into_folder,
    "loses its folder": parent_into_file,
}
Between = Callable[[Callable[[], object]], None]


def disturbed(folder: Folder, path: str, way: str, between: Between) -> Built:
    """Build while *path* changes in some *way*."""
    between(lambda: WAYS[way](folder / path))
    return build(folder)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("path", PATHS)
def test_a_file_that_goes_away_during_a_first_build_is_told(
    path: str, way: str, between: Between
) -> None:
    with fresh_folder(BLOG) as folder:
        first = disturbed(folder, path, way, between)
        assert first.exit_code == 3
        assert first.problems == (f"{path}: FILE changed while it was being read (build again)",)
        assert_same(build(folder), clean_build(folder))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("path", PATHS)
def test_a_file_that_goes_away_during_a_later_build_does_no_harm(
    path: str, way: str, between: Between
) -> None:
    with fresh_folder(BLOG) as folder:
        build(folder)
        folder.write(path, folder.read(path) + "\nmore\n")
        folder.replace("content/posts/b.md", "Text", "New text")
        second = disturbed(folder, path, way, between)
        assert second.exit_code == 3
        assert_same(build(folder), clean_build(folder))


def test_a_file_that_grows_before_it_is_read_is_read_whole(between: Between) -> None:
    with fresh_folder(BLOG) as folder:
        between(lambda: folder.write("static/x.txt", "y" * 100_000))
        build(folder)
        assert folder.read("public/x.txt") == "y" * 100_000
        assert build(folder).made == frozenset()


def test_a_file_edited_after_the_walk_is_noticed_by_the_next_build(between: Between) -> None:
    with fresh_folder(BLOG) as folder:
        build(folder)
        folder.replace("content/posts/b.md", "Text", "New text")
        between(lambda: folder.replace("content/posts/a.md", "Text", "Late text"))
        build(folder)
        assert_same(build(folder), clean_build(folder))


def test_a_file_that_appears_after_the_walk_is_in_the_next_build(between: Between) -> None:
    with fresh_folder(BLOG) as folder:
        between(lambda: folder.write("content/posts/c.md", document("Text", title="C")))
        build(folder)
        second = build(folder)
        assert "/posts/c/" in second.made
        assert_same(second, clean_build(folder))
