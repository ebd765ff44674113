"""``streamly db``: the service's database, from the command line."""

from pathlib import Path

import pytest

from interact_api import schema
from interact_api.db import Database
from tests.support.folder import Folder
from tests.support.service import page

from .running import site, streamly

STEPS = [step.name for step in schema.STEPS]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return site(tmp_path)


@pytest.fixture
def database(folder: Folder) -> Path:
    assert streamly(folder, "db", "upgrade").code == 0
    path = folder / "var/streamly.db"
    database = Database(path)
    page(database, "a")
    database.close()
    return path


def change(path: Path, sql: str) -> None:
    database = Database(path)
    database.write_now(lambda tx: tx.run(sql))
    database.close()


def test_upgrade_makes_a_database_and_says_so(folder: Folder) -> None:
    first, second = streamly(folder, "db", "upgrade"), streamly(folder, "db", "upgrade", "--json")
    assert f"{len(STEPS)} steps applied" in first.out
    assert second.json["steps"] == 0


def test_current_tells_what_was_and_what_is_to_come(folder: Folder) -> None:
    assert streamly(folder, "db", "current", "--json").json["to_come"] == STEPS
    streamly(folder, "db", "upgrade")
    found = streamly(folder, "db", "current", "--json").json
    assert [step["name"] for step in found["seen"]] == STEPS
    assert found["to_come"] == []


def test_a_copy_is_made_and_comes_back(folder: Folder, database: Path) -> None:
    made = streamly(folder, "db", "backup", "--json").json["copy"]
    change(database, "UPDATE pages SET title = 'Other'")
    assert streamly(folder, "db", "restore", made, "--yes").code == 0
    reader = Database(database)
    assert reader.reader.value("SELECT title FROM pages") == "A"
    reader.close()


def test_restore_asks_first(folder: Folder, database: Path) -> None:
    made = streamly(folder, "db", "backup", "--json").json["copy"]
    before = database.read_bytes()
    ran = streamly(folder, "db", "restore", made, answers="n\n")
    assert ran.code != 0
    assert database.read_bytes() == before


def test_older_copies_are_removed_on_demand(folder: Folder, database: Path) -> None:
    first = streamly(folder, "db", "backup", "--json").json["copy"]
    second = streamly(folder, "db", "backup", "--keep", "1", "--json").json
    assert second["removed"] == [first]
    assert list((database.parent / "backups").iterdir()) == [Path(second["copy"])]


def test_verify_names_what_is_wrong_and_recount_sets_it_right(
    folder: Folder, database: Path
) -> None:
    assert streamly(folder, "db", "verify").code == 0
    change(database, "UPDATE pages SET likes = 3")
    ran = streamly(folder, "db", "verify")
    assert ran.code == 1
    assert "pages.likes of a is 3 instead of 0" in ran.err
    assert "db recount" in ran.err
    assert streamly(folder, "db", "recount").out == "pages.likes of a is 3 instead of 0\n"
    assert streamly(folder, "db", "verify").code == 0


def test_prune_counts_what_it_forgot(folder: Folder, database: Path) -> None:
    assert database.exists()
    assert streamly(folder, "db", "prune", "--json").json["forgotten"]["sessions"] == 0
    ran = streamly(folder, "db", "prune", "--orphans", "0", "--json")
    assert ran.json["pages"] == []


@pytest.mark.parametrize("words", [("recount",), ("prune",), ("backup",)])
def test_without_a_database_none_is_made(folder: Folder, words: tuple[str, ...]) -> None:
    ran = streamly(folder, "db", *words)
    assert ran.code == 3
    assert not (folder / "var/streamly.db").exists()


def test_a_database_that_is_newer_is_refused(folder: Folder, database: Path) -> None:
    change(database, "INSERT INTO migrations VALUES (99, 'later', '', 0)")
    ran = streamly(folder, "db", "upgrade")
    assert ran.code == 3
    assert "newer Streamly" in ran.err


def test_a_wrong_setting_is_named(folder: Folder) -> None:
    folder.write("streamly.toml", '[service]\ndatabase = "public/a.db"\n')
    ran = streamly(folder, "db", "upgrade")
    assert ran.code == 2
    assert "streamly.toml: SETTINGS database is" in ran.err
