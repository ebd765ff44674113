"""Copies are whole, and come back without losing what is there."""

import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from interact_api import backup, facts, schema
from interact_api.db import Database
from interact_api.errors import Unavailable
from interact_api.sqlite import connect
from tests.support.service import NOON, database, member, page
from tests.support.social import say

STAMP = "20260921T141320000Z"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with database(tmp_path) as made:
        page(made, "a")
        yield made


def titles(path: Path) -> list[str]:
    with closing(connect(path)) as connection:
        return [title for (title,) in connection.execute("SELECT title FROM pages ORDER BY id")]


def copied(db: Database, tmp_path: Path) -> Path:
    return backup.make(db.path, tmp_path / "copies", NOON)


def test_a_copy_is_one_whole_file_for_nobody_else(db: Database, tmp_path: Path) -> None:
    made = copied(db, tmp_path)
    assert made.name == f"streamly-{STAMP}.db"
    assert [path.name for path in made.parent.iterdir()] == [made.name]
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert titles(made) == ["A"]
    assert backup.verify(made) == []


def test_a_copy_holds_what_was_committed_and_not_more(db: Database, tmp_path: Path) -> None:
    made = db.write_now(lambda tx: (tx.run("UPDATE pages SET title = 'B'"), copied(db, tmp_path)))
    assert titles(made[1]) == ["A"]


def test_a_copy_comes_back_and_what_was_there_is_kept(db: Database, tmp_path: Path) -> None:
    made = copied(db, tmp_path)
    page(db, "b")
    db.close()
    done = backup.restore(made, db.path, NOON)
    assert titles(db.path) == ["A"]
    assert done.kept is not None
    assert titles(done.kept) == ["A", "B"]
    assert backup.verify(db.path) == []


def test_a_copy_comes_back_while_the_service_runs(db: Database, tmp_path: Path) -> None:
    made = copied(db, tmp_path)
    page(db, "b")
    backup.restore(made, db.path, NOON)
    assert db.reader.all(str, "SELECT id FROM pages") == ["a"]
    page(db, "c")
    assert backup.verify(db.path) == []


def test_a_copy_comes_back_where_nothing_is(db: Database, tmp_path: Path) -> None:
    made = copied(db, tmp_path)
    assert backup.restore(made, tmp_path / "new/a.db", NOON).kept is None
    assert titles(tmp_path / "new/a.db") == ["A"]


def test_a_copy_comes_back_over_a_database_that_is_broken(db: Database, tmp_path: Path) -> None:
    made = copied(db, tmp_path)
    db.close()
    db.path.write_bytes(b"\0" * 9000)
    done = backup.restore(made, db.path, NOON)
    assert titles(db.path) == ["A"]
    assert done.kept is not None
    assert done.kept.read_bytes() == b"\0" * 9000
    assert done.fault


def test_all_facts_are_told_again_under_new_numbers(db: Database, tmp_path: Path) -> None:
    db.write_now(lambda tx: facts.touch(tx, "likes/a"))
    made = copied(db, tmp_path)
    db.write_now(lambda tx: facts.touch(tx, "likes/later"))
    seen = facts.last(db.reader)
    backup.restore(made, db.path, NOON)
    changes = facts.since(db.reader, seen, 10)
    assert {change.key for change in changes} == {"likes/a", "likes/later"}
    assert facts.last(db.reader) > seen


@pytest.mark.parametrize("damage", ["truncated", "empty", "text", "flipped"])
def test_a_copy_that_is_damaged_is_refused_and_nothing_changes(
    db: Database, tmp_path: Path, damage: str
) -> None:
    for number in range(50):
        page(db, f"p{number}")
    made = copied(db, tmp_path)
    data = made.read_bytes()
    broken = {
        "truncated": data[: len(data) // 2],
        "empty": b"",
        "text": b"Dear diary, " * 900,
        "flipped": data[:4096] + bytes(byte ^ 255 for byte in data[4096:20_000]) + data[20_000:],
    }
    made.write_bytes(broken[damage])
    assert backup.verify(made) != []
    with pytest.raises(Unavailable):
        backup.restore(made, db.path, NOON)
    assert len(titles(db.path)) == 51


def test_a_reference_to_nothing_is_found(db: Database) -> None:
    with closing(connect(db.path)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("INSERT INTO likes VALUES ('nowhere', 1, 0)")
    assert "a row of likes refers to nothing in pages" in backup.verify(db.path)


def test_a_counter_that_is_wrong_is_found_but_does_not_stop_a_copy(
    db: Database, tmp_path: Path
) -> None:
    say(db, member(db, "ann"), "a")
    db.write_now(lambda tx: tx.run("UPDATE pages SET comments = 5"))
    assert backup.verify(db.path) == ["pages.comments of a is 5 instead of 1"]
    assert copied(db, tmp_path).exists()


def test_no_database_is_told(tmp_path: Path) -> None:
    assert backup.verify(tmp_path / "a.db") == [f"there is no database {tmp_path / 'a.db'}"]
    with pytest.raises(Unavailable, match="can't be opened"):
        backup.make(tmp_path / "a.db", tmp_path, NOON)


def test_a_copy_that_can_not_be_made_leaves_nothing(db: Database, tmp_path: Path) -> None:
    db.close()
    db.path.write_bytes(b"\0" * 9000)
    with pytest.raises(Unavailable):
        copied(db, tmp_path)
    assert list((tmp_path / "copies").iterdir()) == []


def test_only_the_newest_copies_are_kept(db: Database, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    made = [backup.make(db.path, folder, NOON + number) for number in range(4)]
    (folder / "before-restore-x.db").write_text("mine")
    assert backup.retain(folder, 2) == made[:2]
    assert sorted(folder.glob("streamly-*")) == made[2:]
    assert (folder / "before-restore-x.db").exists()


def test_a_file_of_another_program_is_no_copy(tmp_path: Path, db: Database) -> None:
    with closing(connect(tmp_path / "other.db", create=True)) as connection:
        connection.execute("CREATE TABLE a (x)")
    with pytest.raises(Unavailable, match="isn't a database of Streamly"):
        backup.restore(tmp_path / "other.db", db.path, NOON)
    assert schema.current(db.path) == len(schema.STEPS)
