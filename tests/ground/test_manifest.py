"""The manifest: which pages exist is what the last build wrote, read once and then on from there."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from interact_api import manifest
from interact_api.db import Database
from interact_api.errors import Invalid
from interact_api.manifest import Taken
from tests.support.folder import fresh_folder
from tests.support.lean import document, site
from tests.support.rebuild import build
from tests.support.service import NOON, database


class Written:
    """A manifest, written as the builder does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.seq = 0

    def begin(self, generation: int, *names: str) -> None:
        self.path.write_text(f'{{"generation":{generation}}}\n')
        self.add(*names)

    def add(self, *names: str, **more: Any) -> None:
        for name in names:
            self.line({"id": name, "url": f"/{name}/", "kind": "post", "title": name, **more})

    def remove(self, name: str) -> None:
        self.line({"id": name, "removed": True})

    def line(self, entry: dict[str, Any]) -> None:
        self.seq += 1
        with self.path.open("a") as file:
            file.write(json.dumps({"seq": self.seq, **entry}) + "\n")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with database(tmp_path / "var") as made:
        yield made


@pytest.fixture
def written(tmp_path: Path) -> Written:
    return Written(tmp_path / "public.manifest.ndjson")


def take(db: Database, written: Written) -> Taken:
    return db.write_now(lambda tx: manifest.take_in(tx, written.path))


def there(db: Database) -> list[str]:
    return db.reader.all(str, "SELECT id FROM pages WHERE removed_at IS NULL ORDER BY id")


def test_without_a_manifest_nothing_changes(db: Database, written: Written) -> None:
    assert take(db, written) == Taken(0, 0)


def test_pages_exist_once_they_are_written_down(db: Database, written: Written) -> None:
    written.begin(1, "a", "b")
    assert take(db, written) == Taken(2, 0)
    assert there(db) == ["a", "b"]


def test_only_what_is_new_is_read(db: Database, written: Written) -> None:
    written.begin(1, "a", "b")
    take(db, written)
    written.add("c")
    written.add("a", title="Other")
    assert take(db, written) == Taken(2, 0)
    assert take(db, written) == Taken(0, 0)
    assert db.reader.value("SELECT title FROM pages WHERE id = 'a'") == "Other"


def test_a_page_that_is_gone_keeps_its_row_and_may_come_back(
    db: Database, written: Written
) -> None:
    written.begin(1, "a", "b")
    take(db, written)
    db.write_now(lambda tx: tx.run("UPDATE pages SET likes = 3, hidden = 1"))
    written.remove("a")
    assert take(db, written) == Taken(0, 1)
    assert there(db) == ["b"]
    assert db.reader.value("SELECT removed_at FROM pages WHERE id = 'a'") == NOON
    written.add("a")
    take(db, written)
    row = db.reader.one(list_of, "SELECT likes, hidden, removed_at FROM pages WHERE id = 'a'")
    assert row == [3, 1, None]


def list_of(*row: Any) -> list[Any]:
    return list(row)


def test_in_a_new_generation_what_is_not_named_is_gone(db: Database, written: Written) -> None:
    written.begin(1, "a", "b")
    take(db, written)
    written.begin(2, "b", "c")
    assert take(db, written) == Taken(2, 1)
    assert there(db) == ["b", "c"]


def test_a_file_that_is_not_the_one_we_know_is_read_whole(db: Database, written: Written) -> None:
    written.begin(1, "a", "b", "c")
    take(db, written)
    written.seq = 0
    written.begin(1, "d")
    take(db, written)
    assert there(db) == ["d"]


def test_a_line_that_is_being_written_is_for_the_next_time(db: Database, written: Written) -> None:
    written.begin(1, "a")
    with written.path.open("a") as file:
        file.write('{"seq": 2, "id": "b", "ur')
    take(db, written)
    assert there(db) == ["a"]
    with written.path.open("a") as file:
        file.write('l": "/b/", "kind": "post", "title": "b"}\n')
    take(db, written)
    assert there(db) == ["a", "b"]


@pytest.mark.parametrize(
    "line",
    ["[]", "nonsense", '{"seq": 9}', '{"seq": 9, "id": "b", "url": 3}', "null"],
)
def test_a_manifest_that_can_not_be_read_changes_nothing(
    db: Database, written: Written, line: str
) -> None:
    written.begin(1, "a")
    take(db, written)
    written.add("c")
    with written.path.open("a") as file:
        file.write(line + "\n")
    with pytest.raises(Invalid, match=r"public\.manifest\.ndjson isn't a manifest"):
        take(db, written)
    assert there(db) == ["a"]


def test_what_a_build_writes_is_taken_in(db: Database) -> None:
    post = document(
        "Text", title="Tïtle", id="p.a", date="2026-01-02", tags=["x"], comments="closed"
    )
    with fresh_folder(site({"content/posts/a.md": post})) as folder:
        build(folder)
        path = folder / "public.manifest.ndjson"
        db.write_now(lambda tx: manifest.take_in(tx, path))
    columns = "url, kind, title, authors, tags, published, policy"
    assert db.reader.one(list_of, f"SELECT {columns} FROM pages WHERE id = 'p.a'") == [
        "/posts/a/",
        "post",
        "Tïtle",
        "[]",
        '["x"]',
        1_767_312_000_000,
        "closed",
    ]
