"""Likes: one per person, counted once, and nobody's business if its owner says so."""

import pytest

from interact_api.accounts.actor import NOBODY, Actor
from interact_api.db import Database
from interact_api.errors import Forbidden, NotFound, NotSignedIn
from interact_api.social import blocks, likes
from tests.support.service import Clock, member, page
from tests.support.social import forget_changes, say, touched

LAST = (2**62, 2**62)


def test_a_second_like_changes_nothing(db: Database, ann: Actor) -> None:
    assert db.write_now(lambda tx: likes.like(tx, ann, "a")) == (1, True)
    forget_changes(db)
    assert db.write_now(lambda tx: likes.like(tx, ann, "a")) == (1, False)
    assert touched(db) == []


def test_a_like_taken_back_is_gone(db: Database, ann: Actor) -> None:
    db.write_now(lambda tx: likes.like(tx, ann, "a"))
    assert db.write_now(lambda tx: likes.unlike(tx, ann, "a")) == (0, True)
    assert db.write_now(lambda tx: likes.unlike(tx, ann, "a")) == (0, False)


def test_a_like_tells_the_page_alone(db: Database, ann: Actor) -> None:
    page(db, "b")
    db.write_now(lambda tx: likes.like(tx, ann, "b"))
    assert touched(db) == ["likes/b"]


def test_nobody_likes_nothing(db: Database) -> None:
    with pytest.raises(NotSignedIn):
        db.write_now(lambda tx: likes.like(tx, NOBODY, "a"))


@pytest.mark.parametrize("change", ["hidden = 1", "removed_at = 1", "id = 'other'"])
def test_a_page_that_nobody_sees_cannot_be_liked(db: Database, ann: Actor, change: str) -> None:
    db.write_now(lambda tx: tx.run(f"UPDATE pages SET {change}"))
    with pytest.raises(NotFound):
        db.write_now(lambda tx: likes.like(tx, ann, "a"))


def test_a_like_of_a_page_that_went_away_can_be_taken_back(db: Database, ann: Actor) -> None:
    db.write_now(lambda tx: likes.like(tx, ann, "a"))
    db.write_now(lambda tx: tx.run("UPDATE pages SET removed_at = 1"))
    assert db.write_now(lambda tx: likes.unlike(tx, ann, "a")) == (0, True)


def test_who_liked_comes_newest_first_and_in_parts(db: Database, clock: Clock) -> None:
    for name in ("one", "two", "three"):
        actor = member(db, name)
        db.write_now(lambda tx, actor=actor: likes.like(tx, actor, "a"))  # type: ignore[misc]
        clock.pass_by(seconds=1)
    first = likes.who(db.reader, "a", NOBODY, LAST, 2)
    rest = likes.who(db.reader, "a", NOBODY, (first[-1].at, first[-1].id), 2)
    assert [one.name for one in first + rest] == ["three", "two", "one"]


def hide(db: Database, actor: Actor) -> None:
    sql = "UPDATE users SET settings = '{\"hide_likes\": true}' WHERE id = :id"
    db.write_now(lambda tx: tx.run(sql, id=actor.id))


def test_who_hides_their_likes_is_left_out_but_counts(db: Database, ann: Actor, bob: Actor) -> None:
    hide(db, ann)
    assert db.write_now(lambda tx: likes.like(tx, ann, "a")).likes == 1
    assert likes.who(db.reader, "a", bob, LAST, 9) == []
    assert [one.name for one in likes.who(db.reader, "a", ann, LAST, 9)] == ["ann"]


def test_hidden_likes_are_for_their_owner(db: Database, ann: Actor, bob: Actor) -> None:
    db.write_now(lambda tx: likes.like(tx, ann, "a"))
    before = (2**62, "")
    assert [one.page for one in likes.by(db.reader, "ann", bob, before, 9)] == ["a"]
    hide(db, ann)
    assert len(likes.by(db.reader, "ann", ann, before, 9)) == 1
    with pytest.raises(Forbidden):
        likes.by(db.reader, "ann", bob, before, 9)


def test_a_like_of_a_comment_shows_on_its_page(db: Database, ann: Actor, bob: Actor) -> None:
    comment = say(db, ann, "a")
    forget_changes(db)
    assert db.write_now(lambda tx: likes.like_comment(tx, bob, comment.id)) == (1, True)
    assert db.write_now(lambda tx: likes.like_comment(tx, bob, comment.id)) == (1, False)
    assert touched(db) == ["comments/a"]
    assert db.write_now(lambda tx: likes.unlike_comment(tx, bob, comment.id)) == (0, True)


def test_a_pending_comment_cannot_be_liked(db: Database, ann: Actor, bob: Actor) -> None:
    comment = say(db, ann, "a", held="links")
    with pytest.raises(NotFound):
        db.write_now(lambda tx: likes.like_comment(tx, bob, comment.id))


def test_who_was_blocked_cannot_like_the_comment(db: Database, ann: Actor, bob: Actor) -> None:
    comment = say(db, ann, "a")
    db.write_now(lambda tx: blocks.block(tx, ann, "bob"))
    with pytest.raises(Forbidden) as refused:
        db.write_now(lambda tx: likes.like_comment(tx, bob, comment.id))
    assert refused.value.code == "BLOCKED"


def test_two_hundred_likes_at_once_have_one_effect(db: Database, ann: Actor) -> None:
    waiting = [db.submit(lambda tx: likes.like(tx, ann, "a")) for _ in range(200)]
    found = [one.result() for one in waiting]
    assert sum(one.changed for one in found) == 1
    assert db.reader.value("SELECT likes FROM pages") == 1
