"""What is kept of images: for how long, and beside whom."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from streamly_ssg.images import cache
from tests.support.folder import Folder, fresh_folder
from tests.support.images import photo
from tests.support.lean import document
from tests.support.rebuild import build, clean_build

KEY = "abcdef"
SITE: dict[str, str | bytes] = {
    "streamly.toml": '[site]\ntitle = "T"\n[images]\nwidths = [40, 80]\ncards = "auto"\n',
    "content/posts/a/index.md": document("![A well](well.jpg)", title="A", date="2026-01-01"),
    "content/posts/a/well.jpg": photo(120, 90, quality=95),
}


@pytest.fixture
def folder() -> Iterator[Folder]:
    with fresh_folder(SITE) as made:
        build(made)
        yield made


def kept(folder: Path) -> set[Path]:
    return {path for path in (folder / ".streamly/images").rglob("*") if path.is_file()}


def age(paths: set[Path], days: float) -> None:
    for path in paths:
        os.utime(path, (time.time() - days * cache.DAY,) * 2)


def begin_again(folder: Folder) -> None:
    """Let the next build begin from nothing, as after an update."""
    (folder / ".streamly/public/state.db").unlink()


def test_what_no_build_wanted_for_a_month_goes_with_a_build_from_nothing(folder: Folder) -> None:
    old = kept(folder.root)
    age(old, 40)
    folder.write("content/posts/a/well.jpg", photo(120, 92, quality=95))
    build(folder)
    assert old < kept(folder.root)
    begin_again(folder)
    second = build(folder)
    assert {path.name for path in old & kept(folder.root)} == {"card.png"}  # its words are the same
    assert not [path for path in (folder / ".streamly/images").rglob("*") if not any_in(path)]
    assert second.output == clean_build(folder).output


def any_in(path: Path) -> bool:
    return path.is_file() or any(path.iterdir())


def test_what_a_build_from_nothing_wants_stays_however_old_it_is(folder: Folder) -> None:
    old = kept(folder.root)
    age(old, 400)
    begin_again(folder)
    build(folder)
    assert kept(folder.root) == old
    assert all(time.time() - path.stat().st_mtime < cache.DAY for path in old)


def test_a_build_that_knows_the_site_removes_nothing(folder: Folder) -> None:
    old = kept(folder.root)
    age(old, 400)
    folder.write("content/posts/b.md", document("B", title="B", date="2026-01-02"))
    build(folder)
    assert old <= kept(folder.root)


def test_what_was_wanted_this_month_stays(folder: Folder) -> None:
    old = kept(folder.root)
    age(old, 20)
    folder.remove("content/posts/a/well.jpg")
    folder.write("content/posts/a/index.md", document("Nothing", title="A", date="2026-01-01"))
    begin_again(folder)
    build(folder)
    assert old == kept(folder.root)


def test_a_build_in_which_something_failed_removes_nothing(folder: Folder) -> None:
    old = kept(folder.root)
    age(old, 400)
    folder.write("content/posts/a/index.md", document("x ![w](gone.jpg)", title="A"))
    folder.write("content/posts/b/index.md", document("![b](b.jpg)", title="B"))
    folder.write("content/posts/b/b.jpg", b"no image at all")
    begin_again(folder)
    assert build(folder).exit_code != 0
    assert old <= kept(folder.root)


def test_a_draft_of_a_build_that_was_cut_off_goes_too(folder: Folder) -> None:
    draft = folder / ".streamly/images/ab/cdef/40.avif~17-4"
    draft.parent.mkdir(parents=True)
    draft.write_bytes(b"half")
    age({draft}, 40)
    begin_again(folder)
    build(folder)
    assert not draft.exists()
    assert not draft.parent.exists()


def test_who_looks_and_keeps_beside_the_removal_gets_all_or_nothing(tmp_path: Path) -> None:
    data = os.urandom(1 << 16)

    def use(number: int) -> set[bool]:
        found = set()
        for _ in range(300):
            cache.keep(str(tmp_path), KEY, f"{number % 2}.avif", data)
            found.add(cache.look(str(tmp_path), KEY, "0.avif") in {data, None})
        return found

    def remove() -> None:
        for _ in range(300):
            cache.prune(tmp_path, time.time() + 2 * cache.UNWANTED)

    with ThreadPoolExecutor(5) as pool:
        users = [pool.submit(use, number) for number in range(4)]
        pool.submit(remove).result()
    assert {one for user in users for one in user.result()} == {True}
