"""Two builds at once: one waits for the other, both succeed, and the site is right."""

import fcntl

from tests.support.folder import Folder, fresh_folder
from tests.support.lean import document, site
from tests.support.patience import PATIENCE
from tests.support.process import start
from tests.support.rebuild import build, clean_build

BLOG = site(
    {
        f"content/posts/p{number}.md": document(
            f"Text {number}", title=f"P{number}", date="2026-01-01"
        )
        for number in range(30)
    }
)


def ended(folder: Folder, *args: tuple[str, ...]) -> list[tuple[int, str]]:
    """Start a build with each of *args* at once; return how they ended."""
    processes = [start(folder, *some) for some in args]
    told = [process.communicate(timeout=PATIENCE) for process in processes]
    return [(one.returncode, err) for one, (_, err) in zip(processes, told, strict=True)]


def test_two_first_builds_at_once_both_succeed() -> None:
    with fresh_folder(BLOG) as folder:
        assert [code for code, _ in ended(folder, (), ())] == [0, 0]
        assert folder.output() == clean_build(folder).output


def test_two_later_builds_at_once_both_succeed() -> None:
    with fresh_folder(BLOG) as folder:
        build(folder)
        for number in range(20):
            folder.replace(f"content/posts/p{number}.md", "Text", "New text")
        assert [code for code, _ in ended(folder, ("--jobs", "1"), ("--jobs", "2"))] == [0, 0]
        assert folder.output() == clean_build(folder).output
        assert build(folder).made == frozenset()


def test_a_clean_build_and_a_later_one_at_once_both_succeed() -> None:
    with fresh_folder(BLOG) as folder:
        build(folder)
        assert [code for code, _ in ended(folder, ("--clean",), (), ("--clean",))] == [0, 0, 0]
        assert folder.output() == clean_build(folder).output


def test_builds_into_two_folders_at_once_are_both_right() -> None:
    with fresh_folder(BLOG) as folder:
        assert [code for code, _ in ended(folder, (), ("--output", "other"))] == [0, 0]
        (folder / "public").rename(folder / "first")
        (folder / "other").rename(folder / "public")
        assert folder.output() == clean_build(folder).output


def test_a_build_says_whom_it_waits_for() -> None:
    with fresh_folder(BLOG) as folder:
        folder.write(".streamly/lock", "process 4711")
        with (folder / ".streamly/lock").open("a+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = start(folder)
            assert process.stderr is not None
            told = process.stderr.readline()
        _, _ = process.communicate(timeout=PATIENCE)
        assert "waiting for process 4711, which is building this site" in told
        assert process.returncode == 0


def test_a_build_after_another_process_has_nothing_to_do() -> None:
    with fresh_folder(BLOG) as folder:
        assert [code for code, _ in ended(folder, ())] == [0]
        assert build(folder).made == frozenset()
