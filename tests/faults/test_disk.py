"""A full or forbidden disk is told clearly, and costs nothing but time."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from streamly_ssg.api import Options
from tests.support.folder import Folder, fresh_folder
from tests.support.lean import document, site
from tests.support.process import NOW as MOMENT
from tests.support.process import streamly
from tests.support.rebuild import NOW, assert_same, build, clean_build

COUNT = 30
LEFT = 48 * 1024  # bytes, far less than the site needs
BLOG = site(
    {
        f"content/posts/p{number}.md": document(
            f"Text {number}", title=f"P{number}", date="2026-01-01"
        )
        for number in range(COUNT)
    }
)


@contextmanager
def mounted(place: Path, *options: str) -> Iterator[None]:
    """Mount a small disk of its own at *place*, where the machine allows it."""
    place.mkdir(parents=True, exist_ok=True)
    given = ",".join(("size=8m", *options))
    command = ["mount", "-t", "tmpfs", "-o", given, "tmpfs", str(place)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount on this machine")
    if done.returncode:
        pytest.skip(f"a disk can't be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place: Path, left: int = LEFT) -> Path:
    """Fill the disk at *place* but for some bytes; return the file to remove."""
    ballast = place / ".ballast"
    with ballast.open("wb", buffering=0) as file:
        with suppress(OSError):
            while True:
                file.write(bytes(4096))
        file.truncate(file.tell() - left)
    return ballast


@pytest.mark.parametrize("place", ["public", ".streamly"])
def test_a_first_build_on_a_full_disk_is_told_and_made_good(place: str) -> None:
    with fresh_folder(BLOG) as folder, mounted(folder / place):
        ballast = fill(folder / place)
        first = build(folder)
        assert first.exit_code == 3, first.problems
        assert "make room" in first.problems[0]
        ballast.unlink()
        assert_same(build(folder), clean_build(folder))


@pytest.mark.parametrize("place", ["public", ".streamly"])
def test_a_later_build_on_a_full_disk_is_told_and_made_good(place: str) -> None:
    with fresh_folder(BLOG) as folder, mounted(folder / place):
        build(folder)
        for number in range(COUNT):
            text = document("New text " * 500, title=f"New {number}", date="2026-01-02")
            folder.write(f"content/posts/p{number}.md", text)
        ballast = fill(folder / place, 8192)
        second = build(folder)
        assert second.exit_code == 3, second.problems
        ballast.unlink()
        assert_same(build(folder), clean_build(folder))


def test_a_full_disk_ends_the_command_with_three() -> None:
    with fresh_folder(BLOG) as folder, mounted(folder / "public"):
        fill(folder / "public")
        done = streamly(folder, "build", "--now", MOMENT)
        assert done.returncode == 3, done.stderr
        assert "No space left on device" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("place", ["public", ".streamly"])
def test_a_disk_that_can_not_be_written_is_told(place: str) -> None:
    with fresh_folder(BLOG) as folder, mounted(folder / place, "ro"):
        done = streamly(folder, "build", "--now", MOMENT)
        assert done.returncode == 3, done.stderr
        assert "Read-only file system" in done.stderr or "readonly" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("path", ["public", "other"])
def test_a_file_in_the_place_of_the_output_is_refused_and_kept(path: str) -> None:
    with fresh_folder({**BLOG, path: "mine"}) as folder:
        done = streamly(folder, "build", "--now", MOMENT, "--output", path)
        assert done.returncode == 2, done.stderr
        assert folder.read(path) == "mine"


@pytest.mark.parametrize("path", [".streamly", ".streamly/public"])
def test_a_file_in_the_place_of_the_cache_is_told(path: str) -> None:
    with fresh_folder({**BLOG, path: "mine"}) as folder:
        built = build(folder)
        assert built.exit_code == 3
        assert "CACHE can't be used" in built.problems[0]
        assert folder.read(path) == "mine"


def test_a_cache_that_may_not_be_written_is_told() -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    with fresh_folder(BLOG) as folder:
        (folder / ".streamly").mkdir(mode=0o500)
        assert build(folder).exit_code == 3


def test_a_source_that_may_not_be_read_is_told() -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    with fresh_folder(BLOG) as folder:
        (folder / "content/posts/p1.md").chmod(0)
        built = build(folder)
        assert built.exit_code == 3
        assert "content/posts/p1.md: FILE can't be read: Permission denied" in built.problems[0]


def test_a_file_in_the_place_of_the_output_is_told_and_kept() -> None:
    with fresh_folder({**BLOG, "public": "mine"}) as folder:
        done = streamly(folder, "build", "--now", MOMENT)
        assert done.returncode == 2, done.stderr
        assert folder.read("public") == "mine"


def test_an_output_made_by_somebody_else_is_not_touched() -> None:
    with fresh_folder({**BLOG, "other/letter.txt": "mine"}) as folder:
        built = build_into(folder, "other")
        assert built == 2
        assert [path.name for path in (folder / "other").iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("path", [".", "..", "content", "content/posts", "static", ".streamly"])
def test_an_output_that_would_overwrite_sources_is_refused(path: str) -> None:
    with fresh_folder(BLOG) as folder:
        assert build_into(folder, path) == 2
        assert not (folder / "public").exists()


def build_into(folder: Folder, path: str) -> int:
    """Build into *path*; return the exit code."""
    return build(folder, Options(now=NOW, output=Path(path))).exit_code
