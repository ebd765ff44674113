"""``streamly comments``: the queue, from the command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from interact_api import schema
from interact_api.accounts.actor import Actor
from interact_api.db import Database
from interact_api.settings import Moderation
from interact_api.social import reports
from tests.support.folder import Folder
from tests.support.service import Clock, member, page
from tests.support.social import say

from .running import Ran, site, streamly


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return site(tmp_path)


@pytest.fixture
def db(folder: Folder) -> Iterator[Database]:
    path = folder.root / "var" / "streamly.db"
    schema.upgrade(path)
    made = Database(path, clock=Clock())
    page(made, "a")
    yield made
    made.close()


@pytest.fixture
def ann(db: Database) -> Actor:
    return member(db, "ann")


def ask(folder: Folder, *words: str) -> Ran:
    return streamly(folder, "comments", *words)


def state(db: Database) -> list[str]:
    return db.reader.all(str, "SELECT state FROM comments ORDER BY id")


def test_what_waits_is_listed(folder: Folder, db: Database, ann: Actor) -> None:
    say(db, ann, "a", "*First*\nline", held="links")
    say(db, ann, "a", "Public.")
    cells = ask(folder, "list").out.rstrip("\n").split("\t")
    assert cells == ["1", "a", "ann", "2026-09-21 14:13", "links", "First line"]
    (found,) = ask(folder, "list", "--json").json["comments"]
    assert (found["id"], found["state"], found["body"]) == (1, "pending", "*First*\nline")


@pytest.mark.usefixtures("db")
def test_an_empty_queue_says_so(folder: Folder) -> None:
    assert ask(folder, "list").out == "nothing waits\n"


def test_reported_comments_are_listed_with_their_reasons(
    folder: Folder, db: Database, ann: Actor
) -> None:
    comment, bob = say(db, ann, "a"), member(db, "bob")
    rules = Moderation()
    db.write_now(lambda tx: reports.report(tx, bob, comment.id, "abuse", "Rude.", rules=rules))
    assert "\tabuse\t" in ask(folder, "list", "--state", "reported").out
    assert "by bob: abuse Rude." in ask(folder, "show", str(comment.id)).out


def test_a_comment_is_shown_as_it_was_written(folder: Folder, db: Database, ann: Actor) -> None:
    say(db, ann, "a", "*First*\x20line\n\n> second", held="links")
    out = ask(folder, "show", "1").out
    assert "state      pending (links)\n" in out
    assert out.endswith("\n*First* line\n\n> second\n")


@pytest.mark.parametrize(
    ("act", "wanted"), [("approve", "approved"), ("reject", "rejected"), ("spam", "spam")]
)
def test_comments_are_decided_and_undone(
    folder: Folder, db: Database, ann: Actor, act: str, wanted: str
) -> None:
    for _ in range(2):
        say(db, ann, "a", held="links")
    assert ask(folder, act, "1", "2").code == 0
    assert state(db) == [wanted, wanted]
    assert ask(folder, "undo", "1").out == "1: as it was before\n"
    assert state(db) == ["pending", wanted]


def test_what_cannot_be_done_is_told_and_the_rest_is_done(
    folder: Folder, db: Database, ann: Actor
) -> None:
    say(db, ann, "a", held="links")
    ran = ask(folder, "approve", "1", "99")
    assert (ran.code, "99: There is no such comment." in ran.err) == (1, True)
    assert state(db) == ["approved"]


def test_a_comment_is_deleted_when_it_is_meant(folder: Folder, db: Database, ann: Actor) -> None:
    say(db, ann, "a")
    assert ask(folder, "delete", "1", "--json").code == 2
    assert ask(folder, "delete", "1", "--yes").out == "1: deleted\n"
    assert state(db) == ["deleted"]


def test_a_comment_is_pinned_and_no_longer(folder: Folder, db: Database, ann: Actor) -> None:
    say(db, ann, "a")
    assert ask(folder, "pin", "1").out == "1: pinned\n"
    assert ask(folder, "pin", "1").out == "nothing to change\n"
    assert ask(folder, "pin", "1", "--undo").out == "1: no longer pinned\n"


@pytest.mark.usefixtures("db")
def test_a_comment_that_is_not_there_is_not_shown(folder: Folder) -> None:
    assert ask(folder, "show", "99").code == 1


def test_a_comment_steers_no_terminal(folder: Folder, db: Database, ann: Actor) -> None:
    say(db, ann, "a", "a\u009b31mred", held="links")
    assert "\u009b" not in ask(folder, "show", "1").out + ask(folder, "list").out
