"""``streamly mail``: dead letters are seen, sent once more, or thrown away."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from interact_api import outbox, schema
from interact_api.db import Database, Tx
from tests.support.folder import Folder

from .running import Ran, site, streamly


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return site(tmp_path)


def _post(name: str, tx: Tx) -> None:
    outbox.post(tx, f"{name}@example.org", "reset", name="x", seed="a-seed")


def _refuse(tx: Tx) -> None:
    letter = outbox.take(tx)
    assert letter is not None
    outbox.note_failure(tx, letter, "550 no such user", is_final=True, chance=1)


@pytest.fixture
def db(folder: Folder) -> Iterator[Database]:
    path = folder.root / "var" / "streamly.db"
    schema.upgrade(path)
    made = Database(path)
    for name in ("ann", "bob", "cyd"):
        made.write_now(partial(_post, name))
    for _ in "ab":
        made.write_now(_refuse)
    yield made
    made.close()


def ask(folder: Folder, *words: str) -> Ran:
    return streamly(folder, "mail", *words)


def states(db: Database) -> list[str]:
    return db.reader.all(str, "SELECT state FROM outbox ORDER BY id")


@pytest.mark.usefixtures("db")
def test_dead_letters_are_listed_with_their_errors(folder: Folder) -> None:
    ran = ask(folder, "list")
    assert "ann@example.org" in ran.out
    assert "550 no such user" in ran.out
    assert "cyd@example.org" not in ran.out
    assert ran.out.endswith("1 waiting, 0 sent, 2 dead\n")
    waiting = ask(folder, "list", "--state", "waiting", "--json").json["letters"]
    assert [one["to"] for one in waiting] == ["cyd@example.org"]


@pytest.mark.usefixtures("db")
def test_nothing_secret_is_shown(folder: Folder) -> None:
    ran = ask(folder, "list", "--json")
    assert "a-seed" not in ran.out


def test_a_dead_letter_leaves_once_more(folder: Folder, db: Database) -> None:
    assert ask(folder, "retry", "1").code == 0
    assert states(db) == ["waiting", "dead", "waiting"]
    letter = db.write_now(outbox.take)
    assert letter is not None
    assert letter.attempts == 1


def test_all_dead_letters_leave_once_more(folder: Folder, db: Database) -> None:
    assert ask(folder, "retry", "--all", "--json").json["waiting"] == 2
    assert states(db) == ["waiting"] * 3


def test_a_dead_letter_is_thrown_away(folder: Folder, db: Database) -> None:
    assert ask(folder, "drop", "2", "--yes").code == 0
    assert states(db) == ["dead", "waiting"]
    assert ask(folder, "drop", "--all", "--json").code == 2
    assert ask(folder, "drop", "--all", "--yes").code == 0
    assert states(db) == ["waiting"]
    assert db.reader.all(str, "SELECT actor || ' ' || action || ' ' || target FROM audit") == [
        "operator outbox.drop letter:2",
        "operator outbox.drop outbox",
    ]


@pytest.mark.parametrize("act", [("retry",), ("drop", "--yes")])
@pytest.mark.parametrize(("which", "status"), [((), 2), (("--all", "1"), 2), (("3",), 1)])
def test_only_dead_letters_are_named(
    folder: Folder, db: Database, act: tuple[str, ...], which: tuple[str, ...], status: int
) -> None:
    assert ask(folder, *act, *which).code == status
    assert states(db) == ["dead", "dead", "waiting"]
