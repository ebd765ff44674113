"""The cache is disposable: whatever happens to it, the next build is as good as a clean one."""

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streamly_ssg.api import Site
from tests.support.folder import Folder, fresh_folder
from tests.support.lean import document, site
from tests.support.rebuild import AT_NOW, Built, assert_same, build, clean_build, facts

TEXTS = ("Text one", "Text two", "Text three with [a](b.md)")
BLOG = site(
    {
        "content/posts/a.md": document("", title="A", date="2026-01-01", tags=["x"], author="ada"),
        "content/posts/b.md": document("Text of b", title="B", date="2026-01-02", tags=["x"]),
        "content/pages/p.md": document("A page", title="P"),
        "content/pages/bad.md": document("[gone](gone.md)", title="Bad"),
        "static/x.txt": "x",
        "data/links.json": '{"a": 1}',
        "facts.ndjson": facts(likes={"posts.a": {"count": 12}}, profile={"mira": {"name": "Mira"}}),
    }
)
STATE = ".streamly/public/state.db"
FLIPS = 150


def edit(folder: Folder, number: int) -> None:
    """Give post a one of a few texts."""
    text = TEXTS[number % len(TEXTS)]
    folder.write("content/posts/a.md", document(text, title="A", date="2026-01-01", tags=["x"]))


@pytest.fixture
def folder() -> Iterator[Folder]:
    """Lend a site that was built."""
    with fresh_folder(BLOG) as made:
        build(made)
        yield made


@pytest.fixture(scope="module")
def clean() -> list[Built]:
    """Return what each of the texts gives, built where nobody has built before."""
    made = []
    for number, _ in enumerate(TEXTS):
        with fresh_folder(BLOG) as folder:
            edit(folder, number)
            made.append(build(folder))
    return made


def assert_right(second: Built, clean: Built) -> None:
    """Assert that nothing of a damaged cache is left in what *second* made."""
    assert second.output == clean.output
    assert (second.manifest, second.problems) == (clean.manifest, clean.problems)


@pytest.mark.parametrize("seed", range(3))
def test_a_flipped_byte_of_the_cache_never_reaches_a_page(
    folder: Folder, clean: list[Built], seed: int
) -> None:
    chance = random.Random(seed)
    for number in range(FLIPS // 3):
        data = bytearray((folder / STATE).read_bytes())
        place = chance.randrange(len(data))
        data[place] ^= 1 << chance.randrange(8)
        folder.write(STATE, bytes(data))
        edit(folder, number)
        assert_right(build(folder), clean[number % len(TEXTS)])


@pytest.mark.parametrize("part", [0, 0.0001, 0.001, 0.01, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_cache_is_built_again(folder: Folder, clean: list[Built], part: float) -> None:
    data = (folder / STATE).read_bytes()
    folder.write(STATE, data[: int(part * len(data))])
    edit(folder, 1)
    assert_right(build(folder), clean[1])


@pytest.mark.parametrize("page", range(6))
def test_a_page_of_the_cache_full_of_zeros_is_noticed(
    folder: Folder, clean: list[Built], page: int
) -> None:
    data = bytearray((folder / STATE).read_bytes())
    at = page * 4096 % len(data)
    data[at : at + 4096] = bytes(len(data[at : at + 4096]))
    folder.write(STATE, bytes(data))
    edit(folder, 1)
    assert_right(build(folder), clean[1])


def to_folder(path: Path) -> None:
    """Put a folder with a file at *path*."""
    path.unlink()
    path.mkdir()
    (path / "file").write_text("what")


def to_other_tables(path: Path) -> None:
    """Put a database of somebody else at *path*."""
    path.unlink()
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE other (a)")
    database.close()


def to_dangling_link(path: Path) -> None:
    """Put a link to nothing at *path*."""
    path.unlink()
    path.symlink_to(path.with_name("nothing"))


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda path: path.write_bytes(b"garbage" * 5000), id="garbage"),
        pytest.param(lambda path: path.write_bytes(b"SQLite format 3\0" + b"g" * 9000), id="a lie"),
        pytest.param(to_folder, id="a folder"),
        pytest.param(to_other_tables, id="another database"),
        pytest.param(to_dangling_link, id="a link to nothing"),
        pytest.param(lambda path: path.unlink(), id="nothing"),
        pytest.param(lambda path: shutil.rmtree(path.parents[1]), id="no cache at all"),
        pytest.param(
            lambda path: path.with_name("state.db-journal").write_bytes(b"what" * 999),
            id="a strange journal beside it",
        ),
        pytest.param(
            lambda path: path.with_name("state.new").write_bytes(b"what"), id="half a new one"
        ),
    ],
)
def test_something_else_in_the_place_of_the_cache_is_no_obstacle(
    folder: Folder, clean: list[Built], spoil: Callable[[Path], object]
) -> None:
    spoil(folder / STATE)
    edit(folder, 2)
    assert_right(build(folder), clean[2])


def test_the_cache_of_another_version_is_not_read(
    folder: Folder, clean: list[Built], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streamly_ssg.api.engine_version", lambda: "another version")
    edit(folder, 1)
    second = build(folder)
    assert_right(second, clean[1])
    assert len(second.made) == len(clean[1].made)


def test_the_cache_of_a_copied_site_is_still_right(folder: Folder) -> None:
    with fresh_folder({}) as other:
        copy = Folder(other.root / "copy")
        shutil.copytree(folder.root, copy.root)
        edit(copy, 1)
        assert_same(build(copy), clean_build(copy))


def test_an_older_cache_put_back_does_not_bring_old_pages_back(folder: Folder) -> None:
    old = (folder / STATE).read_bytes()
    edit(folder, 1)
    build(folder)
    folder.write(STATE, old)
    assert_same(build(folder), clean_build(folder))


def test_a_kept_site_notices_that_its_cache_is_gone(folder: Folder, clean: list[Built]) -> None:
    kept = Site(folder.root, AT_NOW)
    kept.build()
    shutil.rmtree(folder / ".streamly")
    edit(folder, 1)
    assert_right(build(folder, site=kept), clean[1])
    kept.close()


@pytest.mark.parametrize("kind", ["a file", "a strange file"])
def test_what_somebody_did_to_the_output_is_undone(folder: Folder, kind: str) -> None:
    if kind == "a file":
        folder.remove("public/posts/a/index.html")
    else:
        folder.write("public/posts/a/index.html", "mine")
    assert_same(build(folder), clean_build(folder))
