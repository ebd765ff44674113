"""A build may die at any moment: the next one gives what a clean one gives."""

import os
import random
import signal
import sys
import time
from subprocess import DEVNULL, Popen

import pytest

from tests.support.folder import Folder, fresh_folder
from tests.support.lean import document, site
from tests.support.patience import PATIENCE, until
from tests.support.process import NOW, environment, start, streamly
from tests.support.rebuild import Built, build

COUNT = 30
KILLED = -signal.SIGKILL
# A build that kills itself when it opens, moves or removes a file for writing the Nth time.
MINE = """
import os, sys
left = [{moment}]
def count(event, args):
    writes = event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "sqlite3.connect") or (
        event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
    )
    if writes:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), 9)
sys.addaudithook(count)
"""


def post(number: int, word: str) -> str:
    """Return one of the posts."""
    day = f"2026-01-{number % 28 + 1:02}"
    tags = [f"t{number % 3}", word]
    return document(f"Text {word} {number}\n", title=f"{word} {number}", date=day, tags=tags)


def posts(word: str) -> dict[str, str | bytes]:
    """Return all posts."""
    return {f"content/posts/p{number}.md": post(number, word) for number in range(COUNT)}


BLOG = site(posts("old"))


@pytest.fixture(scope="module")
def clean_old() -> Built:
    """Return the site as it was, made at once."""
    with fresh_folder(BLOG) as folder:
        return build(folder)


@pytest.fixture(scope="module")
def clean_new() -> Built:
    """Return the site as it becomes, made at once."""
    with fresh_folder(BLOG | posts("new")) as folder:
        return build(folder)


def edited(folder: Folder) -> None:
    """Change every post."""
    folder.apply(posts("new"))


def assert_recovers(folder: Folder, clean: Built) -> None:
    """Assert that one more build makes everything right."""
    found = build(folder)
    assert found.output == clean.output
    assert found.problems == clean.problems
    assert found.manifest == clean.manifest
    assert build(folder).made == frozenset()


def killed_after(folder: Folder, seconds: float) -> None:
    """Start a build in *folder*, and kill it after some *seconds*."""
    process = Popen(
        [sys.executable, "-m", "streamly_ssg", "build", "--now", NOW, "--jobs", "1"],
        cwd=folder.root,
        env=environment(),
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    time.sleep(seconds)
    process.kill()
    process.wait()


def seconds(seed: int) -> list[float]:
    """Return six moments while a build is likely to be at work."""
    chance = random.Random(seed)
    return [round(chance.uniform(0.1, 0.6), 3) for _ in range(6)]


@pytest.mark.parametrize("moment", seconds(1))
def test_a_first_build_killed_after_some_time_is_made_good(moment: float, clean_old: Built) -> None:
    with fresh_folder(BLOG) as folder:
        killed_after(folder, moment)
        assert_recovers(folder, clean_old)


@pytest.mark.parametrize("moment", seconds(2))
def test_a_later_build_killed_after_some_time_is_made_good(moment: float, clean_new: Built) -> None:
    with fresh_folder(BLOG) as folder:
        build(folder)
        edited(folder)
        killed_after(folder, moment)
        assert_recovers(folder, clean_new)


@pytest.mark.parametrize("moment", [1, 2, 3, 4, 5, 8, 40, 90])
def test_a_first_build_killed_at_a_write_is_made_good(moment: int, clean_old: Built) -> None:
    with fresh_folder(BLOG) as folder:
        done = streamly(
            folder, "build", "--now", NOW, "--jobs", "1", before=MINE.format(moment=moment)
        )
        assert done.returncode == KILLED, done.stderr
        assert_recovers(folder, clean_old)


@pytest.mark.parametrize("moment", [1, 2, 3, 4, 5, 8, 40, 90])
def test_a_later_build_killed_at_a_write_is_made_good(moment: int, clean_new: Built) -> None:
    with fresh_folder(BLOG) as folder:
        build(folder)
        edited(folder)
        done = streamly(
            folder, "build", "--now", NOW, "--jobs", "1", before=MINE.format(moment=moment)
        )
        assert done.returncode == KILLED, done.stderr
        assert_recovers(folder, clean_new)


def test_a_file_of_the_output_is_never_half_written(clean_old: Built, clean_new: Built) -> None:
    chance = random.Random(3)
    whole = {*clean_old.output.values(), *clean_new.output.values()}
    with fresh_folder(BLOG) as folder:
        build(folder)
        edited(folder)
        for _ in range(4):
            moment = chance.randrange(5, 90)
            streamly(
                folder, "build", "--now", NOW, "--jobs", "1", before=MINE.format(moment=moment)
            )
            pages = {path: mark for path, mark in folder.output().items() if path.endswith(".html")}
            assert {path for path, mark in pages.items() if mark not in whole} == set()


def test_a_lock_that_a_dead_build_left_is_no_obstacle() -> None:
    with fresh_folder(BLOG) as folder:
        folder.write(".streamly/lock", "process 1")
        assert build(folder).exit_code == 0


def test_sources_that_change_after_a_kill_are_read_again(clean_new: Built) -> None:
    with fresh_folder(BLOG) as folder:
        build(folder)
        folder.write("content/posts/p0.md", post(0, "between"))
        streamly(folder, "build", "--now", NOW, "--jobs", "1", before=MINE.format(moment=6))
        edited(folder)
        assert_recovers(folder, clean_new)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_build_that_is_asked_to_stop_is_made_good(number: int, clean_new: Built) -> None:
    with fresh_folder(BLOG) as folder:
        build(folder)
        edited(folder)
        process = start(folder, "--jobs", "2")
        time.sleep(0.3)
        process.send_signal(number)
        process.communicate(timeout=PATIENCE)
        assert_recovers(folder, clean_new)


def test_the_workers_of_a_killed_build_do_not_hold_the_lock(clean_old: Built) -> None:
    with fresh_folder(BLOG) as folder:
        process = start(folder, "--jobs", "2")
        until((folder / "public").exists)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=PATIENCE)
        assert_recovers(folder, clean_old)
