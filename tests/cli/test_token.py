"""``streamly token``: programs are let in from the command line, and out again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from interact_api import schema
from interact_api.accounts import tokens
from interact_api.db import Database
from tests.support.folder import Folder
from tests.support.service import member

from .running import Ran, site, streamly


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return site(tmp_path)


@pytest.fixture
def db(folder: Folder) -> Iterator[Database]:
    path = folder.root / "var" / "streamly.db"
    schema.upgrade(path)
    made = Database(path)
    member(made, "eve", "Editor")
    yield made
    made.close()


def ask(folder: Folder, *words: str) -> Ran:
    return streamly(folder, "token", *words)


def test_a_token_lets_a_program_in_with_its_scopes(folder: Folder, db: Database) -> None:
    made = ask(folder, "add", "eve", "my script", "--scope", "read", "--scope", "write", "--json")
    text = made.json["token"]["text"]
    found = tokens.actor(db.reader, tokens.digest(text), db.clock())
    assert found is not None
    assert found.name == "eve"
    assert found.scopes == frozenset({"read", "write"})
    assert text.encode() not in db.path.read_bytes()


def test_tokens_are_listed_without_their_texts(folder: Folder, db: Database) -> None:
    member(db, "olga", "Administrator")
    text = ask(folder, "add", "eve", "one", "--json").json["token"]["text"]
    ask(folder, "add", "olga", "two")
    ran = ask(folder, "list")
    assert "olga" in ran.out
    assert text not in ran.out
    assert [one["name"] for one in ask(folder, "list", "eve", "--json").json["tokens"]] == ["one"]


def test_a_token_is_revoked_by_its_number(folder: Folder, db: Database) -> None:
    token = ask(folder, "add", "eve", "one", "--json").json["token"]
    assert ask(folder, "revoke", str(token["id"])).code == 0
    assert tokens.actor(db.reader, tokens.digest(token["text"]), db.clock()) is None
    assert ask(folder, "list").out == "no tokens\n"
    assert ask(folder, "revoke", str(token["id"])).code == 1


def test_of_many_all_are_revoked_or_none(folder: Folder, db: Database) -> None:
    token = ask(folder, "add", "eve", "one", "--json").json["token"]
    assert ask(folder, "revoke", str(token["id"]), "999").code == 1
    assert tokens.actor(db.reader, tokens.digest(token["text"]), db.clock()) is not None


@pytest.mark.parametrize(
    "words",
    [("eve", "x", "--scope", "admin"), ("nobody-here", "x"), ("eve", "x" * 51), ("uma", "x")],
)
def test_a_token_may_no_more_than_its_owner(
    folder: Folder, db: Database, words: tuple[str, ...]
) -> None:
    member(db, "uma")
    assert ask(folder, "add", *words).code == 1
    assert db.reader.value("SELECT count(*) FROM tokens") == 0


def test_what_the_operator_does_is_written_down(folder: Folder, db: Database) -> None:
    number = ask(folder, "add", "eve", "one", "--json").json["token"]["id"]
    ask(folder, "revoke", str(number))
    assert db.reader.all(lambda *row: row, "SELECT actor, action, target FROM audit") == [
        ("operator", "tokens.create", f"token:{number}"),
        ("operator", "tokens.revoke", f"token:{number}"),
    ]
